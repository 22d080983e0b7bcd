"""Whether upkeep keeps the lake tidy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.operate.upkeep import UpkeepSettings
    from mainstem.operate.upkeep.standing import LakeStanding

NAME = "lake"

MANY_FILES = 300
"""Of one table: a query opens each of them."""
LONG_READER = timedelta(hours=1)


def check_lake(lake: LakeStanding, settings: UpkeepSettings, now: datetime) -> Iterator[Finding]:
    """`now` is aware."""
    crowded = [table for table in lake.tables if table.files > MANY_FILES]
    if crowded:
        worst = max(crowded, key=lambda table: table.files)
        yield warn(
            NAME,
            f"{len(crowded)} tables have more than {MANY_FILES} files; {worst.name} has {worst.files}",
            "see that `upkeep` runs, and what its log says; `mainstem upkeep --once` does a round",
        )
    since = lake.leftovers.reader_since
    if since is not None and now - since > LONG_READER:
        yield warn(
            NAME,
            f"a transaction is open since {since.isoformat(timespec='seconds')}: "
            f"{lake.leftovers.files} files that are not needed stay until it ends",
            "end it, if nobody waits for it: pg_stat_activity of the catalog says whose it is",
        )
    overdue = timedelta(hours=2 * settings.dump_every_hours)
    if settings.catalog_dumps and (not lake.dumps or now - lake.dumps[-1] > overdue):
        yield warn(
            NAME,
            f"the newest dump of the catalog is of {lake.dumps[-1].isoformat(timespec='seconds')}"
            if lake.dumps
            else "there is no dump of the catalog yet",
            "see that `upkeep` runs and finds pg_dump; upkeep.catalog_dumps = 0 does without",
        )
    if not crowded:
        yield ok(
            NAME,
            f"{len(lake.tables)} tables, {lake.files} files, {lake.bytes / 1024**2:.1f} MB, "
            f"{lake.snapshots} snapshots",
        )
