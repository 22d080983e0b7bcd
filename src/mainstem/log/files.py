"""Where a log lives in a data folder, and opening it there on this machine's disks."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from mainstem.errors import LogUnavailable, UsageError
from mainstem.log.contract import STREAMS
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.group import GroupCommitWriter
from mainstem.log.meter import CommitMeter, MeteredPartitionWriter
from mainstem.log.reader import FileLogReader
from mainstem.log.retention import clean
from mainstem.log.served import ServedLog
from mainstem.log.verify import list_segments, verify_segments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.log.contract import LogWriter, Stream
    from mainstem.log.retention import StreamReport
    from mainstem.log.settings import LogSettings
    from mainstem.log.verify import SegmentReport

_PARTITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def log_folder(data_dir: Path) -> Path:
    """The folder that holds every stream of a log; it exists once a writer was opened."""
    return data_dir / "log"


def open_writer(
    data_dir: Path,
    stream: Stream,
    partition: str,
    settings: LogSettings,
    meter: CommitMeter | None = None,
) -> LogWriter:
    """Take a partition for this process, recover it, and make it ready for appends.

    `partition` names the one writer, such as `gateway-0`: letters, digits, `_` and `-`. `meter` is told of
    every commit. Raises UsageError
    for another name, EnvironmentFailure when it is held or the folder cannot be used, LogCorrupted when
    acknowledged bytes do not check.
    """
    if not _PARTITION.fullmatch(partition):
        raise UsageError(f"{partition!r} cannot name a log partition (valid: letters, digits, _ and -)")
    folder = log_folder(data_dir) / stream / partition
    core = MeteredPartitionWriter(
        LocalFileSystem(),
        folder,
        settings.segment_bytes,
        make_salt=lambda: secrets.randbits(32),
        meter=meter or CommitMeter(),
    )
    return GroupCommitWriter(core, settings)


def open_reader(data_dir: Path, stream: Stream) -> FileLogReader:
    """Partitions may be missing, all of them too: they appear when their writers are first opened."""
    return FileLogReader(LocalFileSystem(), log_folder(data_dir) / stream)


def serve_log(data_dir: Path) -> ServedLog:
    """What is shown of this log to other machines. It may not be there yet."""
    return ServedLog(LocalFileSystem(), log_folder(data_dir))


def list_log(data_dir: Path) -> list[SegmentReport]:
    """Every segment of every stream and partition, without reading any."""
    return [report for place in _partitions(data_dir) for report in list_segments(*place)]


def verify_log(data_dir: Path) -> list[SegmentReport]:
    """Every segment of every stream and partition, every durable byte checked.

    Raises LogCorrupted where a partition's mark itself is gone; other damage stands in the reports.
    """
    return [report for place in _partitions(data_dir) for report in verify_segments(*place)]


def clean_log(
    data_dir: Path, settings: LogSettings, now: float, *, dry_run: bool = False
) -> tuple[StreamReport, ...]:
    """Delete what the settings no longer keep, at Unix time `now`; with `dry_run`, only say what that is.

    Safe beside writers, readers and another call of it. Raises LogUnavailable when a file cannot be deleted
    (those before it are gone).
    """
    try:
        return clean(LocalFileSystem(), log_folder(data_dir), settings, now, dry_run=dry_run)
    except OSError as e:
        raise LogUnavailable(f"{log_folder(data_dir)}: a segment cannot be deleted: {e}") from e


def _partitions(data_dir: Path) -> Iterator[tuple[FileLogReader, Stream, str]]:
    for stream in STREAMS:
        reader = open_reader(data_dir, stream)
        for partition in reader.partitions():
            yield reader, stream, partition
