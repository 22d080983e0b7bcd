"""The SQL that compares two tables: one statement for all counts, one for the examples of a column.

Rows are matched by key over all that both sides hold, and counted when either side received them within the
window: a request that was forwarded hours late is no missing row. Text in, text out; nothing is run here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.operate.shadow_report.ignored import FROM_RECEIVED_AT
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAMPLES = 3
_NUMBERS = {ColumnType.INT, ColumnType.FLOAT}
_TEXTS = {ColumnType.STRING, ColumnType.JSON}


@dataclass(frozen=True)
class Side:
    """A table of one side."""

    qualified: str
    columns: Mapping[str, ColumnType]
    has_repeated_keys: bool = False


@dataclass(frozen=True)
class Pair:
    """A table that both sides have."""

    ours: Side
    theirs: Side
    key: Sequence[str]
    compared: Sequence[str]
    """Columns of both sides that are to be equal."""

    @property
    def has_times(self) -> bool:
        return "received_at" in self.ours.columns and "received_at" in self.theirs.columns


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def span_sql(tables: Sequence[str]) -> str:
    """First and last `received_at` of all tables together."""
    union = " UNION ALL ".join(f"SELECT received_at FROM {table}" for table in tables)  # noqa: S608 # names are quoted
    moment = _moment("received_at")
    return f"SELECT min({moment}) AS first, max({moment}) AS last FROM ({union})"  # noqa: S608 # as above


def repeated_sql(side: Side, key: Sequence[str]) -> str:
    """How many rows repeat a key."""
    keys = ", ".join(quoted(column) for column in key)
    return f"SELECT count(*) - count(DISTINCT ({keys})) AS repeated FROM {side.qualified}"  # noqa: S608 # as above


def rows_sql(side: Side, has_window: bool) -> str:
    """Rows within the window. Parameters: since, until."""
    window = f" WHERE {_moment('received_at')} BETWEEN ? AND ?" if has_window else ""
    return f"SELECT count(*) AS n FROM {side.qualified}{window}"  # noqa: S608 # as above


def counts_sql(pair: Pair) -> str:
    """One row: `ours`, `theirs`, `both`, `only_ours`, `only_theirs` and ids of those; per compared column
    `d<n>` and `s<n>`; per column of one side `o<n>`, `t<n>`. Parameters: since, until, twice, where the
    pair has times."""
    fields = [
        "count(*) FILTER (WHERE in_o) AS ours",
        "count(*) FILTER (WHERE in_t) AS theirs",
        "count(*) FILTER (WHERE in_o AND in_t) AS both_sides",
        "count(*) FILTER (WHERE in_o AND NOT coalesce(in_t, false)) AS only_ours",
        "count(*) FILTER (WHERE in_t AND NOT coalesce(in_o, false)) AS only_theirs",
        f"min(k, {SAMPLES}) FILTER (WHERE NOT coalesce(in_t, false)) AS ids_ours",
        f"min(k, {SAMPLES}) FILTER (WHERE NOT coalesce(in_o, false)) AS ids_theirs",
    ]
    inner = [f"o.{_HERE} AS in_o", f"t.{_HERE} AS in_t", f"{_label(pair)} AS k"]
    for number, column in enumerate(pair.compared):
        inner.append(f"(o.{_HERE} AND t.{_HERE} AND {_differs(pair, column)}) AS x{number}")
        fields.append(f"count(*) FILTER (WHERE x{number}) AS d{number}")
        fields.append(f"min(k, {SAMPLES}) FILTER (WHERE x{number}) AS s{number}")
    for side, alias, letter in ((pair.ours, "o", "o"), (pair.theirs, "t", "t")):
        other = pair.theirs if side is pair.ours else pair.ours
        for number, column in enumerate(only_in(side, other)):
            inner.append(f"{alias}.{quoted(column)} IS NOT NULL AS {letter}v{number}")
            fields.append(f"count(*) FILTER (WHERE {letter}v{number}) AS {letter}{number}")
    return f"{_with(pair)} SELECT {', '.join(fields)} FROM (SELECT {', '.join(inner)} FROM {_joined(pair)})"  # noqa: S608 # as above


def examples_sql(pair: Pair, column: str) -> str:
    """Rows `id`, `ours`, `theirs`. Parameters: since, until, twice, where the pair has times."""
    name = quoted(column)
    return (
        f"{_with(pair)} SELECT {_label(pair)} AS id,"  # noqa: S608 # as above
        f" CAST(o.{name} AS VARCHAR) AS ours, CAST(t.{name} AS VARCHAR) AS theirs"
        f" FROM {_joined(pair)} AND o.{_HERE} AND t.{_HERE} AND {_differs(pair, column)}"
        f" ORDER BY 1 LIMIT {SAMPLES}"
    )


def only_in(side: Side, other: Side) -> list[str]:
    return sorted(set(side.columns) - set(other.columns))


_HERE = "mainstem_is_here"


def _with(pair: Pair) -> str:
    return f"WITH o AS ({_rows(pair.ours, pair.key)}), t AS ({_rows(pair.theirs, pair.key)})"


def _rows(side: Side, key: Sequence[str]) -> str:
    rows = f"SELECT *, TRUE AS {_HERE} FROM {side.qualified}"  # noqa: S608 # as above
    if not side.has_repeated_keys:
        return rows
    keys = ", ".join(quoted(column) for column in key)
    order = f" ORDER BY {_moment('received_at')}" if "received_at" in side.columns else ""
    return f"{rows} QUALIFY row_number() OVER (PARTITION BY {keys}{order}) = 1"


def _joined(pair: Pair) -> str:
    same = " AND ".join(
        f"CAST(o.{quoted(column)} AS VARCHAR) = CAST(t.{quoted(column)} AS VARCHAR)" for column in pair.key
    )
    if not pair.has_times:
        return f"o FULL JOIN t ON {same} WHERE TRUE"
    ours, theirs = _moment("o.received_at"), _moment("t.received_at")
    return f"o FULL JOIN t ON {same} WHERE ({ours} BETWEEN ? AND ? OR {theirs} BETWEEN ? AND ?)"


def _label(pair: Pair) -> str:
    parts = ", ".join(
        f"CAST(coalesce(o.{quoted(column)}, t.{quoted(column)}) AS VARCHAR)" for column in pair.key
    )
    return f"concat_ws('/', {parts})"


def _differs(pair: Pair, column: str) -> str:
    ours, theirs = pair.ours.columns[column], pair.theirs.columns[column]
    left, right = f"o.{quoted(column)}", f"t.{quoted(column)}"
    kinds = {ours, theirs}
    if ColumnType.DATETIME in kinds and kinds <= {ColumnType.DATETIME, ColumnType.STRING}:
        return _moments_differ(pair, column, left, right)
    if len(kinds) == 2 and kinds <= {*_NUMBERS, ColumnType.STRING}:
        one_is_null = f"({left} IS NULL) <> ({right} IS NULL)"  # a text that is no number is not NULL
        left, right = f"TRY_CAST({left} AS DOUBLE)", f"TRY_CAST({right} AS DOUBLE)"
        return f"({left} IS DISTINCT FROM {right} OR {one_is_null})"
    if kinds <= _TEXTS and ColumnType.JSON in kinds:
        left, right = _minified(left), _minified(right)
    elif len(kinds) == 2:
        left, right = f"CAST({left} AS VARCHAR)", f"CAST({right} AS VARCHAR)"
    return f"({left} IS DISTINCT FROM {right})"


def _moments_differ(pair: Pair, column: str, left: str, right: str) -> str:
    """Milliseconds are what an event carries."""
    ours, theirs = f"epoch_ms({_moment(left)})", f"epoch_ms({_moment(right)})"
    differ = f"({ours} IS DISTINCT FROM {theirs} OR ({left} IS NULL) <> ({right} IS NULL))"
    if column not in FROM_RECEIVED_AT or not pair.has_times:
        return f"({differ})"
    distance_ours = f"{ours} - epoch_ms({_moment('o.received_at')})"
    distance_theirs = f"{theirs} - epoch_ms({_moment('t.received_at')})"
    return f"({differ} AND ({distance_ours}) IS DISTINCT FROM ({distance_theirs}))"


def _moment(expression: str) -> str:
    """A time without a zone is UTC; a text that is no time is NULL."""
    return f"TRY_CAST({expression} AS TIMESTAMP WITH TIME ZONE)"


def _minified(expression: str) -> str:
    text = f"CAST({expression} AS VARCHAR)"
    return f"CASE WHEN json_valid({text}) THEN CAST(json({text}) AS VARCHAR) ELSE {text} END"
