"""What a gateway has counted, in a file that others may read: `<data folder>/gateway/<partition>.json`.

The gateway's own counts live in its memory; pages and metrics of other processes read them here, without
asking the gateway for anything. The file is replaced whole, so a reader sees one moment of it. It is
information and no record: it is not synced, and what the log holds is true whatever stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.sources import SourceCounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MINUTES = 60
"""For how many minutes back it is kept what happened in each."""


class Minute(msgspec.Struct, array_like=True):
    """What happened to the events of a source within a minute."""

    events: int = 0
    """Accepted."""
    quarantined: int = 0
    dropped: int = 0
    refused: int = 0
    """Requests."""

    def plus(self, other: Minute) -> Minute:
        return Minute(
            self.events + other.events,
            self.quarantined + other.quarantined,
            self.dropped + other.dropped,
            self.refused + other.refused,
        )


class SourceFigures(msgspec.Struct, rename="camel"):
    """Of one source, at one gateway."""

    totals: SourceCounts = msgspec.field(default_factory=SourceCounts)
    """Since the gateway's process began."""
    minutes: dict[int, Minute] = msgspec.field(default_factory=dict)
    """By minutes since 1970; those of the past hour in which anything happened, also before a restart."""
    last_event_at: str | None = None
    """When an event was last accepted or quarantined, to the second: RFC 3339, UTC."""

    def past_hour(self, minute: int) -> Minute:
        """The hour that ends with `minute`."""
        found = Minute()
        for at, what in self.minutes.items():
            if minute - MINUTES < at <= minute:
                found = found.plus(what)
        return found


class GatewayCounts(msgspec.Struct, rename="camel"):
    """One file."""

    partition: str
    """The gateway's part of the log."""
    pid: int
    started_at: str
    at: str
    """When this was written: RFC 3339, UTC. Every few seconds at least; older, the gateway is gone."""
    config_error: str | None = None
    """Why the project's present settings are not served; the gateway goes on with the ones before."""
    sources: dict[str, SourceFigures] = msgspec.field(default_factory=dict)
    """By source id; those the gateway serves now."""
    marks: dict[str, list[int]] = msgspec.field(default_factory=dict)
    """By stream of the log: some offsets of this partition near its end, rising. A reader may begin at each
    of them, and so near the end without reading all that stands before."""


def counts_folder(data_dir: Path) -> Path:
    return data_dir / "gateway"


def counts_path(folder: Path, partition: str) -> Path:
    return folder / f"{partition}.json"


def read_counts(path: Path) -> GatewayCounts | None:
    """None where there is no such file, or one of another version of Mainstem."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=GatewayCounts)
    except (OSError, msgspec.DecodeError):
        return None


def read_all_counts(folder: Path) -> tuple[GatewayCounts, ...]:
    """Of every gateway that shares the data folder, by partition; those that are gone, too."""
    found: Iterable[Path] = sorted(folder.glob("*.json")) if folder.is_dir() else ()
    return tuple(counts for path in found if (counts := read_counts(path)) is not None)


def write_counts(path: Path, counts: GatewayCounts) -> None:
    """Replace the file. Raises OSError; then the old one stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_bytes(msgspec.json.encode(counts))
    beside.replace(path)
