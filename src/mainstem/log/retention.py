"""What may be deleted of a log, and deleting it so that a crash at any point leaves a whole log.

Only whole segments go, the oldest first, each of them durably before the next: what is left of a partition
is always its newest part, without a gap. The last segment that holds anything stays, because the writer's
next start finds the end of the log in it. Nothing that its consumer has not taken is ever deleted from a
stream that has one, and of accepted events nothing that is not archived, where an archive is set: where one
of them stands still the log grows, and says so (`Plan.held_bytes`).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import LogCorrupted
from mainstem.log.consumed import ARCHIVED_NAME, read_consumed
from mainstem.log.contract import STREAMS, Stream
from mainstem.log.reader import parts_of, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.log.filesystem import FileSystem
    from mainstem.log.reader import Part
    from mainstem.log.settings import LogSettings

FILES_LOCK = "files"
_DAY = 86_400.0
_HOUR = 3_600.0
_NEVER = float("inf")


class Rule(msgspec.Struct, frozen=True):
    """When segments of a stream may go. Ages in seconds since a segment was last written to."""

    max_age: float
    """Older ones go."""
    min_age: float = 0.0
    """Younger ones stay, whatever they take."""
    max_bytes: float = _NEVER
    """Past it the oldest go, of all partitions of the stream together."""
    unconsumed_age: float = _NEVER
    """Until then a segment stays that is not wholly consumed."""


class Closed(msgspec.Struct, frozen=True):
    """A segment that nothing is added to any more."""

    path: Path
    size: int
    age: float
    is_consumed: bool


class PartitionFiles(msgspec.Struct, frozen=True):
    """One partition as retention sees it."""

    folder: Path
    closed: tuple[Closed, ...]
    """In order of address."""
    open_bytes: int
    """In the segment after them, which stays."""

    @property
    def size(self) -> int:
        return self.open_bytes + sum(segment.size for segment in self.closed)


class Deletion(msgspec.Struct, frozen=True):
    """One segment to delete."""

    folder: Path
    path: Path
    size: int


class Plan(msgspec.Struct, frozen=True):
    """What is to be done about one stream."""

    deletions: tuple[Deletion, ...]
    """In the order in which they are to be done."""
    held_bytes: int
    """Would be deleted too, had the consumer taken it."""


def rule_of(stream: Stream, settings: LogSettings) -> Rule:
    """The rule for a stream. What became of quarantined events is kept for good."""
    rules = {
        "events": Rule(
            max_age=settings.keep_days * _DAY,
            min_age=settings.keep_hours * _HOUR,
            max_bytes=settings.keep_bytes,
        ),
        "quarantine": Rule(max_age=settings.keep_quarantine_days * _DAY, unconsumed_age=0.0),
        "shadow": Rule(max_age=0.0, unconsumed_age=settings.keep_shadow_days * _DAY),
    }
    return rules.get(stream, Rule(max_age=_NEVER))


def partition_files(fs: FileSystem, folder: Path, now: float, *, archives: bool = False) -> PartitionFiles:
    """Look at a partition; with `archives`, what is not archived counts as not consumed. Raises LogCorrupted
    as reading it does."""
    state = state_of(fs, folder)
    parts = parts_of(state.segments, state.mark)
    consumed = read_consumed(fs, folder) or 0
    if archives:
        consumed = min(consumed, read_consumed(fs, folder, ARCHIVED_NAME) or 0)
    # With the directory entry of the last part its header was made durable, and a frame after it: it can
    # take over as the first.
    return PartitionFiles(
        folder,
        tuple(_closed(fs, parts[:-1], consumed, now)),
        parts[-1].end - parts[-1].segment.base if parts else 0,
    )


def _closed(fs: FileSystem, parts: Sequence[Part], consumed: int, now: float) -> Iterator[Closed]:
    for segment, end in parts:
        with suppress(FileNotFoundError):  # another process has just deleted it
            age = now - fs.modified(segment.path)
            yield Closed(segment.path, end - segment.base, age, end <= consumed)


def plan(partitions: Sequence[PartitionFiles], rule: Rule) -> Plan:
    """Decide what goes, of all partitions of one stream."""
    deletions = _chosen(partitions, rule)
    if_consumed = _chosen(partitions, msgspec.structs.replace(rule, unconsumed_age=0.0))
    held = sum(one.size for one in if_consumed) - sum(one.size for one in deletions)
    return Plan(tuple(deletions), max(0, held))


def _chosen(partitions: Sequence[PartitionFiles], rule: Rule) -> list[Deletion]:
    excess = sum(files.size for files in partitions) - rule.max_bytes
    chosen: list[Deletion] = []
    heads = [(files.folder, list(files.closed)) for files in partitions]
    while heads := [(folder, rest) for folder, rest in heads if rest and _may_go(rest[0], rule)]:
        folder, rest = max(heads, key=lambda head: head[1][0].age)
        segment = rest.pop(0)
        if segment.age <= rule.max_age and excess <= 0:
            break
        chosen.append(Deletion(folder, segment.path, segment.size))
        excess -= segment.size
    return chosen


def _may_go(segment: Closed, rule: Rule) -> bool:
    taken = segment.is_consumed or segment.age >= rule.unconsumed_age
    return taken and segment.age >= rule.min_age


def perform(fs: FileSystem, deletions: Sequence[Deletion]) -> None:
    """Delete, in this order. Raises OSError at the first that fails; those before it are gone.

    In a partition where a segment is being replaced nothing is deleted now: it would come back.
    """
    busy: set[Path] = set()
    for deletion in deletions:
        if deletion.folder in busy:
            continue
        try:
            held = fs.lock(deletion.folder / FILES_LOCK)
        except BlockingIOError:
            busy.add(deletion.folder)
            continue
        try:
            with suppress(FileNotFoundError):
                fs.remove(deletion.path)
            # Each by itself: two names that were removed and not synced may come back singly, with a gap.
            fs.sync_directory(deletion.folder)
        finally:
            held.close()


class StreamReport(msgspec.Struct, frozen=True):
    """What retention found in one stream."""

    stream: Stream
    kept_bytes: int
    """After the deletions."""
    held_bytes: int
    deletions: tuple[Deletion, ...]
    damage: tuple[str, ...] = ()
    """What is wrong with partitions that were left alone for it, and count for nothing above."""


def clean(
    fs: FileSystem, log_folder: Path, settings: LogSettings, now: float, *, dry_run: bool = False
) -> tuple[StreamReport, ...]:
    """Apply the settings to every stream of a log; with `dry_run`, only say what would be deleted.

    Safe beside writers, readers and another call of it. Raises OSError when a file cannot be deleted.
    """
    return tuple(_clean(fs, log_folder, stream, settings, now, dry_run) for stream in STREAMS)


def _clean(
    fs: FileSystem, log_folder: Path, stream: Stream, settings: LogSettings, now: float, dry_run: bool
) -> StreamReport:
    folder = log_folder / stream
    archives = stream == "events" and settings.archive is not None
    names = sorted(fs.directories(folder))
    partitions: list[PartitionFiles] = []
    damage: list[str] = []
    for name in names:
        try:
            partitions.append(partition_files(fs, folder / name, now, archives=archives))
        except LogCorrupted as e:
            damage.append(str(e))
    found = plan(partitions, rule_of(stream, settings))
    if not dry_run:
        perform(fs, found.deletions)
    size = sum(files.size for files in partitions) - sum(one.size for one in found.deletions)
    return StreamReport(stream, size, found.held_bytes, found.deletions, tuple(damage))
