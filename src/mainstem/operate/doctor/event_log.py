"""The log of accepted events: whether the files hold what their marks promise. Cheap: it reads one frame of
each segment at most; `mainstem log verify` reads them all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import LogCorrupted
from mainstem.log import STREAMS, list_log, open_reader
from mainstem.operate.doctor.finding import Finding, fail, ok, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.log import SegmentReport

NAME = "event log"
_MEND = "stop the gateway, keep a copy of the log's folder, and run `mainstem log verify`"


def check_event_log(data_dir: Path) -> Iterator[Finding]:
    try:
        segments = list_log(data_dir)
    except LogCorrupted as e:
        yield fail(NAME, str(e), _MEND)
        return
    if not segments:
        yield skipped(NAME, "no event has been accepted yet")
        return
    damaged = [why for segment in segments if (why := _problem(data_dir, segment))]
    for why in damaged:
        yield fail(NAME, why, _MEND)
    if not damaged:
        size = sum(segment.end - segment.start for segment in segments)
        yield ok(
            NAME, f"{len(segments)} segments with {size / 1024**2:.1f} MB are as long as their marks say"
        )


def _problem(data_dir: Path, segment: SegmentReport) -> str | None:
    promised, there = segment.end - segment.start, Path(segment.file).stat().st_size
    if there < promised:
        return f"{segment.file} has {there} bytes, and {promised} were acknowledged"
    stream = next(known for known in STREAMS if known == segment.stream)
    try:
        if promised:
            open_reader(data_dir, stream).read(segment.partition, segment.start, 1)
    except LogCorrupted as e:
        return str(e)
    return None
