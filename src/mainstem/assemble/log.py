"""The log as a project reads it: its own files and those of gateways elsewhere, told how far it is loaded."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING

from mainstem.assemble.archive import ARCHIVED, open_archive
from mainstem.assemble.project import open_project
from mainstem.config import Config
from mainstem.config.reader import FILE_NAME
from mainstem.errors import ConfigError, LogUnavailable, UsageError
from mainstem.log import STREAMS, LogSettings, clean_log, log_folder, open_reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.config import Secret
    from mainstem.log import Stream, StreamReport
    from mainstem.log.archive import Storage
    from mainstem.log.joined import JoinedLogReader
    from mainstem.log.reader import SegmentReader

logger = logging.getLogger("mainstem.load")


def project_log(project: Project, stream: Stream) -> JoinedLogReader:
    """Everything that the project's gateways have accepted, wherever they run.

    Raises ConfigError for a gateway whose URL is none.
    """
    settings = project.config.section("log", LogSettings)
    archive = open_archive(project) if stream == ARCHIVED else None
    try:
        return open_log(project.data_dir, stream, settings.gateways, settings.token, archive)
    except UsageError as e:
        raise ConfigError(project.config.place("log", "gateways"), f"log.gateways: {e}") from e


def open_log(
    data_dir: Path | None,
    stream: Stream,
    gateways: tuple[str, ...],
    token: Secret | None,
    archive: Storage | None = None,
) -> JoinedLogReader:
    """The log in `data_dir`, where there is one, and those of `gateways`, as one, with what is in `archive`.

    Raises UsageError for a gateway whose URL is none.
    """
    from mainstem.log.joined import JoinedLogReader

    logs: dict[str, SegmentReader] = {}
    if data_dir is not None:
        logs[str(log_folder(data_dir))] = open_reader(data_dir, stream)
    if gateways:
        from mainstem.log.remote import GatewayPort, HttpLogReader  # 8 MB that a loader on one machine saves

        logs |= {url: HttpLogReader(GatewayPort(url, token), stream) for url in gateways}
    if archive is None:
        return JoinedLogReader(logs)
    from mainstem.log.archive import ArchivedLogReader, ArchiveReader

    return ArchivedLogReader(logs, ArchiveReader(archive, stream))


def project_places(folder: Path) -> tuple[Path | None, tuple[str, ...], Secret | None]:
    """Where the log of the project in `folder` is: its data folder, where a log is there; gateways on other
    machines, and what they ask for.

    Raises UsageError when there is neither a project nor a log of its.
    """
    if not (folder / FILE_NAME).is_file():
        raise UsageError(
            f"there is no {FILE_NAME} in {folder.resolve()}: go to a project, or name it with --project; "
            "or give --data-dir DIR, or --gateway URL"
        )
    project = open_project(folder)
    settings = project.config.section("log", LogSettings)
    has_log = log_folder(project.data_dir).is_dir()
    if not has_log and not settings.gateways:
        raise UsageError(f"there is no log in {project.data_dir} yet: the gateway makes it when it starts")
    return project.data_dir if has_log else None, settings.gateways, settings.token


def remote_partitions(url: str, token: Secret | None) -> Iterator[tuple[SegmentReader, Stream, str]]:
    """Every partition of every stream of a gateway, with what reads it. Raises UsageError for a URL that is
    none, LogUnavailable when the gateway does not answer."""
    from mainstem.log.remote import GatewayPort, HttpLogReader

    port = GatewayPort(url, token)
    for stream in STREAMS:
        reader = HttpLogReader(port, stream)
        for partition in reader.partitions():
            yield reader, stream, partition


def clean_project_log(folder: Path, data_dir: Path | None, *, dry_run: bool) -> tuple[StreamReport, ...]:
    """Delete what the project in `folder` no longer keeps of its log, or by its settings of the one in
    `data_dir`; without a project, by the defaults. Raises as `clean_log`, and UsageError without a log."""
    if data_dir is not None and not (folder / FILE_NAME).is_file() and folder.is_dir():
        config = Config(folder / FILE_NAME, {}, os.environ)
    else:
        project = open_project(folder)
        config, data_dir = project.config, data_dir or project.data_dir
    if not log_folder(data_dir).is_dir():
        raise UsageError(f"there is no log in {data_dir}")
    return clean_log(data_dir, config.section("log", LogSettings), time.time(), dry_run=dry_run)


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
