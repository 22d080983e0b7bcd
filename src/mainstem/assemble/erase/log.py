"""The log's part of an erasure: its segments, their archive, and what gateways on other machines keep.

A record that is erased keeps its offset and loses its payload, so nobody who reads the log notices but by
what is missing. What other machines keep is only looked at from here.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from mainstem.assemble.archive import open_archive
from mainstem.assemble.log import project_log, remote_partitions
from mainstem.errors import LogUnavailable
from mainstem.log import STREAMS, LogSettings, log_folder, open_reader
from mainstem.log.archive import ArchiveReader
from mainstem.log.archive.rewrite import erase_archived
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.rewrite import Erased, erase_records, settled_segments
from mainstem.log.writer import LOCK_NAME
from mainstem.operate.erase import Step
from mainstem.operate.erase.records import links, record_judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.assemble.project import Project
    from mainstem.log import LogReader, Stream
    from mainstem.log.archive import Storage
    from mainstem.operate.erase import Sought

_READ_BYTES = 4 * 1024 * 1024
_ROLL_PATIENCE_SECONDS = 30.0


class LogPart:
    """Every stream of one project's log, and its archive."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._archive = open_archive(project)
        settings = project.config.section("log", LogSettings)
        self._gateways, self._token = settings.gateways, settings.token

    def linked(self, whom: Sought) -> tuple[set[str], set[str]]:
        """User and anonymous ids that accepted events link with the person."""
        users: set[str] = set()
        anonymous: set[str] = set()
        for reader in self._readers("events"):
            for payload in _payloads(reader):
                more = links(payload, whom)
                users |= more[0]
                anonymous |= more[1]
        return users, anonymous

    def count(self, whom: Sought) -> Counter[str]:
        """Records of theirs, by place and stream; places without any are left out."""
        found: Counter[str] = Counter()
        for stream in STREAMS:
            judge = record_judge(stream, whom)
            for reader in self._readers(stream):
                if count := sum(map(judge, _payloads(reader))):
                    where = "archive" if isinstance(reader, ArchiveReader) else "log"
                    found[f"{where}/{stream}"] += count
        return found

    def steps(self, whom: Sought) -> Iterator[Step]:
        for stream in STREAMS:
            yield Step(f"log/{stream}", self._erasing(stream, whom))
        if self._gateways:
            yield Step("other gateways", lambda: self._look_at_others(whom))
        if self._archive is not None:
            for stream in STREAMS:
                yield Step(f"archive/{stream}", _erasing_archived(self._archive, stream, whom))

    def has_a_gateway_at_work(self) -> bool:
        """Whether some process appends events to this project's log now."""
        fs, folder = LocalFileSystem(), log_folder(self._project.data_dir) / "events"
        for partition in fs.directories(folder):
            try:
                fs.lock(folder / partition / LOCK_NAME).close()
            except BlockingIOError:
                return True
        return False

    def _erasing(self, stream: Stream, whom: Sought) -> Callable[[], dict[str, int]]:
        def erase() -> dict[str, int]:
            fs, folder, found = LocalFileSystem(), log_folder(self._project.data_dir) / stream, Erased()
            judge = record_judge(stream, whom)
            for partition in sorted(fs.directories(folder)):
                wait = patience(_ROLL_PATIENCE_SECONDS)
                parts = settled_segments(fs, folder / partition, wait)
                found = found.plus(erase_records(fs, folder / partition, parts, judge, wait))
            return {"records": found.records, "segments": found.segments}

        return erase

    def _look_at_others(self, whom: Sought) -> dict[str, int]:
        """What gateways on other machines keep can be read from here, and erased there alone."""
        judges = {stream: record_judge(stream, whom) for stream in STREAMS}
        for url in self._gateways:
            count = 0
            for reader, stream, partition in remote_partitions(url, self._token):
                count += sum(map(judges[stream], _payloads(reader, (partition,))))
            if count:
                raise LogUnavailable(
                    f"{count} records stand in the log of {url}: run this command on that machine too, then "
                    "here again"
                )
        return {}

    def _readers(self, stream: Stream) -> Iterator[LogReader]:
        if self._gateways:
            with closing(project_log(self._project, stream)) as log:
                yield log
        else:
            yield open_reader(self._project.data_dir, stream)
        if self._archive is not None:
            yield ArchiveReader(self._archive, stream)


def _erasing_archived(archive: Storage, stream: Stream, whom: Sought) -> Callable[[], dict[str, int]]:
    def erase() -> dict[str, int]:
        found = erase_archived(archive, stream, record_judge(stream, whom))
        return {"records": found.records, "segments": found.segments}

    return erase


def _payloads(reader: LogReader, partitions: tuple[str, ...] | None = None) -> Iterator[bytes]:
    """Every record that can be read now, of all partitions or of these."""
    for partition in reader.partitions() if partitions is None else partitions:
        offset = reader.start(partition)
        while (batch := reader.read(partition, offset, _READ_BYTES)).records:
            yield from (payload for _, payload in batch.records)
            offset = batch.next_offset


def patience(seconds: float) -> Callable[[], bool]:
    """Pauses at each call, until so many seconds are over in all."""
    until = time.monotonic() + seconds

    def wait() -> bool:
        time.sleep(0.1)
        return time.monotonic() < until

    return wait
