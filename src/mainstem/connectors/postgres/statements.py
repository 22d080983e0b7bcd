"""The statements that read a table: by ranges of its key, so that any page can be the last of a process.

Text alone; names are quoted here and values are parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.postgres.plans import Method

if TYPE_CHECKING:
    from mainstem.connectors.postgres.plans import PlannedColumn, TablePlan

_XIDS = 2**32
"""How many there are until they are used again."""
SNAPSHOT = (
    "SELECT txid_snapshot_xmin(txid_current_snapshot()), txid_snapshot_xmax(txid_current_snapshot()), now()"
)
"""The first transaction that may still write, the first that has not begun, and the server's clock."""


def quoted(name: str) -> str:
    """For a statement with parameters."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def page_of(plan: TablePlan, conditions: list[str], *, is_behind: bool) -> str:
    """Rows in the order of their key; the parameters of `conditions` come first, then the key's."""
    if not plan.key:
        return _without_key(plan, is_behind=is_behind)
    shown = ", ".join(_shown(one) for one in plan.columns)
    wanted = list(conditions)
    if is_behind:
        names = ", ".join(quoted(one.source.name) for one in plan.key)
        values = ", ".join(f"%s::{_cast(one)}" for one in plan.key)
        wanted.append(f"({names}) > ({values})")
    where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
    order = ", ".join(quoted(one.source.name) for one in plan.key)
    return f"SELECT {shown} FROM {_table(plan)}{where} ORDER BY {order}"


def changed_since(plan: TablePlan) -> str:
    """The condition for what changed; its parameters are those of `bounds`."""
    if plan.method is Method.XMIN:
        # A row has 32 bits of the 64 that its transaction had: it is the last with these bits.
        return f"%s::bigint - ((%s::bigint - xmin::text::bigint) %% {_XIDS}) >= %s::bigint"
    name = _cursor(plan)
    if plan.is_by_time:
        return f"({name} >= %s::{_cursor_cast(plan)} - %s::interval OR {name} IS NULL)"
    return f"({name} >= %s::{_cursor_cast(plan)} - %s::bigint OR {name} IS NULL)"


def within(plan: TablePlan, *, since: bool, until: bool) -> list[str]:
    """Conditions of a range of time."""
    name, cast = _cursor(plan), _cursor_cast(plan)
    return [f"{name} >= %s::{cast}"] * since + [f"{name} < %s::{cast}"] * until


def newest_of(plan: TablePlan) -> str:
    """The newest value of the cursor, as text. A moment to come is none that was seen: what changes until
    then would be passed over."""
    name, cast = _cursor(plan), _cursor_cast(plan)
    if plan.is_by_time:
        return (
            f"SELECT least(max({name}) FILTER (WHERE isfinite({name})), now()::{cast})::text"
            f" FROM {_table(plan)} HAVING count({name}) > 0"
        )
    return f"SELECT max({name})::text FROM {_table(plan)}"


def missing_of(plan: TablePlan) -> str:
    """Places, from 1, of the keys that the table has no more; a list of texts a column of the key."""
    lists = ", ".join("%s::text[]" for _ in plan.key)
    names = ", ".join(f"k{n}" for n in range(len(plan.key)))
    same = " AND ".join(
        f"t.{quoted(one.source.name)} = w.k{n}::{_cast(one)}" for n, one in enumerate(plan.key)
    )
    return (
        f"SELECT w.place FROM unnest({lists}) WITH ORDINALITY AS w ({names}, place)"
        f" WHERE NOT EXISTS (SELECT FROM {_table(plan)} t WHERE {same})"
    )


def _without_key(plan: TablePlan, *, is_behind: bool) -> str:
    """A digest of the row, and a number for rows that are alike."""
    names = ", ".join(quoted(one.source.name) for one in plan.columns)
    digest = f"md5(ROW({names})::text)"
    shown = ", ".join(_shown(one) for one in plan.columns)
    where = " WHERE (digest, place) > (%s, %s::bigint)" if is_behind else ""
    return (
        f"SELECT {shown}, digest, place FROM (SELECT {names}, {digest} AS digest,"
        f" row_number() OVER (PARTITION BY {digest}) AS place FROM {_table(plan)}) found{where}"
        " ORDER BY digest, place"
    )


def _table(plan: TablePlan) -> str:
    return f"{quoted(plan.source.schema)}.{quoted(plan.source.name)}"


def _shown(column: PlannedColumn) -> str:
    return column.mapped.shown.format(quoted(column.source.name))


def _cast(column: PlannedColumn) -> str:
    return column.source.cast.replace("%", "%%")


def _cursor(plan: TablePlan) -> str:
    assert plan.cursor is not None, "only a table with a cursor is asked for it"  # noqa: S101 # narrows
    return quoted(plan.cursor.source.name)


def _cursor_cast(plan: TablePlan) -> str:
    assert plan.cursor is not None, "only a table with a cursor is asked for it"  # noqa: S101 # narrows
    return _cast(plan.cursor)
