"""`mainstem backfill`: events of before, from files, into the project's log.

They go through the checks and steps of their source as on arrival, into a partition of their own, and from
there the way of all events: what is loaded, archived, rebuilt or erased makes no difference between them.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.features import source_compiler
from mainstem.assemble.project import open_project
from mainstem.collect import CollectSettings
from mainstem.collect.arrival import arrive
from mainstem.collect.body import with_whole_characters
from mainstem.collect.shape import Shape
from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.events import Dropped, Quarantined, Received, Sending, decode_received, format_time
from mainstem.load.backfill import Backfill, Positions
from mainstem.load.backfill.position import Position
from mainstem.load.backfill.run import GROUP
from mainstem.log import LogSettings, open_reader, open_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.collect import CompiledSource
    from mainstem.load.backfill import BackfillReport, Format, Offered
    from mainstem.log import LogWriter

_MOST_AT_ONCE = 16
"""Backfills of one project that may run beside one another: each has a partition of the log."""
_READ_BYTES = 4 * 1024 * 1024
_ASKED_AT_ONCE = 10_000
"""Events for which the tables are asked by one query."""


@dataclass(frozen=True)
class BackfillOptions:
    """What the command line says."""

    files: tuple[Path, ...]
    source_id: str
    kind: Format | None = None
    """None: by the name of each file."""
    dry_run: bool = False
    skip_loaded: bool = False
    restart: bool = False


def backfill_project(folder: Path, options: BackfillOptions, tell: Callable[[int], None]) -> BackfillReport:
    """Raises UsageError for a file or source that is not there, LogUnavailable when the disk is full; called
    again, it goes on where it was."""
    project = open_project(folder)
    files = tuple(sorted({file.resolve() for file in options.files}))
    _check_files(files)
    judge = _judge_of(project, options.source_id)
    with ExitStack() as stack:
        loaded = _loaded_of(project, options.source_id, stack) if options.skip_loaded else None
        return asyncio.run(_run(project, options, files, judge, loaded, tell))


async def _run(
    project: Project,
    options: BackfillOptions,
    files: tuple[Path, ...],
    judge: Callable[[Offered], Received | Quarantined | Dropped],
    loaded: Callable[[Sequence[str]], Collection[str]] | None,
    tell: Callable[[int], None],
) -> BackfillReport:
    positions = Positions(project.data_dir / "backfill")
    key = positions.key_of(files, options.source_id, options.kind)
    if options.restart and not options.dry_run:
        positions.forget(key)
    known = positions.read(key) if not options.restart else None
    if known is not None and set(known.finished) == {str(file) for file in files}:
        raise UsageError(
            "these files have been brought in before, whole; --restart does it again, and events whose ids "
            "the loader still knows are not doubled"
        )
    async with AsyncExitStack() as stack:
        events = held = None
        position = known or Position(tuple(map(str, files)), options.source_id, "")
        if not options.dry_run:
            partition, events = _open_partition(project, known.partition if known else None)
            stack.push_async_callback(events.close)
            held = open_writer(project.data_dir, "quarantine", partition, _log_settings(project))
            stack.push_async_callback(held.close)
            position = msgspec.structs.replace(position, partition=partition)
        backfill = Backfill(
            position,
            judge,
            stamp=lambda: format_time(datetime.now(UTC)),
            already=_written_since(project, position, events),
            loaded=loaded or (lambda _: ()),
            save=lambda reached: positions.write(key, reached),
            tell=tell,
            group=GROUP if loaded is None else _ASKED_AT_ONCE,
        )
        return await backfill.run(files, options.kind, events, held)


def _open_partition(project: Project, known: str | None) -> tuple[str, LogWriter]:
    """The partition that this backfill has begun to write to; else the first that nobody holds."""
    names = [known] if known else [f"backfill-{number}" for number in range(_MOST_AT_ONCE)]
    failure: EnvironmentFailure | None = None
    for name in names:
        try:
            return name, open_writer(project.data_dir, "events", name, _log_settings(project))
        except EnvironmentFailure as e:
            failure = failure or e
    raise failure or EnvironmentFailure("no log partition is free")


class _OwnId(msgspec.Struct, rename="camel"):
    """Of an event, its id alone: the rest may hold anything, also numbers too large for any type."""

    message_id: object = None


_own_id = msgspec.json.Decoder(_OwnId).decode


def _written_since(project: Project, position: Position, events: LogWriter | None) -> set[str]:
    """Message ids that a run which was killed made durable and did not count any more."""
    if events is None or not (position.done or position.finished):
        return set()
    reader = open_reader(project.data_dir, "events")
    offset, found = max(position.log_end, reader.start(position.partition)), set[str]()
    while (batch := reader.read(position.partition, offset, _READ_BYTES)).records:
        for _, payload in batch.records:
            record = decode_received(payload)
            found.add(record.message_id or str(_own_id(record.event).message_id).strip())
        offset = batch.next_offset
    return found


def _judge_of(project: Project, source_id: str) -> Callable[[Offered], Received | Quarantined | Dropped]:
    sources = {source.id: source for source in project.sources()}
    if source_id not in sources:
        there = ", ".join(sorted(sources)) or "none"
        raise UsageError(f"there is no source {source_id!r} in {project.config.file} (there are: {there})")
    source = source_compiler(project)(sources[source_id])
    limits = project.config.section("collect", CollectSettings)
    shape = Shape(limits.max_depth, limits.max_keys)
    return lambda event: _judged(source, shape, event)


def _judged(source: CompiledSource, shape: Shape, event: Offered) -> Received | Quarantined | Dropped:
    sending = Sending(event.request_ip, event.received_at, {})
    arrived = arrive(source, shape, with_whole_characters(event.event), sending)
    if isinstance(arrived.verdict, Dropped):
        return arrived.verdict
    if arrived.verdict is not None:
        reason = arrived.verdict.reason
        return Quarantined(event.received_at, sending.request_ip, source.id, reason, arrived.event)
    made_id = event.message_id if arrived.needs_message_id else None
    return Received(event.received_at, sending.request_ip, source.id, arrived.event, None, made_id)


def _loaded_of(
    project: Project, source_id: str, stack: ExitStack
) -> Callable[[Sequence[str]], Collection[str]]:
    """Asks the source's tables."""
    from mainstem.assemble.warehouse import open_warehouse  # duckdb, which the rest does without
    from mainstem.load.loaded import LoadedIds
    from mainstem.load.placement import namespace_of
    from mainstem.load.schema import PROVIDERS

    lake = open_warehouse(project, read_only=True)
    stack.callback(lake.close)
    provider = PROVIDERS[lake.capabilities.provider]
    [source] = [source for source in project.sources() if source.id == source_id]
    return LoadedIds(lake, namespace_of(source, provider), provider).among


def _check_files(files: Sequence[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no file {file}")


def _log_settings(project: Project) -> LogSettings:
    return project.config.section("log", LogSettings)
