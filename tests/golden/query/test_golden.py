"""Each request in `requests/` against the model in `lookml/`: what every pass makes of it.

A folder a pass, a file a request. `MAINSTEM_UPDATE_GOLDEN=1` writes the files anew; read the difference
before you keep it.
"""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.query import QueryResult, Request, compile_request
from mainstem.query.aggregate import aggregate
from mainstem.query.clock import clock_of
from mainstem.query.conditions import conditions
from mainstem.query.context import Context
from mainstem.query.dialects import DIALECTS
from mainstem.query.execute import worked_out
from mainstem.query.expand import expand
from mainstem.query.joins import join
from mainstem.query.liquid import LiquidTemplates
from mainstem.query.resolve import resolve
from mainstem.query.totals import smaller_questions
from mainstem.semantics import Project, load_project

if TYPE_CHECKING:
    from mainstem.query.plan import Expanded, Resolved

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in (HERE / "requests").glob("*.json"))
NOW = datetime(2024, 5, 17, 18, 30, 2)  # noqa: DTZ001 -- naive UTC by contract
CONTEXT = Context(now=NOW, user_attributes={"region": "north,south"})
DUCKDB = DIALECTS["duckdb"]


@cache
def shop() -> Project:
    return load_project(HERE / "lookml")


def request_named(name: str) -> Request:
    return msgspec.json.decode((HERE / "requests" / f"{name}.json").read_bytes(), type=Request)


def agrees(folder: str, file: str, text: str) -> None:
    path = HERE / folder / file
    if os.environ.get("MAINSTEM_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def as_json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1).decode() + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_names_resolve_to_the_same_fields(name: str) -> None:
    resolved = resolve(shop(), request_named(name), CONTEXT)
    facts = {
        "dimensions": [use.name for use in resolved.dimensions],
        "measures": [use.name for use in resolved.measures],
        "pivots": resolved.pivots,
        "filters": {item.use.name: item.expression for item in resolved.filters},
        "sorts": resolved.sorts,
        "limit": resolved.limit,
    }
    agrees("resolve", f"{name}.json", as_json(facts))


def expanded(name: str) -> tuple[Resolved, Expanded]:
    """The query of an explore a table is made of is another request: its name stands for it."""
    resolved = resolve(shop(), request_named(name), CONTEXT)
    templates = LiquidTemplates(resolved, CONTEXT, DUCKDB, "duckdb", clock_of(resolved, CONTEXT))
    return resolved, expand(resolved, DUCKDB, CONTEXT, templates, lambda _, source: f"<{source.explore}>")


@pytest.mark.parametrize("name", NAMES)
def test_references_expand_to_the_same_sql(name: str) -> None:
    agrees("expand", f"{name}.json", as_json(expanded(name)[1]))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_joins_are_made(name: str) -> None:
    resolved, sql = expanded(name)
    joined = join(resolved.explore, sql)
    facts = {
        "base": joined.base,
        "steps": [step.alias for step in joined.steps],
        "fanned_out": {alias: by.name for alias, by in joined.fanned_out.items()},
        "optional": sorted(joined.optional),
    }
    agrees("joins", f"{name}.json", as_json(facts))


@pytest.mark.parametrize("name", NAMES)
def test_measures_aggregate_the_same_way(name: str) -> None:
    resolved, sql = expanded(name)
    aggregated = aggregate(sql, join(resolved.explore, sql), DUCKDB)
    agrees("aggregate", f"{name}.json", as_json(aggregated.measures))


@pytest.mark.parametrize("name", NAMES)
def test_filters_become_the_same_conditions(name: str) -> None:
    resolved, sql = expanded(name)
    aggregated = aggregate(sql, join(resolved.explore, sql), DUCKDB)
    agrees("conditions", f"{name}.json", as_json(conditions(resolved, sql, aggregated, DUCKDB, CONTEXT)))


@pytest.mark.parametrize("name", NAMES)
def test_totals_are_the_same_smaller_questions(name: str) -> None:
    resolved = resolve(shop(), request_named(name), CONTEXT)
    smaller = [
        {
            "kind": one.kind,
            "by": [use.name for use in one.resolved.dimensions],
            "only_shown": one.only_shown,
        }
        for one in smaller_questions(request_named(name), resolved)
    ]
    agrees("totals", f"{name}.json", as_json(smaller))


@pytest.mark.parametrize("name", NAMES)
def test_what_passes_hand_over_comes_back_out_of_json(name: str) -> None:
    resolved, sql = expanded(name)
    joined = join(resolved.explore, sql)
    aggregated = aggregate(sql, joined, DUCKDB)
    met = conditions(resolved, sql, aggregated, DUCKDB, CONTEXT)
    compiled = compile_request(shop(), request_named(name), "duckdb", CONTEXT)
    for value in (request_named(name), CONTEXT, resolved, sql, joined, aggregated, met, compiled):
        assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


def test_a_project_comes_back_out_of_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(shop()), type=Project) == shop()


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", NAMES)
def test_the_request_becomes_the_same_sql(name: str, dialect: str) -> None:
    compiled = compile_request(shop(), request_named(name), dialect, CONTEXT)
    agrees(dialect, f"{name}.sql", compiled.sql)
    for number, companion in enumerate(compiled.companions, start=1):
        agrees(dialect, f"{name}.{number}_{companion.kind}.sql", companion.sql)


@pytest.mark.parametrize("name", NAMES)
def test_the_columns_mean_the_same(name: str) -> None:
    compiled = compile_request(shop(), request_named(name), "duckdb", CONTEXT)
    agrees("columns", f"{name}.json", as_json(compiled.columns))


def test_an_answer_is_worked_out_the_same_way() -> None:
    """Rows without numbers are filled, then measures run over them, then calculations."""
    name = "measures_over_rows_stand_on_their_measures"
    compiled = compile_request(shop(), request_named(name), "duckdb", CONTEXT)
    answer = QueryResult(
        columns=compiled.columns, rows=[("1 to 4", 6, 6), ("10 or Above", 2, 2)], sql="", seconds=0
    )
    done = worked_out(compiled, answer, lambda: 0.5)
    agrees(
        "over_rows", f"{name}.json", as_json({"columns": [c.name for c in done.columns], "rows": done.rows})
    )
