"""Rows and the position behind them into the warehouse, in one transaction: both are there, or neither.

A process that dies at any moment leaves what was committed and nothing else; the next goes on from the
position that stands beside the rows. A COMMIT whose outcome is unknown is read back before it is repeated.
Tables are merged by key: a row that is read again replaces itself. It calls no service.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from mainstem.connectors.batch import shaped
from mainstem.connectors.contract import SchemaChange
from mainstem.connectors.streams import ADDED, DELETED, KEY, SYNCED
from mainstem.errors import WarehouseBusy
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mainstem.connectors.batch import Batch, Columns, TableBatch
    from mainstem.connectors.streams import Stream, Table
    from mainstem.saas import Clock
    from mainstem.warehouse import Transaction, Warehouse

STATE = "_stream_state"
"""In the connector's schema: a row for each stream, and each range of one that was filled in."""
_STATE_COLUMNS = {
    "stream": ColumnType.STRING,
    "commit_number": ColumnType.INT,
    "position": ColumnType.JSON,
    "listed_since": ColumnType.DATETIME,
    "listings": ColumnType.INT,
    "complete_through": ColumnType.DATETIME,
    "committed_at": ColumnType.DATETIME,
}
_AT_ONCE = 1000
"""Keys of one SELECT."""
_TRIES, _PAUSE = 8, 0.5
"""Of a commit that meets another's, and seconds between; doubled each time."""


@dataclass(frozen=True)
class StreamState:
    """How far a stream has come; stands in the warehouse."""

    stream: str
    commit_number: int = 0
    """Grows with every commit: who does not know whether one was done reads it."""
    position: Mapping[str, Any] | None = None
    listed_since: datetime | None = None
    """While all rows are listed: those synced before have not been seen in this listing."""
    listings: int = 0
    """Listings that came to their end since `listed_since`."""
    complete_through: datetime | None = None
    committed_at: datetime | None = None


@dataclass(frozen=True)
class Landed:
    rows: int
    gone: int
    changes: tuple[SchemaChange, ...]


class Landing:
    """The schema of one connector. Used from one thread of one process: a fence sees to that."""

    def __init__(
        self,
        warehouse: Warehouse,
        schema: str,
        clock: Clock,
        *,
        pseudonym: Callable[[str], str] | None = None,
        keep_emails: bool = True,
    ) -> None:
        self._warehouse = warehouse
        self._schema = schema
        self._clock = clock
        self._pseudonym = pseudonym
        self._keep_emails = keep_emails
        self._columns: dict[str, Columns] | None = None

    def state(self, stream: str) -> StreamState:
        """As it was committed last; of a stream that never was, the beginning. Raises WarehouseBusy."""
        if STATE not in self._held():
            return StreamState(stream)
        table = self._warehouse.capabilities.qualified(self._schema, STATE)
        found = self._warehouse.query(f"SELECT * FROM {table} WHERE stream = ?", [stream]).to_pylist()  # noqa: S608 # quoted name
        return _state_of(found[0]) if found else StreamState(stream)

    def newest(self, stream: Stream) -> datetime | None:
        """When the last row of a stream's tables was read."""
        moments = []
        for table in stream.tables:
            if table.name in self._held():
                name = self._qualified(table.name)
                row = self._warehouse.query(f"SELECT max({SYNCED}) AS at FROM {name}").to_pylist()[0]  # noqa: S608 # quoted name
                moments.append(row["at"])
        return max((_utc(moment) for moment in moments if moment is not None), default=None)

    def unseen(self, table: Table, since: datetime, most: int) -> list[str]:
        """Keys of rows that stand undeleted and were not read since; `most` at most."""
        return self._keys(table.name, f"{SYNCED} < ?", since, most)

    def of_others(self, table: Table, generation: int, most: int) -> list[str]:
        """Keys of rows that stand undeleted and are of another generation, or of none; `most` at most."""
        if table.generation not in self._held().get(table.name, {}):
            return []
        column = self._warehouse.capabilities.quoted(table.generation)
        return self._keys(table.name, f"({column} IS NULL OR {column} <> ?)", generation, most)

    def standing(self, table: str, after: str, most: int) -> list[str]:
        """Keys of undeleted rows behind `after`, in order; `most` at most."""
        return self._keys(table, f"{KEY} > ?", after, most)

    def _keys(self, table: str, condition: str, value: object, most: int) -> list[str]:
        """Of undeleted rows that meet a condition with one value, in order."""
        if table not in self._held():
            return []
        found = self._warehouse.query(
            f"SELECT {KEY} FROM {self._qualified(table)} WHERE {condition} "  # noqa: S608 # quoted names
            f"AND NOT coalesce({DELETED}, false) ORDER BY {KEY} LIMIT {most}",
            [value],
        )
        keys: list[str] = found.column(KEY).to_pylist()
        return keys

    def commit(self, batch: Batch, before: StreamState, after: StreamState, synced: datetime) -> Landed:
        """Write a batch and the state after it. `before` is the state that is committed.

        Raises WarehouseBusy when it could not be written; then nothing of it is there.
        """
        after = replace(after, commit_number=before.commit_number + 1, committed_at=self._clock.now())
        pause = _PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                landed = self._commit(batch, after, synced)
            except WarehouseBusy:
                self._columns = None
                if self.state(after.stream).commit_number == after.commit_number:
                    return Landed(batch.rows, 0, ())  # it was committed, and only the answer was lost
                if attempt == _TRIES:
                    raise
                self._clock.sleep(pause)
                pause *= 2
            else:
                return landed
        raise AssertionError("the loop returns or raises")

    def forget(self, stream: str) -> None:
        """The next reading begins anew; rows stay."""
        state = self.state(stream)
        with self._warehouse.transaction(f"{self._schema}: {stream} begins anew") as transaction:
            if state.commit_number:
                transaction.delete(TableName(self._schema, STATE), "stream", [stream])

    def _commit(self, batch: Batch, after: StreamState, synced: datetime) -> Landed:
        held = self._held()
        plans = {
            name: shaped(
                one.table,
                one.rows.values(),
                held.get(name),
                synced,
                self._pseudonym,
                keep_emails=self._keep_emails,
                told=one.columns,
            )
            for name, one in batch.tables.items()
        }
        changes = STATE not in held or any(plan.missing for plan in plans.values())
        gone = 0
        with self._warehouse.transaction(f"{self._schema}: {after.stream}", ddl=changes) as transaction:
            if STATE not in held:
                transaction.create_table(self._name(STATE), _STATE_COLUMNS)
            for name, plan in plans.items():
                if name not in held:
                    transaction.create_table(self._name(name), plan.missing)
                elif plan.missing:
                    transaction.add_columns(self._name(name), plan.missing)
                gone += self._merge(transaction, batch.tables[name], plan.rows, synced)
            transaction.delete(self._name(STATE), "stream", [after.stream])
            transaction.append(self._name(STATE), _state_row(after))
        if changes:
            self._columns = None
        told = tuple(
            change for name, plan in plans.items() for change in _changes(name, plan, is_new=name not in held)
        ) + tuple(batch.changes)
        return Landed(sum(plan.rows.num_rows for plan in plans.values()), gone, told)

    def _merge(self, transaction: Transaction, batch: TableBatch, rows: pa.Table, synced: datetime) -> int:
        """Put rows in the place of those with their keys; how many are now marked as deleted."""
        name = self._name(batch.table.name)
        marked = self._marked(transaction, batch, synced)
        keys = list(batch.rows) + [row[KEY] for row in marked]
        replaced = self._of_owners(transaction, batch)
        if keys or replaced:
            transaction.delete(name, KEY, sorted({*keys, *replaced}))
        if rows.num_rows:  # of an activity's forty tables, most have none
            transaction.append(name, rows)
        if marked:
            columns = self._all_columns(batch.table, rows)
            schema = pa.schema([(column, ARROW_TYPES[kind]) for column, kind in columns.items()])
            transaction.append(name, pa.Table.from_pylist(marked, schema=schema))
        return len(marked) + sum(bool(row[DELETED]) for row in batch.rows.values())

    def _marked(self, transaction: Transaction, batch: TableBatch, synced: datetime) -> list[dict[str, Any]]:
        """Rows that are gone as they will stand: what they held, and that they are deleted."""
        found: list[dict[str, Any]] = []
        for keys in _portions(sorted(batch.gone)):
            found += self._select(transaction, batch.table.name, "*", KEY, keys).to_pylist()
        return [{**row, DELETED: True, SYNCED: synced} for row in found if not row[DELETED]]

    def _of_owners(self, transaction: Transaction, batch: TableBatch) -> list[str]:
        """Keys of all rows that belong to the owners whose rows are replaced."""
        keys: list[str] = []
        owner = f"CAST({self._warehouse.capabilities.quoted(batch.table.owner)} AS VARCHAR)"
        for owners in _portions(sorted(batch.owners)):
            found = self._select(transaction, batch.table.name, KEY, owner, owners)
            keys += found.column(KEY).to_pylist()
        return keys

    def _select(
        self, transaction: Transaction, table: str, what: str, by: str, values: Sequence[str]
    ) -> pa.Table:
        marks = ", ".join("?" for _ in values)
        return transaction.query(
            f"SELECT {what} FROM {self._qualified(table)} WHERE {by} IN ({marks})",  # noqa: S608 # quoted
            values,
        )

    def _all_columns(self, table: Table, rows: pa.Table) -> Columns:
        held = (self._columns or {}).get(table.name, {})
        kinds = {name: kind for name, kind in {**ADDED, **table.columns, **held}.items()}
        return {name: kind for name, kind in kinds.items() if name in rows.column_names}

    def _held(self) -> dict[str, Columns]:
        if self._columns is None:
            found = self._warehouse.columns(self._schema)
            self._columns = {table: dict(columns) for table, columns in found.items()}
        return self._columns

    def _name(self, table: str) -> TableName:
        return TableName(self._schema, table)

    def _qualified(self, table: str) -> str:
        return self._warehouse.capabilities.qualified(self._schema, table)


def _portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(values), _AT_ONCE):
        yield values[first : first + _AT_ONCE]


def _changes(table: str, plan: Any, *, is_new: bool) -> Iterator[SchemaChange]:
    if is_new:
        yield SchemaChange(table, "new_table", "", "")
        return
    for column, kind in plan.missing.items():
        yield SchemaChange(
            table, "new_variant" if column in plan.variants else "new_column", column, kind.value
        )


def _state_row(state: StreamState) -> pa.Table:
    position = None if state.position is None else msgspec.json.encode(state.position).decode()
    values = {
        "stream": state.stream,
        "commit_number": state.commit_number,
        "position": position,
        "listed_since": state.listed_since,
        "listings": state.listings,
        "complete_through": state.complete_through,
        "committed_at": state.committed_at,
    }
    return pa.table(
        {name: pa.array([values[name]], ARROW_TYPES[kind]) for name, kind in _STATE_COLUMNS.items()}
    )


def _state_of(row: Mapping[str, Any]) -> StreamState:
    position = row["position"]
    return StreamState(
        row["stream"],
        row["commit_number"],
        None if position is None else msgspec.json.decode(position),
        _utc(row["listed_since"]),
        row["listings"],
        _utc(row["complete_through"]),
        _utc(row["committed_at"]),
    )


def _utc(moment: datetime | None) -> Any:
    return None if moment is None else moment.astimezone(UTC)


def after_all(newest: datetime | None, now: datetime) -> datetime:
    """A moment after every row that was read: now, unless the clock went back since."""
    return now if newest is None or newest < now else newest + timedelta(microseconds=1)
