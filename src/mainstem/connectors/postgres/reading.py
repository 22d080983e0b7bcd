"""One table, page by page: what changed since the last run in the order of its key, then what is gone.

Everything of one process is read in one snapshot. From where the *next* run reads is settled before the
first row: what changes while a run lasts, or between two processes of one run, is behind that mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.contract import Page, SchemaChange
from mainstem.connectors.postgres import statements
from mainstem.connectors.postgres.plans import ROW_ID, Method
from mainstem.connectors.postgres.values import key_text_of, key_value, row_maker
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.connectors.contract import Asked
    from mainstem.connectors.postgres.plans import TablePlan
    from mainstem.connectors.postgres.session import Session
    from mainstem.connectors.postgres.settings import PostgresSettings
    from mainstem.connectors.streams import Row

_XIDS = 2**32
_BARE = (ColumnType.STRING, ColumnType.INT)
"""What a key of one column is written as it is of."""
_FAR = 10_000_000
"""Transactions behind which a mark is moved on though nothing changed."""
_ASKED_AT_ONCE = 20_000
"""Keys that stand in the warehouse, of one statement."""


class Pending(msgspec.Struct, frozen=True):
    """A run on its way, whichever process goes on with it."""

    mark: int | str | None
    through: datetime
    since: int | str | None
    """None while the whole table is read."""
    asks: bool = False
    """Whether keys are asked for."""


class Place(msgspec.Struct, frozen=True):
    """The position in a table."""

    table: int = 0
    """Its oid: one that was made anew is read anew."""
    method: str = ""
    """What it was read by; read by another, its mark says nothing."""
    mark: int | str | None = None
    columns: dict[str, str] = {}
    """Their types in the database."""
    asked_at: datetime | None = None
    """When keys were last asked for."""
    pending: Pending | None = None
    after: list[str] = []
    """The key of the last row that was read."""
    asking_behind: str | None = None
    """Rows are read; of keys, those up to here have been asked for."""


@dataclass(frozen=True)
class Snapshot:
    oldest: int
    next: int
    now: datetime


class TableReading:
    def __init__(self, session: Session, plan: TablePlan, settings: PostgresSettings) -> None:
        self._session = session
        self._plan = plan
        self._settings = settings
        self._overlap = timedelta(minutes=settings.overlap_minutes)

    def pages(self, asked: Asked) -> Iterator[Page]:
        """As `Connector.read`. Raises psycopg's errors."""
        if asked.since is not None or asked.until is not None:
            yield from self._range(asked)
            return
        place = Place() if asked.position is None else msgspec.convert(asked.position, Place)
        before, has_news = place, False
        if place.asking_behind is None:
            with self._session.snapshot():
                began = self._began(place)
                yield Page(changes=self._changes(place), position=_written(began))
                has_news = place.columns != began.columns
                place = began
                for rows, after in self._rows(place):
                    has_news = True
                    place = _with(place, after=after)
                    yield Page({self._plan.name: rows}, _written(place))
            place = _with(place, after=[])
        if asked.standing is not None and self._pending(place).asks:
            for gone, behind in self._gone(asked, place.asking_behind or ""):
                place = _with(place, asking_behind=behind)
                yield Page(gone={self._plan.name: gone}, position=_written(place))
            place = _with(place, asked_at=self._pending(place).through)
            has_news = True
        yield self._end(place, before, has_news=has_news)

    def _began(self, place: Place) -> Place:
        """The place with what this run is to settle, unless it is one that goes on."""
        shot = self._session.look()
        types = {one.column: one.source.type for one in self._plan.columns}
        is_same = place.table == self._plan.source.oid and place.method == self._read_by
        again = not is_same or self._is_to_be_read_again(place, types)
        if place.pending is None or again:
            since = None if again else place.mark
            if self._plan.method is Method.XMIN and isinstance(since, int):
                since = since if 0 <= shot.next - since < _XIDS else None
            pending = Pending(self._mark(shot), shot.now, since, self._is_asking_due(place, shot))
            place = _with(place, pending=pending, after=[])
        return _with(
            place,
            table=self._plan.source.oid,
            method=self._read_by,
            columns=types,
            asked_at=place.asked_at or shot.now,
        )

    @property
    def _read_by(self) -> str:
        cursor = self._plan.cursor
        return self._plan.method.value if cursor is None else f"cursor {cursor.source.name}"

    def _mark(self, shot: Snapshot) -> int | str | None:
        match self._plan.method:
            case Method.XMIN:
                return shot.oldest
            case Method.CURSOR:
                found = self._session.one(statements.newest_of(self._plan))
                return None if found is None else found[0]
            case _:
                return None

    def _is_to_be_read_again(self, place: Place, types: dict[str, str]) -> bool:
        """Whether rows have other values though nothing says that they changed: a column that came with a
        default, or whose type was changed."""
        defaults = {one.column for one in self._plan.columns if one.source.has_default}
        return any(
            (name not in place.columns and name in defaults) or place.columns.get(name, kind) != kind
            for name, kind in types.items()
        )

    def _changes(self, place: Place) -> tuple[SchemaChange, ...]:
        """Since the last run; columns that are new are told by whoever adds them."""
        kinds = {one.column: one.source.type for one in self._plan.columns}
        found = [
            SchemaChange(self._plan.name, "gone_column", name, "")
            for name in place.columns
            if name not in kinds
        ]
        found += [
            SchemaChange(self._plan.name, "changed_type", name, f"{place.columns[name]} → {kind}")
            for name, kind in kinds.items()
            if place.columns.get(name, kind) != kind
        ]
        return tuple(found)

    def _rows(self, place: Place) -> Iterator[tuple[list[Row], list[str]]]:
        conditions: list[str] = []
        values: list[Any] = []
        since = self._pending(place).since
        if since is not None:
            conditions.append(statements.changed_since(self._plan))
            values += self._bounds(since)
        yield from self._found(conditions, values, place.after)

    def _range(self, asked: Asked) -> Iterator[Page]:
        conditions = statements.within(
            self._plan, since=asked.since is not None, until=asked.until is not None
        )
        values = [moment for moment in (asked.since, asked.until) if moment is not None]
        after = [] if asked.position is None else list(asked.position["after"])
        with self._session.snapshot():
            for rows, behind in self._found(conditions, values, after):
                yield Page({self._plan.name: rows}, {"after": behind})

    def _bounds(self, since: int | str) -> list[Any]:
        if self._plan.method is Method.XMIN:
            shot = self._session.look()
            return [shot.next, shot.next, since]
        return [since, self._overlap if self._plan.is_by_time else self._settings.overlap_values]

    def _found(
        self, conditions: list[str], values: list[Any], after: list[str]
    ) -> Iterator[tuple[list[Row], list[str]]]:
        """Rows behind the key `after`, and the key of the last of them."""
        statement = statements.page_of(self._plan, conditions, is_behind=bool(after))
        make = row_maker(self._plan.columns)
        for found in self._session.batches(statement, [*values, *after], self._settings.batch_rows):
            rows = [make(one) for one in found]
            if self._plan.key:
                last = [key_text_of(rows[-1][one.column]) for one in self._plan.key]
            else:
                for row, one in zip(rows, found, strict=True):
                    row[ROW_ID] = one[-2] if one[-1] == 1 else f"{one[-2]}-{one[-1]}"
                last = [str(one) for one in found[-1][-2:]]
            yield list(rows), last

    def _is_asking_due(self, place: Place, shot: Snapshot) -> bool:
        if self._plan.method is Method.WHOLE:
            return False
        if place.asked_at is None or place.table != self._plan.source.oid:
            return place.table != 0  # none of the old table's rows need be in one that was made anew
        return shot.now - place.asked_at >= timedelta(hours=self._settings.deleted_hours)

    def _gone(self, asked: Asked, behind: str) -> Iterator[tuple[list[Row], str]]:
        """Of the keys that stand in the warehouse, those that two snapshots one after the other lack."""
        if asked.standing is None:
            return
        while keys := asked.standing(self._plan.name, behind, _ASKED_AT_ONCE):
            rows = [self._key_row(key) for key in keys]
            missing = self._missing(self._missing(rows)) if rows else []
            behind = keys[-1]
            yield list(missing), behind

    def _missing(self, rows: Sequence[Row]) -> list[Row]:
        if not rows:
            return []
        lists = [[key_text_of(row[one.column]) for row in rows] for one in self._plan.key]
        with self._session.snapshot():
            found = self._session.all(statements.missing_of(self._plan), lists)
        return [rows[place - 1] for (place,) in found]

    def _key_row(self, key: str) -> Row:
        """The key's columns, as the row had them."""
        columns = [(one.column, one.mapped.kind) for one in self._plan.key]
        is_list = len(columns) > 1 or (columns[0][1] not in _BARE and key.startswith("["))
        values = msgspec.json.decode(key) if is_list else [key]
        return {name: key_value(kind, value) for (name, kind), value in zip(columns, values, strict=True)}

    def _end(self, place: Place, before: Place, *, has_news: bool) -> Page:
        """A run without news leaves the position as it was, from where as much is read the next time: so
        that nothing has to be written for it."""
        pending = self._pending(place)
        done = _with(place, mark=pending.mark, pending=None, after=[], asking_behind=None)
        if not has_news and before.pending is None and self._is_near(before.mark, pending.mark):
            done = before
        through = pending.through - (self._overlap if self._plan.is_by_time else timedelta())
        return Page(position=_written(done), complete_through=through)

    @staticmethod
    def _is_near(mark: int | str | None, newest: int | str | None) -> bool:
        return not isinstance(mark, int) or (isinstance(newest, int) and 0 <= newest - mark < _FAR)

    @staticmethod
    def _pending(place: Place) -> Pending:
        if place.pending is None:
            raise ValueError("rows are read or asked for only after the run has begun")
        return place.pending


def _with(place: Place, **changed: Any) -> Place:
    return msgspec.structs.replace(place, **changed)


def _written(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(place)
    return found
