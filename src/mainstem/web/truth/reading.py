"""A question, a field → what stands behind it, judged: off the SQL that is run, so that it cannot differ from
what is shown. What the asker may not ask is not told either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.artifacts.relations import relations_in, words_in
from mainstem.artifacts.truth import Known, Truth, truth_of
from mainstem.query.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mainstem.query.explorer import Explorer
    from mainstem.query.facts import ElementFacts
    from mainstem.web.truth.desk import TruthDesk


@dataclass(frozen=True)
class Panel:
    """All that the drawer of a question says."""

    truth: Truth
    facts: ElementFacts
    sql: str
    known: Known | None


def request_panel(explorer: Explorer, desk: TruthDesk, request: Request, now: datetime) -> Panel:
    """Raises QueryError for what cannot be asked, TransientError when Postgres or the warehouse is away."""
    facts = explorer.describe_request(request)
    sql = explorer.compile(request).sql
    known = desk.known()
    model = explorer.project.models.get(request.model)
    elsewhere = desk.elsewhere(model.connection if model is not None else None)
    read = tables_read(sql, facts, known)
    words = words_in(sql)
    columns = dict.fromkeys(read, words) if _names_its_columns(sql) else None
    return Panel(judged(desk, known, read, now, columns, elsewhere), facts, sql, known)


def field_panel(
    explorer: Explorer, desk: TruthDesk, model: str, explore: str, field: str, now: datetime
) -> Panel:
    """Of a field asked for alone."""
    return request_panel(explorer, desk, Request(model=model, explore=explore, fields=(field,)), now)


def judged(
    desk: TruthDesk,
    known: Known | None,
    read: Iterable[str],
    now: datetime,
    columns: dict[str, frozenset[str]] | None = None,
    elsewhere: str = "",
) -> Truth:
    tables = tuple(read)
    rows = {}
    if known is not None and not elsewhere:
        found = (known.lineage.of_relation(table) for table in tables)
        upstream = known.lineage.upstream([node.uid for node in found if node is not None])
        nodes = (known.lineage.nodes[uid] for uid in upstream)
        rows = dict(desk.newest_rows([node for node in nodes if node.kind == "source"]))
    return truth_of(known, tables, rows, now, columns, elsewhere)


def tables_read(sql: str, facts: ElementFacts, known: Known | None) -> tuple[str, ...]:
    """Tables in the SQL that dbt knows, and those that views name, known or not: `alias.column` in the SQL
    looks like a table as well, and is none."""
    named: set[str] = set()
    for view in facts.views:
        if view.sql_table_name and "{" not in view.sql_table_name and "(" not in view.sql_table_name:
            parts = view.sql_table_name.replace('"', "").replace("`", "").lower().split(".")
            named.add(".".join(parts[-2:]))
    found = relations_in(sql)
    real = {one for one in found if known is not None and known.lineage.of_relation(one) is not None}
    return tuple(sorted(real | {name for name in named if name in found or known is None or "." not in name}))


def _names_its_columns(sql: str) -> bool:
    """Not where some query takes every column there is."""
    return "*" not in sql.replace("COUNT(*)", "").replace("count(*)", "")
