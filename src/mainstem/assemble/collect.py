"""`mainstem collect`: settings, sources and the log's writers, put together and run until told to stop.

It imports neither the warehouse nor a database driver: the gateway stays small, and up when they are
down.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import uvloop

from mainstem.assemble.facts import facts_and_catalogue
from mainstem.assemble.features import source_compiler
from mainstem.assemble.hosting import check_addresses, read_hosted_files
from mainstem.assemble.internal import check_internal_port, watch
from mainstem.assemble.last_good import keep_last_good, last_good
from mainstem.assemble.limits import rate_limits
from mainstem.assemble.logs import log_process
from mainstem.assemble.places import check_places
from mainstem.assemble.project import Project, ProjectSettings, open_project
from mainstem.assemble.reload import Reading, reloading
from mainstem.assemble.shadow import shadow_copies, shadow_taps
from mainstem.assemble.sources import check_sources, source_places, sources_of
from mainstem.assemble.workers import run_workers, worker_name, worker_partition
from mainstem.collect import CollectSettings, Companion, SourceTable, serve
from mainstem.collect.counts_file import counts_folder
from mainstem.collect.memory import return_large_blocks, settle_collector
from mainstem.collect.publish_counts import publish_counts
from mainstem.config import Config
from mainstem.config.reader import FILE_NAME
from mainstem.errors import ConfigError, MainstemError, UsageError
from mainstem.events import Source
from mainstem.log import LogSettings, open_reader
from mainstem.supervise import LoggingSettings, notify_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.assemble.feature import FeatureOf
    from mainstem.collect.hosted import HostedFile

DEFAULT_SOURCE = "default"
"""Id and name of the source that bare write keys belong to."""

_ENVELOPE_BYTES = 512
"""What a record holds beside the event, at most: times, an address, ids; a source's id has at most 128."""

logger = logging.getLogger("mainstem.collect")


@dataclass(frozen=True)
class CollectOptions:
    """What the command line says; None leaves it to the project, or to the default."""

    config: Path | None = None
    """A `mainstem.toml`, or the folder with one."""
    data_dir: Path | None = None
    write_keys: tuple[str, ...] = ()
    host: str | None = None
    port: int | None = None
    workers: int | None = None
    worker: int | None = None
    """Which of several this process is; None for the one that runs them, or is alone."""


@dataclass(frozen=True)
class Gateway:
    """Everything one gateway process needs to know."""

    settings: CollectSettings
    log: LogSettings
    table: SourceTable
    data_dir: Path
    companions: tuple[Companion, ...] = ()
    files: tuple[HostedFile, ...] = ()
    worker: int = 0
    lost_copies: Mapping[str, int] = field(default_factory=dict)
    """For shadow mode, by source; counted while it serves."""

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(compiled.source for compiled in self.table.compiled)


def plan_gateway(options: CollectOptions, folder: Path) -> Gateway:
    """Read the settings. A project is used when `config` names one, or when there are no bare write
    keys and `folder` holds one.

    Raises UsageError when there is no source or no data folder, ConfigError for what is not valid.
    """
    project = _project(options, folder)
    return _gateway(project, options)


def _gateway(project: Project, options: CollectOptions) -> Gateway:
    config = project.config
    settings, log = _checked_settings(project, options)
    files = read_hosted_files(config, settings.hosted_files)
    data_dir = _data_dir(project, options)
    copies = shadow_copies(data_dir, settings.partition, log)
    beside = (rate_limits(workers=settings.workers), shadow_taps(copies))
    first = _read_sources(project, options, beside)
    companions = [copies.beside, _counting(data_dir)]
    if config.values:
        companions.append(
            reloading(
                first,
                lambda served: _read_sources(open_project(config.file), options, beside, served),
                keep=lambda reading: keep_last_good(data_dir, "collect", reading.config, reading.copied),
            )
        )
        companions += facts_and_catalogue(project, data_dir, settings.partition)
    return Gateway(
        settings, log, first.table, data_dir, tuple(companions), files, options.worker or 0, copies.lost
    )


def _checked_settings(project: Project, options: CollectOptions) -> tuple[CollectSettings, LogSettings]:
    """Raises ConfigError, also for settings that contradict each other."""
    config = project.config
    settings = config.section("collect", CollectSettings)
    named = {"host": options.host, "port": options.port, "workers": options.workers}
    settings = msgspec.structs.replace(
        settings, **{name: value for name, value in named.items() if value is not None}
    )
    partition = worker_partition(settings.partition, options.worker or 0)
    settings = msgspec.structs.replace(settings, partition=partition)
    log = config.section("log", LogSettings)
    if settings.max_partial_bytes < settings.max_body_bytes:
        raise ConfigError(
            config.place("collect", "max_partial_bytes"),
            f"collect.max_partial_bytes = {settings.max_partial_bytes} cuts off what collect.max_body_bytes "
            f"= {settings.max_body_bytes} lets in",
            f"at least {settings.max_body_bytes}",
        )
    if log.max_pending_bytes < 2 * settings.max_waiting_bytes:
        raise ConfigError(
            config.place("log", "max_pending_bytes"),
            f"log.max_pending_bytes = {log.max_pending_bytes} would refuse what collect.max_waiting_bytes "
            f"= {settings.max_waiting_bytes} lets in",
            f"at least twice as much, {2 * settings.max_waiting_bytes}",
        )
    largest = settings.max_body_bytes + settings.max_batch_events * _ENVELOPE_BYTES
    if log.max_pending_bytes < largest:
        raise ConfigError(
            config.place("log", "max_pending_bytes"),
            f"log.max_pending_bytes = {log.max_pending_bytes} cannot take what one body of "
            f"collect.max_body_bytes = {settings.max_body_bytes} becomes",
            f"at least {largest}",
        )
    check_addresses(config, settings)
    check_internal_port(config, settings)
    check_places(config)
    return settings, log


def _read_sources(
    project: Project,
    options: CollectOptions,
    beside: tuple[FeatureOf, ...],
    served: SourceTable | None = None,
) -> Reading:
    """Raises ConfigError, also for what would keep a gateway from starting; UsageError when there is no
    source."""
    _checked_settings(project, options)
    compiler = source_compiler(project, beside)
    table = SourceTable(_sources(project, options.write_keys), compiler, served)
    return Reading(
        project.config, table, frozenset({project.config.file, *compiler.files}), frozenset(compiler.copied)
    )


def _counting(data_dir: Path) -> Companion:
    logs = {"events": open_reader(data_dir, "events"), "quarantine": open_reader(data_dir, "quarantine")}
    return publish_counts(counts_folder(data_dir), logs)


def run_collect(options: CollectOptions) -> None:
    """Run a gateway until SIGTERM or SIGINT. Settings that do not check keep one from starting only where
    none has served before. Raises as `plan_gateway` and `serve`."""
    project, gateway = _planned(options, Path.cwd())
    if gateway.settings.workers > 1 and options.worker is None:
        logging_settings = project.config.section("logging", LoggingSettings)
        logs = (
            project.config.path(logging_settings.dir) if logging_settings.dir else gateway.data_dir / "logs"
        )
        run_workers(gateway.settings, _worker_arguments(project, options), logs, logging_settings, _ready)
    else:
        return_large_blocks()
        settle_collector()
        uvloop.run(run_gateway(gateway, _ready))


def _planned(options: CollectOptions, folder: Path) -> tuple[Project, Gateway]:
    process = "collect" if options.worker is None else worker_name(options.worker)
    try:
        project = _project(options, folder)
        log_process(project.config, process)
        return project, _gateway(project, options)
    except MainstemError as e:
        named = options.config or (None if options.write_keys else folder)
        kept = last_good(named, "collect", os.environ, options.data_dir) if named else None
        if kept is None:
            raise
        try:
            log_process(kept.project.config, process)
            gateway = _gateway(kept.project, options)
        except MainstemError:
            raise e from None
        logger.error("starting with the settings as they checked since %s, for: %s", kept.at, e)
        return kept.project, gateway


def _worker_arguments(project: Project, options: CollectOptions) -> tuple[str, ...]:
    """What each worker is told of what this process was told; a port of 0 is chosen for them all."""
    found: list[str] = []
    if project.config.values:
        found += ["--config", str(project.config.file)]
    if options.data_dir is not None:
        found += ["--data-dir", str(options.data_dir)]
    if options.host is not None:
        found += ["--host", options.host]
    if options.port:
        found += ["--port", str(options.port)]
    return (*found, *(f"--write-key={key}" for key in options.write_keys))


async def run_gateway(gateway: Gateway, ready: Callable[[str], None]) -> None:
    """Take this gateway's partitions of the log, serve, and give them up again."""
    data_dir = gateway.data_dir
    async with AsyncExitStack() as stack:
        watched = watch(data_dir, gateway.settings, gateway.log, gateway.worker, gateway.lost_copies, stack)
        await serve(
            gateway.settings,
            gateway.table,
            watched.events,
            watched.quarantine,
            ready=ready,
            free_disk_bytes=lambda: shutil.disk_usage(data_dir).free,
            companions=(*gateway.companions, *watched.companions),
            files=gateway.files,
            routes=watched.routes,
        )


def _ready(url: str) -> None:
    logger.info("listening on %s", url)
    notify_ready(url)


def _project(options: CollectOptions, folder: Path) -> Project:
    if options.config is not None:
        return open_project(options.config)
    if not options.write_keys and (folder / FILE_NAME).is_file():
        return open_project(folder)
    return Project(Config(folder / FILE_NAME, {}, os.environ), ProjectSettings())


def _sources(project: Project, write_keys: tuple[str, ...]) -> tuple[Source, ...]:
    sources = sources_of(project.config)
    if write_keys:
        places = source_places(project.config, len(sources))
        sources = (*sources, Source(DEFAULT_SOURCE, DEFAULT_SOURCE, tuple(dict.fromkeys(write_keys))))
        check_sources(sources, [*places, lambda _: "--write-key"])
    if not sources:
        raise UsageError(
            "no source to accept events from: give --write-key KEY, or --config for a mainstem.toml with "
            f"[[sources]] (there is none in {project.folder})"
            if not project.config.values
            else f"{project.config.file} has no [[sources]]; add one, or give --write-key KEY"
        )
    return sources


def _data_dir(project: Project, options: CollectOptions) -> Path:
    if options.data_dir is not None:
        return options.data_dir.absolute()
    if not project.config.values:
        raise UsageError("give --data-dir DIR: the folder in which accepted events are kept")
    return project.data_dir
