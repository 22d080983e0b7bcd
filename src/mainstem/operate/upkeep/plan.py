"""Decide what a round of upkeep does. Pure: facts in, steps out; nothing here knows a clock or a lake.

Files are merged with those of about their own size (tiers that grow by eight), so a row is written anew once
a tier and not with every round, and a table of any size has a few files of each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from mainstem.operate.upkeep.settings import UpkeepSettings
    from mainstem.warehouse import TableName
    from mainstem.warehouse.upkeep import DataFile, Snapshot, TableFiles

_MB = 1024 * 1024
_STEP_BYTES = 64 * _MB
TIERS = ((0, _MB), (_MB, 8 * _MB), (8 * _MB, 64 * _MB), (64 * _MB, 512 * _MB))
"""From, and below: bytes of a file. DuckLake makes none larger than 512 MB of several."""


@dataclass(frozen=True)
class Merge:
    """Put together the files of one tier."""

    name: TableName
    smallest: int
    largest: int


@dataclass(frozen=True)
class Rewrite:
    """Write files anew without their deleted rows."""

    name: TableName
    files: tuple[int, ...]


class Reason(StrEnum):
    """Why a snapshot is kept."""

    NEWEST = "newest"
    PUBLISHED = "published"
    """Readers are shown it, or can be again."""
    BUILDING = "building"
    """A build that runs may compare with it."""
    RECENT = "recent"
    DAILY = "daily"
    """The last of its day."""


@dataclass(frozen=True)
class Kept:
    snapshot: Snapshot
    reason: Reason


def plan_files(table: TableFiles, settings: UpkeepSettings) -> Iterator[Merge | Rewrite]:
    """What is worth doing with the files of one table."""
    if thinned := _worth_rewriting(table.files, settings):
        yield Rewrite(table.name, thinned)
    for smallest, largest in TIERS:
        if _most_in_a_group(table.files, smallest, largest) >= settings.merge_files:
            yield Merge(table.name, smallest, largest)


def _worth_rewriting(files: Sequence[DataFile], settings: UpkeepSettings) -> tuple[int, ...]:
    """Those that have lost much, and those of a tier that have lost anything, once they are many: no merge
    takes them. As many as one step may hold, at least one."""
    thinned = {file for file in files if file.deleted and file.deleted / file.rows >= settings.rewrite_share}
    for smallest, largest in TIERS:
        some = {file for file in files if file.deleted and smallest <= file.bytes < largest}
        thinned |= some if len(some) >= settings.merge_files else set()
    chosen: list[int] = []
    total = 0
    for file in sorted(thinned, key=lambda file: file.id):
        if chosen and total + file.bytes > _STEP_BYTES:
            break
        chosen.append(file.id)
        total += file.bytes
    return tuple(chosen)


def _most_in_a_group(files: Sequence[DataFile], smallest: int, largest: int) -> int:
    """Files with deleted rows are left as they are by a merge."""
    groups = Counter(file.group for file in files if smallest <= file.bytes < largest and not file.deleted)
    return max(groups.values(), default=0)


def kept_snapshots(
    snapshots: Sequence[Snapshot],
    protected: AbstractSet[int],
    building_since: datetime | None,
    now: datetime,
    settings: UpkeepSettings,
) -> list[Kept]:
    """Those of `snapshots`, oldest first, that stay, each with the strongest reason; the others may go.

    `building_since` is when the oldest build began that runs now.
    """
    last_of_day = {snapshot.at.date(): snapshot.id for snapshot in snapshots}

    def reason(snapshot: Snapshot, following: Snapshot | None) -> Reason | None:
        if following is None:
            return Reason.NEWEST
        if snapshot.id in protected:
            return Reason.PUBLISHED
        if building_since is not None and following.at >= building_since:
            return Reason.BUILDING  # it was the newest when the build began, or came later
        if now - following.at < settings.keep_snapshots:
            return Reason.RECENT  # it was the newest until then
        return Reason.DAILY if _is_daily(snapshot, last_of_day, now, settings) else None

    pairs = zip_longest(snapshots, snapshots[1:])
    found = ((snapshot, reason(snapshot, following)) for snapshot, following in pairs)
    return [Kept(snapshot, why) for snapshot, why in found if why is not None]


def _is_daily(
    snapshot: Snapshot, last_of_day: dict[date, int], now: datetime, settings: UpkeepSettings
) -> bool:
    age = (now.date() - snapshot.at.date()).days
    return age <= settings.keep_daily_days and last_of_day[snapshot.at.date()] == snapshot.id and age > 0
