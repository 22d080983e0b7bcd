"""What the loader keeps about itself in the warehouse, written in the transaction of the rows it is about.

`load_offsets` says how far each partition of the log is loaded; rows are only appended, the greatest counts.
`message_ids` is the window in which repeated events are recognised. `quarantine` holds the records that
became no rows; `odd_clocks` names the events whose clocks cannot be right. Because these commit with the rows
or not at all, a loader that dies at any point goes on from them without losing or repeating an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.load.placement import BOOKKEEPING
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pyarrow as pa

    from mainstem.warehouse import Warehouse

STREAM = "events"
"""The stream of the log that is loaded."""

OFFSETS = TableName(BOOKKEEPING, "load_offsets")
MESSAGE_IDS = TableName(BOOKKEEPING, "message_ids")
QUARANTINE = TableName(BOOKKEEPING, "quarantine")
ODD_CLOCKS = TableName(BOOKKEEPING, "odd_clocks")

TABLES = {
    OFFSETS: {
        "stream": ColumnType.STRING,
        "partition": ColumnType.STRING,
        "next_offset": ColumnType.INT,
        "committed_at": ColumnType.DATETIME,
    },
    MESSAGE_IDS: {"key": ColumnType.STRING, "day": ColumnType.STRING},
    QUARANTINE: {
        "source_id": ColumnType.STRING,
        "message_id": ColumnType.STRING,
        "reason": ColumnType.STRING,
        "event": ColumnType.STRING,
        "received_at": ColumnType.DATETIME,
        "log_partition": ColumnType.STRING,
        "log_offset": ColumnType.INT,
        "uuid_ts": ColumnType.DATETIME,
    },
    ODD_CLOCKS: {
        "namespace": ColumnType.STRING,
        "table_name": ColumnType.STRING,
        "message_id": ColumnType.STRING,
        "reason": ColumnType.STRING,
        "clock": ColumnType.STRING,
        "told": ColumnType.DATETIME,
        "received_at": ColumnType.DATETIME,
        "uuid_ts": ColumnType.DATETIME,
    },
}
PARTITIONED = {MESSAGE_IDS: "day"}
"""Of which column each value has files of its own: a day that leaves the window leaves with its files, and
nothing is read or written for it."""
_KEYS_AT_ONCE = 16_384


def ensure_tables(warehouse: Warehouse) -> None:
    """Make those that are missing. Raises WarehouseBusy."""
    standing = warehouse.columns(BOOKKEEPING)
    missing = [name for name in TABLES if name.table not in standing]
    if missing:
        with warehouse.transaction("make the loader's tables", ddl=True) as transaction:
            for name in missing:
                transaction.create_table(name, TABLES[name], partition_by=PARTITIONED.get(name))


def read_offsets(warehouse: Warehouse, stream: str) -> dict[str, int]:
    """Partition → offset to go on from, for every partition that was loaded from. Raises WarehouseBusy."""
    rows = _rows(
        warehouse,
        OFFSETS,
        'SELECT "partition", max(next_offset) AS next_offset FROM {} WHERE stream = ? GROUP BY "partition"',
        stream,
    )
    return {row["partition"]: row["next_offset"] for row in rows}


def last_commit(warehouse: Warehouse) -> datetime | None:
    """When events were last committed; None before the first. Raises WarehouseBusy."""
    if OFFSETS.table not in warehouse.columns(OFFSETS.namespace):
        return None
    [row] = _rows(warehouse, OFFSETS, "SELECT max(committed_at) AS at FROM {}")
    moment: datetime | None = row["at"]
    return moment


def read_quarantine(warehouse: Warehouse) -> Iterator[dict[str, Any]]:
    """Every row of `quarantine`, in the order of the log. Raises WarehouseBusy."""
    if QUARANTINE.table not in warehouse.columns(QUARANTINE.namespace):
        return
    rows = _select(warehouse, QUARANTINE, "SELECT * FROM {} ORDER BY log_partition, log_offset")
    for batch in rows.to_batches():
        yield from batch.to_pylist()


def read_message_ids(warehouse: Warehouse) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The window: each ISO day with the keys of its events. Raises WarehouseBusy.

    A million keys as Python rows took 313 MB and 2 s; a day at a time, in pieces, they cost no more than
    the set they go into.
    """
    for row in _rows(warehouse, MESSAGE_IDS, 'SELECT DISTINCT "day" FROM {}'):
        keys = _select(warehouse, MESSAGE_IDS, 'SELECT "key" FROM {} WHERE "day" = ?', row["day"])
        yield row["day"], _unhexed(keys)


def _unhexed(keys: pa.Table) -> Iterator[bytes]:
    for batch in keys.to_batches(max_chunksize=_KEYS_AT_ONCE):
        yield from map(bytes.fromhex, batch.column(0).to_pylist())


def _rows(warehouse: Warehouse, table: TableName, sql: str, *parameters: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _select(warehouse, table, sql, *parameters).to_pylist()
    return rows


def _select(warehouse: Warehouse, table: TableName, sql: str, *parameters: object) -> pa.Table:
    name = warehouse.capabilities.qualified(table.namespace, table.table)
    return warehouse.query(sql.format(name), parameters)
