"""Do the rounds of upkeep: a step at a time, each whole or not at all, each with its figures.

It steps back for everybody: a step that meets a conflict, or whose lock another has for too long, is left to
the next round. Killed at any point, it has done the steps before, and the next round finds the rest.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from mainstem.errors import TransientError
from mainstem.operate.upkeep.plan import Merge, Rewrite, kept_snapshots, plan_files
from mainstem.store.upkeep import Step

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from mainstem.operate.upkeep.settings import UpkeepSettings
    from mainstem.warehouse import TableName
    from mainstem.warehouse.upkeep import TableFiles, Upkeep

logger = logging.getLogger("mainstem.upkeep")

_SNAPSHOTS_AT_ONCE = 200
"""Expired in one transaction: they took 0.18 s, during which nobody changes structure."""
_PRUNE_EVERY = timedelta(hours=1)


class Records(Protocol):
    """Keeps what was done: `store.upkeep.UpkeepSteps`."""

    def add(self, step: Step) -> None: ...


class CatalogDumps(Protocol):
    """Dumps of the lake's catalog: `store.dump.Dumps`."""

    def times(self) -> list[datetime]: ...
    def make(self, now: datetime) -> object: ...


@dataclass(frozen=True)
class Chores:
    """What upkeep asks of the rest of the project."""

    protected: Callable[[], AbstractSet[int]]
    """Snapshots that must stay, asked under the lake's lock."""
    building_since: Callable[[], datetime | None]
    """When the oldest build began that runs now."""
    last_sweep: Callable[[], datetime | None]
    prune: Callable[[datetime], int]
    """Forget old records of the product's own, given what time it is; how many it was."""
    dumps: CatalogDumps | None
    """None where none are to be made, or cannot be."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Caretaker:
    """Looks after one lake."""

    def __init__(
        self,
        upkeep: Upkeep,
        records: Records,
        chores: Chores,
        settings: UpkeepSettings,
        *,
        now: Callable[[], datetime] = _utc_now,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`stopping` is asked before every step: whether to begin no other."""
        self._upkeep = upkeep
        self._records = records
        self._chores = chores
        self._settings = settings
        self._now = now
        self._stopping = stopping
        self._pruned_at: datetime | None = None

    def run_forever(self, stop: threading.Event) -> None:
        """A round every `every_s` until `stop` is set. What passes is waited for; other errors rise."""
        while not stop.is_set():
            try:
                self.round()
            except TransientError as e:
                logger.warning("trying again in %s s: %s", self._settings.every_s, e)
            stop.wait(self._settings.every_s)

    def round(self) -> list[Step]:
        """Do everything that is due; the steps that changed something, or could not be done.

        Raises TransientError when the catalog or the records do not answer.
        """
        try:
            return [step for step in self._steps() if step.problem or _did_something(step)]
        finally:
            self._upkeep.close()

    def due(self) -> list[str]:
        """What a round would do now, a line each. Changes nothing."""
        lines = [
            f"{type(action).__name__.lower()} {table.name}: {len(table.files)} files, {table.rows} rows"
            for table in self._upkeep.tables()
            for action in plan_files(table, self._settings)
        ]
        going, standing = self._going(), len(self._upkeep.snapshots())
        if going:
            lines.append(f"expire {len(going)} of {standing} snapshots")
        if self._is_dump_due():
            lines.append("dump the catalog")
        left = self._upkeep.leftovers()
        if left.oldest is not None and left.oldest < self._needed_since() - self._settings.clean_up_after:
            lines.append(f"clean_up of {left.files} files that are not needed, as far as they are old enough")
        if self._is_sweep_due():
            lines.append("sweep")
        return lines

    def _steps(self) -> Iterator[Step]:
        for table in self._upkeep.tables():
            for action in plan_files(table, self._settings):
                if self._stopping():
                    return
                yield self._change(table, action)
        for step in (self._dump, self._expire, self._clean_up, self._sweep, self._prune):
            if self._stopping():
                return
            yield from step()

    def _change(self, table: TableFiles, action: Merge | Rewrite) -> Step:
        with self._measured(type(action).__name__.lower(), str(table.name)) as measured:
            measured.before(table)
            match action:
                case Merge(name, smallest, largest):
                    self._upkeep.merge(name, smallest=smallest, largest=largest)
                case Rewrite(name, files):
                    self._upkeep.rewrite(name, files)
            measured.after(self._table(table.name) or table)
        return measured.step

    def _expire(self) -> Iterator[Step]:
        going = self._going()
        for start in range(0, len(going), _SNAPSHOTS_AT_ONCE):
            if self._stopping():
                return
            with self._measured("expire") as measured:
                standing = len(self._upkeep.snapshots())
                gone = self._upkeep.expire(going[start : start + _SNAPSHOTS_AT_ONCE], self._chores.protected)
                measured.count(standing, standing - gone)
            yield measured.step

    def _going(self) -> list[int]:
        snapshots = self._upkeep.snapshots()
        protected, since = self._chores.protected(), self._chores.building_since()
        kept = kept_snapshots(snapshots, protected, since, self._now(), self._settings)
        stays = {found.snapshot.id for found in kept}
        return [snapshot.id for snapshot in snapshots if snapshot.id not in stays]

    def _dump(self) -> Iterator[Step]:
        if self._chores.dumps is not None and self._is_dump_due():
            with self._measured("dump") as measured:
                self._chores.dumps.make(self._now())
                measured.count(0, len(self._chores.dumps.times()))
            yield measured.step

    def _is_dump_due(self) -> bool:
        if self._chores.dumps is None:
            return False
        times = self._chores.dumps.times()
        every = timedelta(hours=self._settings.dump_every_hours)
        return not times or self._now() - times[-1] >= every

    def _needed_since(self) -> datetime:
        """What was not needed then any more is needed by nobody who is known here."""
        dumps = self._chores.dumps.times() if self._chores.dumps is not None else []
        return min([self._now(), *dumps[:1]])

    def _clean_up(self) -> Iterator[Step]:
        with self._measured("clean_up") as measured:
            gone = self._upkeep.clean_up(self._settings.clean_up_after, self._needed_since())
            measured.count(gone, 0)
        yield measured.step

    def _is_sweep_due(self) -> bool:
        last = self._chores.last_sweep()
        return last is None or self._now() - last >= timedelta(hours=self._settings.sweep_every_hours)

    def _sweep(self) -> Iterator[Step]:
        if self._is_sweep_due():
            with self._measured("sweep") as measured:
                before = self._now() - timedelta(hours=self._settings.sweep_after_hours)
                measured.count(self._upkeep.sweep(before), 0)
            yield measured.step

    def _prune(self) -> Iterator[Step]:
        now = self._now()
        if self._pruned_at is None or now - self._pruned_at >= _PRUNE_EVERY:
            with self._measured("prune") as measured:
                measured.count(self._chores.prune(now), 0)
                self._pruned_at = now
            yield measured.step

    def _table(self, name: TableName) -> TableFiles | None:
        return next((table for table in self._upkeep.tables() if table.name == name), None)

    @contextmanager
    def _measured(self, step: str, subject: str = "") -> Iterator[_Measured]:
        measured = _Measured(Step(self._now(), step, subject))
        began = time.monotonic()
        try:
            yield measured
        except TransientError as e:
            measured.step = replace(measured.step, problem=str(e))
        measured.step = replace(measured.step, seconds=round(time.monotonic() - began, 3))
        if measured.step.problem or _did_something(measured.step) or step == "sweep":
            logger.log(
                logging.WARNING if measured.step.problem else logging.INFO, "%s", line_of(measured.step)
            )
            self._records.add(measured.step)


class _Measured:
    def __init__(self, step: Step) -> None:
        self.step = step

    def before(self, table: TableFiles) -> None:
        self.step = replace(self.step, files_before=len(table.files), bytes_before=table.bytes)

    def after(self, table: TableFiles) -> None:
        self.step = replace(self.step, files_after=len(table.files), bytes_after=table.bytes, rows=table.rows)

    def count(self, before: int, after: int) -> None:
        self.step = replace(self.step, files_before=before, files_after=after)


def _did_something(step: Step) -> bool:
    return step.files_before != step.files_after or step.bytes_before != step.bytes_after


_WHAT = {"expire": "snapshots", "dump": "dumps", "prune": "records"}


def line_of(step: Step) -> str:
    """A step as one line of a log."""
    begin = " ".join(filter(None, (step.step, step.subject)))
    if step.problem:
        return f"{begin}: left to the next round: {step.problem}"
    what = _WHAT.get(step.step, "files")
    text = f"{begin}: {step.files_before} -> {step.files_after} {what}"
    if step.subject:
        text += f", {step.bytes_before} -> {step.bytes_after} bytes, {_a_file(step)} rows a file"
    return f"{text}, {step.seconds} s"


def _a_file(step: Step) -> int:
    return step.rows // max(step.files_after, 1)
