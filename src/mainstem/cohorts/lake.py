"""Members of cohorts in the lake: the table `cohorts.members`, for SQL, activations and whoever reads it.

    unit   what it is: person, account, server …
    id     the unit's key, as the models have it
    cohort its short name
    since  when it came in (the count that found it first, without a gap)
    as_of  when the cohort was counted

A member is a row; (cohort, id) is unique. A cohort's rows are replaced together, in one transaction under the
lake's lock, so readers see one count or the other. Rows of a cohort that is removed go with the next run.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mainstem.store.cohorts import KeptCohort, Member
    from mainstem.warehouse import Warehouse

MEMBERS = TableName("cohorts", "members")
COLUMNS = {
    "unit": ColumnType.STRING,
    "id": ColumnType.STRING,
    "cohort": ColumnType.STRING,
    "since": ColumnType.DATETIME,
    "as_of": ColumnType.DATETIME,
}
_MOMENT = pa.timestamp("us", tz="UTC")


class Counted(Protocol):
    """What of the records is needed here."""

    def all(self) -> Sequence[KeptCohort]: ...

    def members(self, name: str) -> Sequence[Member]: ...

    def shown_in_lake(self, name: str, as_of: datetime) -> None: ...


def write_members(cohorts: Counted, warehouse: Warehouse) -> list[str]:
    """Bring the table up to what is kept; the names of cohorts whose rows changed. Raises what the warehouse
    and the records raise; run again, it goes on."""
    exists = MEMBERS.table in warehouse.columns(MEMBERS.namespace)
    kept = {one.name: one for one in cohorts.all()}
    there = _there(warehouse) if exists else set()
    newer = [one for one in kept.values() if one.as_of is not None and one.in_lake != one.as_of]
    gone = sorted(there - set(kept))
    if not newer and not gone and exists:
        return []
    names = [*(one.name for one in newer), *gone]
    with warehouse.transaction("cohorts", ddl=True) as transaction:
        if not exists:
            transaction.create_table(MEMBERS, COLUMNS, partition_by="cohort")
        if names and exists:
            transaction.delete(MEMBERS, "cohort", names)
        for one in newer:
            rows = cohorts.members(one.name)
            if rows:
                transaction.append(MEMBERS, _rows(one, rows))
    for one in newer:
        if one.as_of is not None:
            cohorts.shown_in_lake(one.name, one.as_of)
    return names


def _there(warehouse: Warehouse) -> set[str]:
    capabilities = warehouse.capabilities
    table = capabilities.qualified(MEMBERS.namespace, MEMBERS.table)
    found = warehouse.query(f"SELECT DISTINCT {capabilities.quoted('cohort')} FROM {table}")  # noqa: S608 # names quoted
    return {str(one) for one in found.column(0).to_pylist()}


def _rows(cohort: KeptCohort, members: Sequence[Member]) -> pa.Table:
    count = len(members)
    as_of = cohort.as_of.astimezone(UTC) if cohort.as_of else None
    return pa.table(
        {
            "unit": pa.array([cohort.unit] * count, pa.string()),
            "id": pa.array([one.id for one in members], pa.string()),
            "cohort": pa.array([cohort.name] * count, pa.string()),
            "since": pa.array([one.since.astimezone(UTC) for one in members], _MOMENT),
            "as_of": pa.array([as_of] * count, _MOMENT),
        }
    )
