"""Compare a source's tables: find the window, then table after table, each by one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.errors import UsageError
from mainstem.events import format_time
from mainstem.operate.shadow_report.ignored import IGNORED_COLUMNS, IGNORED_TABLES, KEYS
from mainstem.operate.shadow_report.report import (
    Example,
    Report,
    Some,
    TableReport,
    TypeDifference,
    ValueDifference,
)
from mainstem.operate.shadow_report.sql import (
    Pair,
    Side,
    counts_sql,
    examples_sql,
    only_in,
    repeated_sql,
    rows_sql,
    span_sql,
)
from mainstem.warehouse.ducklake.types import column_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.warehouse import ColumnType
    from mainstem.warehouse.attaching import AttachingWarehouse, OtherDatabase, OtherTable

_NO_KEY = "it has no id on both sides, so its rows are only counted"


@dataclass(frozen=True)
class Question:
    """What to compare."""

    source_id: str
    ours: str
    """Our schema."""
    database: OtherDatabase
    theirs: str
    """Their schema."""
    since: datetime | None = None
    until: datetime | None = None
    edge: timedelta = timedelta(minutes=15)
    """Where no moment is given, left out at both ends of what both sides hold: not everything there has come
    to both yet."""
    tables: frozenset[str] = frozenset()
    """Only these; empty for all."""
    ignored: frozenset[str] = field(default_factory=lambda: frozenset(IGNORED_COLUMNS))


def make_report(warehouse: AttachingWarehouse, question: Question) -> Report:
    """Raises UsageError where there is nothing to compare, EnvironmentFailure when the other database cannot
    be read, WarehouseBusy when ours does not answer.
    """
    with warehouse.attached(question.database, question.theirs) as others:
        return _Comparison(warehouse, question, others).report()


class _Comparison:
    def __init__(
        self, warehouse: AttachingWarehouse, question: Question, others: Mapping[str, OtherTable]
    ) -> None:
        self._warehouse = warehouse
        self._question = question
        qualified = warehouse.capabilities.qualified
        ours = warehouse.columns(question.ours)
        self._ours = {
            name: Side(qualified(question.ours, name), columns) for name, columns in self._asked(ours).items()
        }
        self._theirs = {
            name: Side(other.qualified, {c: column_type(kind) for c, kind in other.columns.items()})
            for name, other in self._asked(others).items()
        }

    def report(self) -> Report:
        question = self._question
        self._check()
        window = self._window()
        since, until = window or (None, None)
        return Report(
            source_id=question.source_id,
            ours=question.ours,
            theirs=f"{question.database}, schema {question.theirs}",
            since=None if since is None else format_time(since),
            until=None if until is None else format_time(until),
            ignored=tuple(sorted(question.ignored)),
            tables=tuple(self._table(name, window) for name in sorted({*self._ours, *self._theirs})),
        )

    def _asked(self, tables: Mapping[str, Any]) -> dict[str, Any]:
        wanted = self._question.tables
        return {
            name: table
            for name, table in tables.items()
            if name not in IGNORED_TABLES and (not wanted or name in wanted)
        }

    def _check(self) -> None:
        question = self._question
        named = " of those named" if question.tables else ""
        if not self._ours:
            raise UsageError(f"there are no tables{named} in our schema {question.ours}")
        if not self._theirs:
            raise UsageError(f"there are no tables{named} in schema {question.theirs} of {question.database}")

    def _window(self) -> tuple[datetime, datetime] | None:
        """From when to when; None where no table has times."""
        question = self._question
        ours, theirs = self._span(self._ours), self._span(self._theirs)
        if question.since is not None and question.until is not None:
            since, until = question.since, question.until
        elif ours is None or theirs is None:
            return None
        else:
            first, last = max(ours[0], theirs[0]), min(ours[1], theirs[1])
            if first > last and not (question.since or question.until):
                raise UsageError(
                    f"nothing can be compared: ours holds what was received from {_span_text(ours)}, theirs "
                    f"from {_span_text(theirs)}, and no time is in both; name one with --since and --until"
                )
            since, until = question.since or first + question.edge, question.until or last - question.edge
            if since > until:
                raise UsageError(
                    f"nothing can be compared: both sides hold what was received from {format_time(first)} "
                    f"to {format_time(last)}, of which {question.edge} are left out at each end; leave less "
                    "out with --edge, or name the time with --since and --until"
                )
        return since, until

    def _span(self, tables: Mapping[str, Side]) -> tuple[datetime, datetime] | None:
        timed = [side.qualified for side in tables.values() if "received_at" in side.columns]
        if not timed:
            return None
        [row] = self._rows(span_sql(timed))
        return None if row["first"] is None else (row["first"], row["last"])

    def _table(self, name: str, window: tuple[datetime, datetime] | None) -> TableReport:
        ours, theirs = self._ours.get(name), self._theirs.get(name)
        if ours is None or theirs is None:
            return TableReport(
                name,
                ours=(here := self._count(ours, window)),
                theirs=(there := self._count(theirs, window)),
                only_ours=Some(here),
                only_theirs=Some(there),
                note="only ours has this table" if theirs is None else "only theirs has this table",
            )
        key = KEYS.get(name, ("id",))
        if not (set(key) <= set(ours.columns) and set(key) <= set(theirs.columns)):
            here, there = self._count(ours, window), self._count(theirs, window)
            return TableReport(
                name,
                ours=here,
                theirs=there,
                only_ours=Some(max(0, here - there)),
                only_theirs=Some(max(0, there - here)),
                note=_NO_KEY,
            )
        return self._compare(name, ours, theirs, key, window)

    def _count(self, side: Side | None, window: tuple[datetime, datetime] | None) -> int:
        if side is None:
            return 0
        within = window if "received_at" in side.columns else None
        [row] = self._rows(rows_sql(side, within is not None), within or ())
        return int(row["n"])

    def _compare(
        self,
        name: str,
        ours: Side,
        theirs: Side,
        key: Sequence[str],
        window: tuple[datetime, datetime] | None,
    ) -> TableReport:
        repeated = [self._rows(repeated_sql(side, key))[0]["repeated"] for side in (ours, theirs)]
        left_out = self._question.ignored
        ours = Side(ours.qualified, _without(ours.columns, left_out), bool(repeated[0]))
        theirs = Side(theirs.qualified, _without(theirs.columns, left_out), bool(repeated[1]))
        common = [column for column in ours.columns if column in theirs.columns]
        pair = Pair(ours, theirs, key, [c for c in common if c not in left_out and c not in key])
        parameters = (*window, *window) if window and pair.has_times else ()
        [row] = self._rows(counts_sql(pair), parameters)
        return TableReport(
            name,
            ours=row["ours"],
            theirs=row["theirs"],
            both=row["both_sides"],
            only_ours=_some(row["only_ours"], row["ids_ours"]),
            only_theirs=_some(row["only_theirs"], row["ids_theirs"]),
            repeated_ours=repeated[0],
            repeated_theirs=repeated[1],
            columns_only_ours={c: row[f"o{n}"] for n, c in enumerate(only_in(ours, theirs))},
            columns_only_theirs={c: row[f"t{n}"] for n, c in enumerate(only_in(theirs, ours))},
            types=tuple(
                TypeDifference(c, ours.columns[c].value, theirs.columns[c].value)
                for c in pair.compared
                if ours.columns[c] is not theirs.columns[c]
            ),
            values=tuple(
                ValueDifference(c, row[f"d{n}"], self._examples(pair, c, parameters))
                for n, c in enumerate(pair.compared)
                if row[f"d{n}"]
            ),
        )

    def _examples(self, pair: Pair, column: str, parameters: Sequence[object]) -> tuple[Example, ...]:
        return tuple(
            Example(row["id"], row["ours"], row["theirs"])
            for row in self._rows(examples_sql(pair, column), parameters)
        )

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._warehouse.query(sql, parameters).to_pylist()
        return found


def _span_text(span: tuple[datetime, datetime]) -> str:
    return f"{format_time(span[0])} to {format_time(span[1])}"


def _without(columns: Mapping[str, ColumnType], ignored: frozenset[str]) -> dict[str, ColumnType]:
    """`received_at` stays: the window is made of it."""
    return {name: kind for name, kind in columns.items() if name not in ignored or name == "received_at"}


def _some(count: int, ids: Sequence[str] | None) -> Some:
    return Some(count, tuple(ids or ()) if count else ())
