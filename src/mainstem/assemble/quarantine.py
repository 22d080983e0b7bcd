"""`mainstem quarantine`: what gateway and loader held back, and sending it on its way again.

A replayed event goes through the checks and steps of its source as it would on arrival, so that nothing gets
past a privacy rule by way of the quarantine.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.assemble.features import source_compiler
from mainstem.assemble.project import Project, ProjectSettings, open_project
from mainstem.collect import CollectSettings, compile_plainly
from mainstem.collect.arrival import arrive
from mainstem.collect.body import NOT_JSON
from mainstem.collect.shape import Shape
from mainstem.config import Config
from mainstem.config.reader import FILE_NAME
from mainstem.errors import LogCorrupted, MainstemError, UsageError
from mainstem.events import (
    Dropped,
    Held,
    Received,
    Resolved,
    Sending,
    Source,
    decode_received,
    format_time,
)
from mainstem.log import LogSettings, log_folder, open_reader, open_writer
from mainstem.replay import (
    PARTITION,
    HeldEvent,
    Selection,
    decide,
    derived_message_id,
    gateway_held,
    last_resolutions,
    read_rules,
    replay,
    still_open,
    write_resolutions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from mainstem.collect import CompiledSource
    from mainstem.log import LogReader
    from mainstem.replay import Decision, Judge, Rule

RULES_FOLDER = "quarantine"
_DISMISSED_AT_ONCE = 10_000
"""A megabyte of resolutions: a log takes only so much at once."""


@dataclass(frozen=True)
class Quarantine:
    """One data folder's, with the project it belongs to, where that is known."""

    data_dir: Path
    project: Project
    notes: list[str] = field(default_factory=list)
    """What could not be looked at, and why."""

    @property
    def is_project(self) -> bool:
        """False where there are only a log and write keys."""
        return bool(self.project.config.values)

    def held(self, selection: Selection) -> Iterator[HeldEvent]:
        """The open events that `selection` means, the gateway's first."""
        resolutions = last_resolutions(open_reader(self.data_dir, "resolved"))
        return filter(selection.takes, still_open(self._everything(selection), resolutions))

    def history(self, held_id: str) -> Resolved | None:
        """What was done about an event last."""
        return last_resolutions(open_reader(self.data_dir, "resolved")).get(held_id)

    def find(self, held_id: str) -> HeldEvent:
        """The event as it was held back. Raises UsageError where there is none of that id."""
        wanted = Selection(frozenset({held_id}))
        for one in filter(wanted.takes, self._everything(wanted)):
            return self.completed(one)
        raise UsageError(
            f"there is no event {held_id} in quarantine" + "".join(f"; {note}" for note in self.notes)
        )

    def rules(self, extra: Path | None) -> tuple[Rule, ...]:
        """Those of the project's folder `quarantine`, or only those of `extra`.

        Raises ConfigError with file and line for a mistake in them.
        """
        if extra is not None:
            return read_rules([extra])
        return project_rules(self.project) if self.is_project else ()

    def completed(self, held: HeldEvent) -> HeldEvent:
        """With what the loader's table does not hold, from the log, where that still has it."""
        if held.stage == "gateway":
            return held
        record = _record_at(open_reader(self.data_dir, "events"), held.partition, held.offset)
        if record is None:
            return held
        return msgspec.structs.replace(held, request_ip=record.request_ip, event=_whole_event(record))

    def preview(self, held: Iterable[HeldEvent], rules: Sequence[Rule]) -> Iterator[Decision]:
        """What `replay` would do."""
        judge = self._judge()
        return (decide(self.completed(one), rules, judge) for one in held)

    def replay(
        self, held: Iterable[HeldEvent], rules: Sequence[Rule], tell: Callable[[Decision], None]
    ) -> None:
        """Send them on their way; `tell` is called with each decision that is durable.

        Raises EnvironmentFailure while another replay is at work, LogUnavailable when the disk is full.
        """
        rest = iter(held)
        first = next(rest, None)
        if first is not None:  # without any, no log is opened
            asyncio.run(self._replay(map(self.completed, chain([first], rest)), rules, tell))

    def dismiss(self, held: Iterable[HeldEvent]) -> int:
        """Close them without sending them, and say how many. Raises as `replay`."""
        at, rest, count = _now(), iter(held), 0
        while group := [Resolved(one.id, "dismissed", at) for one in islice(rest, _DISMISSED_AT_ONCE)]:
            asyncio.run(self._resolve(group))
            count += len(group)
        return count

    async def _replay(
        self, held: Iterable[HeldEvent], rules: Sequence[Rule], tell: Callable[[Decision], None]
    ) -> None:
        judge, settings = self._judge(), self._log_settings()
        async with AsyncExitStack() as stack:
            events = open_writer(self.data_dir, "events", PARTITION, settings)
            stack.push_async_callback(events.close)
            resolved = open_writer(self.data_dir, "resolved", PARTITION, settings)
            stack.push_async_callback(resolved.close)
            async for decision in replay(held, rules, judge, events, resolved, _now):
                tell(decision)

    async def _resolve(self, resolutions: Sequence[Resolved]) -> None:
        log = open_writer(self.data_dir, "resolved", PARTITION, self._log_settings())
        try:
            await write_resolutions(log, resolutions)
        finally:
            await log.close()

    def _log_settings(self) -> LogSettings:
        return self.project.config.section("log", LogSettings)

    def _everything(self, selection: Selection) -> Iterator[HeldEvent]:
        if "gateway" in selection.stages:
            yield from gateway_held(open_reader(self.data_dir, "quarantine"))
        if "loader" in selection.stages:
            yield from self._loader_held()

    def _loader_held(self) -> Iterator[HeldEvent]:
        if not self.is_project:
            self.notes.append(
                "without a project there is no warehouse: only the gateway's quarantine is shown"
            )
            return
        from mainstem.assemble.warehouse import open_warehouse  # duckdb, which the rest does without
        from mainstem.load.bookkeeping import read_quarantine

        try:
            warehouse = open_warehouse(self.project, read_only=True)
        except MainstemError as e:
            self.notes.append(f"the loader's quarantine is not shown, its warehouse does not answer: {e}")
            return
        try:
            yield from map(_of_loader, read_quarantine(warehouse))
        except MainstemError as e:
            self.notes.append(f"the loader's quarantine is not shown whole: {e}")
        finally:
            warehouse.close()

    def _judge(self) -> Judge:
        compiled = self._compiled()
        limits = self.project.config.section("collect", CollectSettings)
        shape = Shape(limits.max_depth, limits.max_keys)

        def judge(held: HeldEvent, event: bytes) -> Received | Held | Dropped:
            source = compiled(held.source_id)
            if source is None:
                return Held(f"there is no source {held.source_id!r} in {self.project.config.file}")
            return _judged(source, shape, held, event)

        return judge

    def _compiled(self) -> Callable[[str], CompiledSource | None]:
        if not self.is_project:
            return lambda source_id: compile_plainly(Source(source_id, source_id, ()))
        compiler = source_compiler(self.project)
        return {source.id: compiler(source) for source in self.project.sources()}.get


def project_rules(project: Project) -> tuple[Rule, ...]:
    """Those in its folder `quarantine`. Raises ConfigError with file and line for a mistake in them."""
    folder = project.folder / RULES_FOLDER
    return read_rules(sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]))


@contextmanager
def open_quarantine(folder: Path, data_dir: Path | None) -> Iterator[Quarantine]:
    """Of the project in `folder`; or of `data_dir` alone, where there is none.

    Raises ConfigError, and UsageError where there is no log.
    """
    if data_dir is None or (folder / FILE_NAME).is_file():
        project = open_project(folder)
    else:
        project = Project(Config(folder / FILE_NAME, {}, os.environ), ProjectSettings())
    data_dir = project.data_dir if data_dir is None else data_dir.absolute()
    if not log_folder(data_dir).is_dir():
        raise UsageError(f"there is no log in {data_dir}: no event has come yet, or it is kept elsewhere")
    yield Quarantine(data_dir, project)


def _judged(source: CompiledSource, shape: Shape, held: HeldEvent, event: bytes) -> Received | Held | Dropped:
    # A sender who said no by a header was heard on arrival: of such an event nothing was held back.
    sending = Sending(held.request_ip, held.received_at, {})
    arrived = arrive(source, shape, event, sending)
    if arrived.verdict is not None:
        return arrived.verdict
    # The loader knows the message id of what it held back: a second event of that id would be a repetition.
    is_spent = held.stage == "loader" or arrived.needs_message_id
    made_id = derived_message_id(held) if is_spent else None
    return Received(held.received_at, sending.request_ip, held.source_id, arrived.event, None, made_id)


def _of_loader(row: dict[str, Any]) -> HeldEvent:
    at = row["received_at"]
    return HeldEvent(
        stage="loader",
        partition=row["log_partition"],
        offset=row["log_offset"],
        received_at=format_time(at) if at is not None else "",
        request_ip="",
        source_id=row["source_id"] or "",
        reason=row["reason"],
        event=row["event"].encode("utf-8", "backslashreplace"),
    )


def _record_at(reader: LogReader, partition: str, offset: int) -> Received | None:
    """None where the log no longer has it, or never had an event there."""
    try:
        records = reader.read(partition, offset, 1).records
        return decode_received(records[0][1]) if records else None
    except (UsageError, LogCorrupted, msgspec.MsgspecError):
        return None


def _whole_event(record: Received) -> bytes:
    """With the type that its path gave it."""
    if record.type is None:
        return bytes(record.event)
    try:
        event = msgspec.json.decode(record.event, type=dict[str, Any])
    except NOT_JSON:
        return bytes(record.event)
    return msgspec.json.encode({**event, "type": record.type})


def _now() -> str:
    return format_time(datetime.now(UTC))
