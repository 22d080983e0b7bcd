"""How a lake stands: what its tables consist of, which snapshots are kept and why, what upkeep did last."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.operate.upkeep.plan import kept_snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from mainstem.operate.upkeep.plan import Reason
    from mainstem.operate.upkeep.settings import UpkeepSettings
    from mainstem.store.upkeep import KeptStep
    from mainstem.warehouse.upkeep import Leftovers, Snapshot, TableFiles, Upkeep


@dataclass(frozen=True)
class TableStanding:
    name: str
    rows: int
    files: int
    bytes: int
    written_at: datetime | None
    """When its newest rows came; None for an empty table."""
    merged_at: datetime | None
    """When its files were put together last, as far back as figures are kept."""

    @property
    def rows_a_file(self) -> int:
        return self.rows // max(self.files, 1)


@dataclass(frozen=True)
class LakeStanding:
    tables: tuple[TableStanding, ...]
    """By name."""
    snapshots: int
    kept: Mapping[Reason, int]
    """How many stay, by reason; the others go with the next round."""
    oldest: datetime | None
    """Of the snapshots."""
    leftovers: Leftovers
    dumps: tuple[datetime, ...]
    """Of the catalog, oldest first."""
    steps: tuple[KeptStep, ...]
    """The newest first."""

    @property
    def files(self) -> int:
        return sum(table.files for table in self.tables)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        return sum(table.bytes for table in self.tables)


def standing_of(
    upkeep: Upkeep,
    settings: UpkeepSettings,
    *,
    protected: AbstractSet[int],
    building_since: datetime | None,
    merges: Sequence[KeptStep],
    steps: Sequence[KeptStep],
    dumps: Sequence[datetime],
    now: datetime,
) -> LakeStanding:
    """Asks the catalog alone. `merges` are the last of each table. Raises WarehouseBusy."""
    snapshots = upkeep.snapshots()
    kept = kept_snapshots(snapshots, protected, building_since, now, settings)
    merged_at = {step.subject: step.at for step in merges}
    return LakeStanding(
        tables=tuple(_table(table, snapshots, merged_at.get(str(table.name))) for table in upkeep.tables()),
        snapshots=len(snapshots),
        kept=Counter(found.reason for found in kept),
        oldest=snapshots[0].at if snapshots else None,
        leftovers=upkeep.leftovers(),
        dumps=tuple(dumps),
        steps=tuple(steps),
    )


def _table(table: TableFiles, snapshots: Sequence[Snapshot], merged_at: datetime | None) -> TableStanding:
    newest = max((file.snapshot for file in table.files), default=None)
    return TableStanding(
        name=str(table.name),
        rows=table.rows,
        files=len(table.files),
        bytes=table.bytes,
        written_at=None if newest is None else _moment_of(newest, snapshots),
        merged_at=merged_at,
    )


def _moment_of(snapshot: int, snapshots: Sequence[Snapshot]) -> datetime | None:
    """Of the next one that is left, where it has expired."""
    place = bisect_left(snapshots, snapshot, key=lambda found: found.id)
    return snapshots[place].at if place < len(snapshots) else None
