"""Definitions → SQL, a file a definition and dialect.

`MAINSTEM_UPDATE_GOLDEN=1` writes the files anew; read the difference before you keep it. Snowflake's is at
least parsed as what it is.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlglot

from mainstem.cohorts import (
    Condition,
    Funnel,
    FunnelPick,
    Method,
    Mode,
    PathPick,
    Paths,
    Retention,
    RetentionPick,
    Span,
    counted,
    members,
)
from mainstem.query.composed import compile_composed
from mainstem.query.context import Context
from mainstem.testing.cohorts_shop import NOW, open_shop

if TYPE_CHECKING:
    from mainstem.cohorts import Definition, Pick
    from mainstem.testing.cohorts_shop import Shop

HERE = Path(__file__).parent
VISIT, BUY = (Condition("events", {"events.event": name}) for name in ("visit", "buy"))
FUNNEL = Funnel(
    model="shop",
    unit="person",
    steps=(VISIT, BUY),
    window=86_400,
    within="90 days",
    breakdown="events.place",
    excluded=(Condition("events", {"events.event": "leave"}),),
)
RETENTION = Retention(
    model="shop", unit="account", start=VISIT, back=BUY, span=Span.MONTH, periods=2, timezone="Europe/Berlin"
)
PATHS = Paths(
    model="shop", unit="person", anchor=BUY, read=(Condition("events"),), backwards=True, steps=2, window=3600
)
QUESTIONS: dict[str, tuple[Definition, Pick | None]] = {
    "funnel_ordered": (FUNNEL, None),
    "funnel_strict": (Funnel(model="shop", unit="person", steps=(VISIT, BUY), mode=Mode.STRICT), None),
    "funnel_any": (Funnel(model="shop", unit="person", steps=(VISIT, BUY), mode=Mode.ANY), None),
    "funnel_dropped": (FUNNEL, FunnelPick(1, "dropped", "it's here")),
    "retention_exact": (RETENTION, None),
    "retention_bracket_lost": (
        Retention(
            model="shop", unit="person", start=VISIT, back=BUY, method=Method.BRACKET, brackets=((1, 3),)
        ),
        RetentionPick("2026-03-02", 1, 3, "lost"),
    ),
    "paths": (PATHS, None),
    "paths_members": (PATHS, PathPick(("buy", "visit", None))),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return open_shop(tmp_path_factory.mktemp("shop"))


@pytest.mark.parametrize("dialect", ["duckdb", "snowflake"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_definition_becomes_this_sql(shop: Shop, name: str, dialect: str) -> None:
    definition, pick = QUESTIONS[name]
    explorer = shop.explorer
    composed = counted(definition, explorer) if pick is None else members(definition, pick, explorer)
    context = Context(now=NOW.replace(tzinfo=None), user_attributes={"account": "a"})
    sql = compile_composed(explorer.project, composed, dialect, context).sql
    path = HERE / dialect / f"{name}.sql"
    if os.environ.get("MAINSTEM_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql)
    assert sql == path.read_text()
    sqlglot.parse_one(sql, dialect=dialect)
