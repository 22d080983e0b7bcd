"""Runs of connectors as tables of the warehouse, for models and questions: copied from the product's records.

`connectors.sync_runs`, `connectors.sync_streams` and `connectors.schema_changes` hold what has ended. A copy
that was not made is made by the next run; none is made twice, because it is made under the structure lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.warehouse import ColumnType
from mainstem.warehouse.plain_rows import PlainTables

if TYPE_CHECKING:
    from mainstem.store.connectors import SyncRuns
    from mainstem.warehouse import Warehouse

SCHEMA = "connectors"
_NEWEST = 500
"""Runs that are looked at; more than run between two copies."""
_RUNS = {
    "id": ColumnType.INT,
    "connector": ColumnType.STRING,
    "kind": ColumnType.STRING,
    "asked": ColumnType.STRING,
    "began_at": ColumnType.DATETIME,
    "ended_at": ColumnType.DATETIME,
    "state": ColumnType.STRING,
    "problem": ColumnType.STRING,
}
_STREAMS = {
    "run_id": ColumnType.INT,
    "stream": ColumnType.STRING,
    "state": ColumnType.STRING,
    "began_at": ColumnType.DATETIME,
    "ended_at": ColumnType.DATETIME,
    "rows": ColumnType.INT,
    "deleted": ColumnType.INT,
    "bytes": ColumnType.INT,
    "calls": ColumnType.INT,
    "repeats": ColumnType.INT,
    "waited_seconds": ColumnType.FLOAT,
    "quota_remaining": ColumnType.INT,
    "complete_through": ColumnType.DATETIME,
    "problem": ColumnType.STRING,
}
_CHANGES = {
    "id": ColumnType.INT,
    "run_id": ColumnType.INT,
    "connector": ColumnType.STRING,
    "stream": ColumnType.STRING,
    "at": ColumnType.DATETIME,
    "change": ColumnType.STRING,
    "column_name": ColumnType.STRING,
    "column_type": ColumnType.STRING,
}
_TABLES = {"sync_runs": _RUNS, "sync_streams": _STREAMS, "schema_changes": _CHANGES}


def copy_history(runs: SyncRuns, warehouse: Warehouse) -> int:
    """Copy every run that has ended and is not there yet; how many. Raises WarehouseBusy."""
    ended = [run for run in runs.newest(_NEWEST) if run.ended_at is not None]
    if not ended:
        return 0
    with warehouse.transaction("runs of connectors", ddl=True) as transaction:
        copies = PlainTables(SCHEMA, _TABLES, transaction)
        copies.make_missing(warehouse)
        table = warehouse.capabilities.qualified(SCHEMA, "sync_runs")
        there = transaction.query(
            f"SELECT id FROM {table} WHERE id >= ?",  # noqa: S608 # quoted name
            [min(run.id for run in ended)],
        )
        new = {run.id for run in ended} - set(there.column("id").to_pylist())
        if not new:
            return 0
        copies.append("sync_runs", [vars(run) for run in ended if run.id in new])
        streams = [vars(stream) for number in sorted(new) for stream in runs.streams_of(number)]
        copies.append("sync_streams", streams)
        changes = [vars(change) for number in sorted(new) for change in runs.changes_of(number)]
        copies.append("schema_changes", changes)
    return len(new)
