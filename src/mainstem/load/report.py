"""What a run of the loader did."""

from __future__ import annotations

import msgspec


class LoadReport(msgspec.Struct, frozen=True):
    """Counts of committed work. `events` = arrived in tables + `duplicates` + `quarantined`."""

    events: int = 0
    """Log records that were read."""
    rows: int = 0
    """Rows of event tables, users before they are merged, without discards."""
    columnar: int = 0
    """Events among them that went the fast way, as whole columns."""
    duplicates: int = 0
    discards: int = 0
    quarantined: int = 0
    commits: int = 0
    offsets: dict[str, int] = {}
    """Partition → where loading goes on."""
    is_behind: bool = False
    """Whether the log held more than one transaction takes."""

    def plus(self, other: LoadReport) -> LoadReport:
        """Both together; `other` is the later one."""
        return LoadReport(
            events=self.events + other.events,
            rows=self.rows + other.rows,
            columnar=self.columnar + other.columnar,
            duplicates=self.duplicates + other.duplicates,
            discards=self.discards + other.discards,
            quarantined=self.quarantined + other.quarantined,
            commits=self.commits + other.commits,
            offsets={**self.offsets, **other.offsets},
            is_behind=other.is_behind,
        )
