"""Runs of activations, and what came of every row, as tables of the warehouse: for models and questions.

`activations.runs` holds runs that have ended, `activations.row_log` every row that was tried. What was not
copied after a run is copied after the next; nothing is copied twice, because it is copied under the structure
lock and whoever copies holds the activation's fence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.warehouse import ColumnType
from mainstem.warehouse.plain_rows import PlainTables

if TYPE_CHECKING:
    from mainstem.store.activations import ActivationRuns, KeptActivationRun, KeptLogRow, Plans
    from mainstem.warehouse import Transaction, Warehouse

SCHEMA = "activations"
_NEWEST = 500
"""Runs that are looked at; more than end between two copies."""
_AT_ONCE = 10_000
"""Rows of the log held in memory."""
_COUNTS = ("written", "refused", "unknown", "due", "mismatched")
_RUNS = {
    "id": ColumnType.INT,
    "plan_id": ColumnType.INT,
    "activation": ColumnType.STRING,
    "destination": ColumnType.STRING,
    "object": ColumnType.STRING,
    "as_of": ColumnType.STRING,
    "began_at": ColumnType.DATETIME,
    "ended_at": ColumnType.DATETIME,
    "began_by": ColumnType.STRING,
    "despite": ColumnType.STRING,
    "state": ColumnType.STRING,
    **{f"{one}_rows": ColumnType.INT for one in _COUNTS},
    "calls": ColumnType.INT,
    "waited_seconds": ColumnType.FLOAT,
    "problem": ColumnType.STRING,
}
_LOG = {
    "id": ColumnType.INT,
    "run_id": ColumnType.INT,
    "activation": ColumnType.STRING,
    "row_key": ColumnType.STRING,
    "op": ColumnType.STRING,
    "target_id": ColumnType.STRING,
    "payload": ColumnType.STRING,
    "state": ColumnType.STRING,
    "trouble": ColumnType.STRING,
    "code": ColumnType.STRING,
    "message": ColumnType.STRING,
    "try_number": ColumnType.INT,
    "at": ColumnType.DATETIME,
}
_TABLES = {"runs": _RUNS, "row_log": _LOG}


def copy_activation(activation: str, plans: Plans, runs: ActivationRuns, warehouse: Warehouse) -> int:
    """Copy what is not there yet of one activation; how many rows. Whoever calls holds its fence.

    Raises WarehouseBusy.
    """
    with warehouse.transaction(f"runs of activation {activation}", ddl=True) as transaction:
        copies = PlainTables(SCHEMA, _TABLES, transaction)
        copies.make_missing(warehouse)
        new = _new_runs(activation, runs, warehouse, transaction)
        copies.append("runs", [_run_row(run, plans) for run in new])
        return len(new) + _copy_log(activation, runs, warehouse, transaction, copies)


def _new_runs(
    activation: str, runs: ActivationRuns, warehouse: Warehouse, transaction: Transaction
) -> list[KeptActivationRun]:
    ended = [run for run in runs.newest(activation, _NEWEST) if run.ended_at is not None]
    if not ended:
        return []
    table = warehouse.capabilities.qualified(SCHEMA, "runs")
    there = transaction.query(
        f"SELECT id FROM {table} WHERE id >= ?",  # noqa: S608 # quoted name
        [min(run.id for run in ended)],
    )
    known = set(there.column("id").to_pylist())
    return [run for run in ended if run.id not in known]


def _copy_log(
    activation: str,
    runs: ActivationRuns,
    warehouse: Warehouse,
    transaction: Transaction,
    copies: PlainTables,
) -> int:
    """By number, which grows within an activation: one process at a time writes of it."""
    table = warehouse.capabilities.qualified(SCHEMA, "row_log")
    newest = transaction.query(
        f"SELECT max(id) AS id FROM {table} WHERE activation = ?",  # noqa: S608 # quoted name
        [activation],
    )
    after = newest.column("id").to_pylist()[0] or 0
    copied = 0
    while rows := runs.log(activation=activation, after=after, limit=_AT_ONCE):
        copies.append("row_log", [_log_row(row) for row in rows])
        copied += len(rows)
        after = rows[-1].id
    return copied


def _run_row(run: KeptActivationRun, plans: Plans) -> dict[str, Any]:
    plan = plans.find(run.plan_id)
    counts = {f"{one}_rows": run.counts.get(one, 0) for one in _COUNTS}
    of_plan = (
        {} if plan is None else {name: getattr(plan, name) for name in ("destination", "object", "as_of")}
    )
    return {**vars(run), **of_plan, **counts, "despite": ", ".join(run.despite)}


def _log_row(row: KeptLogRow) -> dict[str, Any]:
    return {**vars(row), "row_key": row.key, "try_number": row.tries, "payload": row.payload.hex()}
