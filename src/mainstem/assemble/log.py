"""The log as a project reads it: its own files and those of gateways elsewhere, told how far it is loaded."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mainstem.errors import ConfigError, LogUnavailable, UsageError
from mainstem.log import LogSettings, log_folder, open_reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.config import Secret
    from mainstem.log import Stream
    from mainstem.log.joined import JoinedLogReader
    from mainstem.log.reader import SegmentReader

logger = logging.getLogger("mainstem.load")


def project_log(project: Project, stream: Stream) -> JoinedLogReader:
    """Everything that the project's gateways have accepted, wherever they run.

    Raises ConfigError for a gateway whose URL is none.
    """
    settings = project.config.section("log", LogSettings)
    try:
        return open_log(project.data_dir, stream, settings.gateways, settings.token)
    except UsageError as e:
        raise ConfigError(project.config.place("log", "gateways"), f"log.gateways: {e}") from e


def open_log(
    data_dir: Path | None, stream: Stream, gateways: tuple[str, ...], token: Secret | None
) -> JoinedLogReader:
    """The log in `data_dir`, where there is one, and those of `gateways`, as one.

    Raises UsageError for a gateway whose URL is none.
    """
    from mainstem.log.joined import JoinedLogReader

    logs: dict[str, SegmentReader] = {}
    if data_dir is not None:
        logs[str(log_folder(data_dir))] = open_reader(data_dir, stream)
    if gateways:
        from mainstem.log.remote import GatewayPort, HttpLogReader  # 8 MB that a loader on one machine saves

        logs |= {url: HttpLogReader(GatewayPort(url, token), stream) for url in gateways}
    return JoinedLogReader(logs)


class ConsumedMarks:
    """Tells the log how far it is loaded: each change once, and again later where it could not be told.

    That a mark cannot be told keeps nothing from being loaded; the log only keeps more for a while.
    """

    def __init__(self, log: JoinedLogReader) -> None:
        self._log = log
        self._told: dict[str, int] = {}
        self._failing: set[str] = set()

    def tell(self, offsets: Mapping[str, int]) -> None:
        """`offsets` say for each partition what comes next; partitions that are no more are left out."""
        for partition, offset in self._changed(offsets):
            try:
                self._log.mark_consumed(partition, offset)
            except (LogUnavailable, UsageError) as e:
                if partition not in self._failing:
                    logger.warning("the log cannot be told how far %s is loaded: %s", partition, e)
                self._failing.add(partition)
            else:
                self._told[partition] = offset
                self._failing.discard(partition)

    def _changed(self, offsets: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        changed = {name: offset for name, offset in offsets.items() if self._told.get(name) != offset}
        if changed:
            known = self._log.partitions()
            yield from ((name, offset) for name, offset in changed.items() if name in known)
