"""The archive of a project's log, and keeping it up beside the loader.

The loader's process does it, in a thread: it has everything at hand that gateways anywhere have accepted, and
no gateway waits for it. An archive that does not answer holds up nothing but the deletion of segments.
"""

from __future__ import annotations

import logging
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from mainstem.errors import ConfigError, MainstemError, UsageError
from mainstem.log import LogSettings, open_reader
from mainstem.log.archive import archive_stream, open_storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.log import Stream
    from mainstem.log.archive import Copied, Storage
    from mainstem.log.reader import SegmentReader

ARCHIVED: Stream = "events"
"""The one stream from which tables are made."""

logger = logging.getLogger("mainstem.archive")


def open_archive(project: Project) -> Storage | None:
    """Where `[log] archive` leads; None when it is not set. Raises ConfigError for what is no place."""
    settings = project.config.section("log", LogSettings)
    if settings.archive is None:
        return None
    try:
        return open_storage(settings.archive, project.folder)
    except UsageError as e:
        raise ConfigError(project.config.place("log", "archive"), f"log.archive: {e}") from e


def archive_once(project: Project) -> int:
    """Copy what is closed and not archived yet, of every gateway; how many segments those were.

    Raises LogUnavailable or EnvironmentFailure when a gateway or the archive does not answer.
    """
    storage = open_archive(project)
    return 0 if storage is None else sum(_copy(log, storage) for log in _logs(project))


@contextmanager
def archiving(project: Project, stop: threading.Event) -> Iterator[None]:
    """While the block runs, copy whatever is closed; until `stop` is set, or the block ends."""
    storage = open_archive(project)
    if storage is None:
        yield
        return
    settings = project.config.section("log", LogSettings)
    ended = _Either(stop)
    keeper = _Keeper(tuple(_logs(project)), storage)
    thread = threading.Thread(target=keeper.run, args=(ended, settings.archive_every_s), name="archive")
    thread.start()
    try:
        yield
    finally:
        ended.end()
        thread.join()


class _Either:
    """Set when another event is, or by itself: that a block ends is no reason to stop everybody."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._ended = threading.Event()

    def end(self) -> None:
        self._ended.set()

    def is_set(self) -> bool:
        return self._stop.is_set() or self._ended.is_set()

    def wait(self, seconds: float) -> None:
        """In steps of half a second, which is what a stop may cost."""
        left = seconds
        while left > 0 and not self._stop.is_set() and not self._ended.wait(min(0.5, left)):
            left -= 0.5


class _Keeper:
    """Looks again and again; tells what goes wrong when it begins, and when it is over."""

    def __init__(self, logs: tuple[SegmentReader, ...], storage: Storage) -> None:
        self._logs = logs
        self._storage = storage
        self._said: dict[int, str] = {}

    def run(self, stop: _Either, every_s: float) -> None:
        while not stop.is_set():
            for number, log in enumerate(self._logs):
                self._try(number, log, stop)
            stop.wait(every_s)

    def _try(self, number: int, log: SegmentReader, stop: _Either) -> None:
        try:
            _copy(log, self._storage, stop)
        except (MainstemError, OSError) as e:
            if self._said.get(number) != str(e):
                logger.error("nothing is archived, and so nothing deleted from the log: %s", e)
            self._said[number] = str(e)
            return
        if self._said.pop(number, None) is not None:
            logger.info("archiving to %s again", self._storage)


def _copy(log: SegmentReader, storage: Storage, stop: _Either | None = None) -> int:
    def told(copied: Copied) -> None:
        logger.info("archived %s (%s bytes)", copied.name, copied.end - copied.start)

    with closing(log):
        return archive_stream(log, ARCHIVED, storage, told, stop.is_set if stop else lambda: False)


def _logs(project: Project) -> Iterator[SegmentReader]:
    """Readers of this thread's own: a connection to a gateway serves one at a time."""
    settings = project.config.section("log", LogSettings)
    yield open_reader(project.data_dir, ARCHIVED)
    if settings.gateways:
        from mainstem.log.remote import GatewayPort, HttpLogReader

        for url in settings.gateways:
            yield HttpLogReader(GatewayPort(url, settings.token), ARCHIVED)
