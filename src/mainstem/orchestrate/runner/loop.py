"""The runner: waits for what happens, takes a turn, does what was decided; holds the lease all the while.

Promise: a try is written down before it is started, started once whoever asks, and closed only when nothing
of it runs. Killed at any moment, the runner that comes after finds the open tries in the records, and those
of this machine by their folders: it adopts what runs, learns how the others ended, starts what was not. When
nothing happens it does nothing but renew its lease.
"""

from __future__ import annotations

import logging
import os
import select
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.errors import LeaseLost, RuntimeUnavailable, StoreUnavailable, TaskNotStarted
from mainstem.orchestrate.decisions import started
from mainstem.orchestrate.runner.board import Board, key_of
from mainstem.orchestrate.runner.hands import Hands
from mainstem.orchestrate.runner.heart import Heart, since_boot
from mainstem.orchestrate.runner.logs import say_first, say_last
from mainstem.orchestrate.runner.notebook import write_actions
from mainstem.orchestrate.runner.turn import CloseTry, RenewAssets, TickMemo, Turn
from mainstem.orchestrate.runtime import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.manifest import Manifest
    from mainstem.orchestrate.runner.board import TaskKey
    from mainstem.orchestrate.runner.identity import Identity
    from mainstem.orchestrate.runner.jobs import JobMaker
    from mainstem.orchestrate.runner.known import Known
    from mainstem.orchestrate.runner.settings import RunnerSettings
    from mainstem.orchestrate.runner.turn import Action
    from mainstem.orchestrate.runtime import Runtime
    from mainstem.store.runs import Bell, Lease, Leases, RunRecords, RunWriter, Try

logger = logging.getLogger("mainstem.runner")

_LONGEST_SLEEP = timedelta(minutes=1)
"""After it records are looked at though nobody rang."""
_LOOK_SECONDS = 5.0
"""Between two looks at the files that the manifest is made of."""
_UPKEEP = timedelta(hours=1)
_AGAIN_SECONDS = 0.5
"""Until something that could not be reached is tried again."""
_STANDBY_SECONDS = 2.0
MARGIN = 10.0
"""Seconds of a lease, beyond the grace, that are left for ending tries."""


@dataclass(frozen=True)
class Records:
    """The product's own records, as far as the runner needs them."""

    reading: RunRecords
    writing: RunWriter
    leases: Leases
    bell: Bell


class Runner:
    """Runs in the thread that calls `run`; `stop` and `wake` may come from any."""

    def __init__(
        self,
        records: Records,
        known: Known,
        runtime: Runtime,
        jobs: JobMaker,
        identity: Identity,
        settings: RunnerSettings,
        *,
        lease_file: Path | None,
        look_again: Callable[[], Manifest | None] = lambda: None,
        daily: Callable[[datetime], None] = lambda _now: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`look_again` gives the manifest when it has changed; `daily` is called now and then, with the lease
        held, for upkeep. `lease_file`: as for `Heart`."""
        self._records = records
        self._known = known
        self._jobs = jobs
        self._identity = identity
        self._settings = settings
        self._lease_file = lease_file
        self._look_again = look_again
        self._daily = daily
        self._now = now
        self._stopping = threading.Event()
        self._awake, self._wake = os.pipe()
        os.set_blocking(self._awake, False)
        os.set_blocking(self._wake, False)
        self._hands = Hands(runtime, self.wake)
        self._runtime = runtime
        self._memo = TickMemo.empty()
        self._due = self._now()
        self._upkeep_at = self._now()
        self._look_at = 0.0
        self._are_records_away = False
        self._waiting: dict[TaskKey, str] = {}
        self._lost = False
        self._is_followed = False
        self._heart: Heart | None = None
        self._lease: Lease | None = None

    # --- from outside --------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Take a turn soon."""
        with suppress(BlockingIOError):
            os.write(self._wake, b"x")

    def stop(self) -> None:
        """End what runs, and return from `run`."""
        self._stopping.set()
        self.wake()

    def run(self, ready: Callable[[str], None] = lambda _said: None) -> None:
        """Until `stop`. `ready` is told once that it runs tasks, or waits to."""
        said = False
        while not self._stopping.is_set():
            try:
                lease = self._take_lease()
            except (StoreUnavailable, OSError) as e:  # the latter of the file that keepers read it from
                logger.warning("waiting to take the lease: %s", e)
                self._stopping.wait(_AGAIN_SECONDS)
                continue
            if not said:
                ready("running tasks" if lease else "standing by: another runner runs the tasks")
                said = True
            if lease is None:
                self._stopping.wait(_STANDBY_SECONDS)
            else:
                self._lead(lease)
        with suppress(StoreUnavailable):
            self._records.leases.leave(self._identity.name)

    def close(self) -> None:
        self._hands.close()
        self._records.bell.close()
        os.close(self._awake)
        os.close(self._wake)

    # --- the lease -----------------------------------------------------------------------------------------

    def _take_lease(self) -> Lease | None:
        leases, own = self._records.leases, self._identity
        asked_at = since_boot()
        leases.register(own.name, own.host, own.machine, own.pid, own.born)
        lease = leases.take(own.name, self._settings.lease, own.is_dead)
        if lease is None:
            return None
        self._heart = Heart(
            leases,
            lease,
            self._settings.lease,
            taken_at=asked_at,
            margin=self._settings.stop_grace + MARGIN,
            file=self._lease_file,
            lost=self._lose,
        )
        return lease

    def _lose(self) -> None:
        self._lost = True
        self.wake()

    def _lead(self, lease: Lease) -> None:
        assert self._heart is not None  # noqa: S101 # made with the lease
        self._lost = False
        self._lease = lease
        self._memo = TickMemo.empty()
        self._heart.start()
        logger.info("runs tasks (epoch %s)", lease.epoch)
        self._is_followed = False
        try:
            while not self._stopping.is_set() and not self._lost:
                self._patiently(lease)
        except BaseException:
            self._heart.stop()  # as if killed: tries go on, and are adopted by the runner that comes after
            raise
        self._give_up(lease, self._heart)

    def _give_up(self, lease: Lease, heart: Heart) -> None:
        """Nothing of ours runs when the lease ends, but what a runner beside us has adopted; how it ended is
        written while that is still ours to do."""
        if not self._lost or not heart.is_kept_here():
            self._hands.stop_all(self._settings.stop_grace)
        heart.stop()
        try:
            if not self._lost:
                self._turn(lease, last=True)
                self._records.leases.give_back(lease)
        except (StoreUnavailable, LeaseLost) as e:
            logger.warning("what ended now will be written by the next runner: %s", e)
        self._hands.drop()

    # --- turns ---------------------------------------------------------------------------------------------

    def _patiently(self, lease: Lease) -> None:
        """Wait for something, and take a turn; records that are away are waited for."""
        try:
            happened = self._records.bell.connect() or self._wait()
            self._look_at_files()
            if not self._is_followed:
                self._follow(lease)
                happened = True
            if happened:
                self._hands.look()
                self._turn(lease)
                self._are_records_away = False
        except StoreUnavailable as e:
            if not self._are_records_away:
                logger.warning("waiting for the records: %s", e)
            self._are_records_away = True
            self._records.bell.close()
            self._stopping.wait(_AGAIN_SECONDS)
        except LeaseLost as e:
            logger.warning("%s", e)
            self._lost = True

    def _look_at_files(self) -> None:
        """Now and then: there may be a thousand."""
        if since_boot() < self._look_at:
            return
        changed = self._look_again()
        self._look_at = since_boot() + _LOOK_SECONDS
        if changed is not None:
            self._known.follow(changed)
            self._is_followed = False

    def _wait(self) -> bool:
        """Whether something happened, or is due now."""
        poller = select.poll()
        poller.register(self._awake, select.POLLIN)
        bell = self._records.bell.fileno()
        if bell is not None:
            poller.register(bell, select.POLLIN)
        for descriptor in self._hands.descriptors():
            poller.register(descriptor, select.POLLIN)
        ready = dict(poller.poll(min(self._patience(), _LOOK_SECONDS) * 1000))
        if self._awake in ready:
            with suppress(BlockingIOError):
                os.read(self._awake, 4096)
        if bell in ready:
            self._records.bell.heard()
        return bool(ready) or self._patience() <= 0

    def _patience(self) -> float:
        """Seconds until a turn is due; none where the clock was set back, for all moments are others then."""
        patience = self._due - self._now()
        return 0.0 if patience > _LONGEST_SLEEP else max(0.0, patience.total_seconds())

    def _follow(self, lease: Lease) -> None:
        """Write down the manifest and its DAGs."""
        manifest, now = self._known.manifest, self._now()
        writer = self._records.writing
        with writer.alone(lease):
            writer.keep_manifest(self._known.digest, self._known.text(), now)
            for dag in manifest.dags:
                writer.keep_dag(
                    dag.dag_id, self._known.digest, is_paused=dag.is_paused_upon_creation, now=now
                )
            writer.leave_dags([dag.dag_id for dag in manifest.dags])
        self._is_followed = True

    def _turn(self, lease: Lease, *, last: bool = False) -> None:
        """Read, decide, write; then do. With `last`, only what has ended is written."""
        reading, now = self._records.reading, self._now()
        with self._records.writing.alone(lease):
            board = Board(
                reading.runs_under_way(),
                reading.task_instances_under_way(),
                reading.open_tries(),
                reading.queued_assets() if self._known.waits_for_assets else [],
            )
            dags = {} if last else {dag.dag_id: dag for dag in reading.dags() if not dag.is_stale}
            ticks = {} if last else reading.last_ticks()
            turn = Turn(board, dags, ticks, self._known, self._identity.name, now)
            over = self._hands.over()
            actions = turn.take(over, self._settings.parallelism, self._memo)
            if write_actions(self._records.writing, self._known, board, actions, now):
                self.wake()  # what runs of it is ended
        self._due = min(turn.due(self._memo) or now + _LONGEST_SLEEP, now + _LONGEST_SLEEP)
        self._say_ends(actions)
        for one, _ in over:
            self._hands.forget(one)
            self._waiting.pop(key_of(one), None)
        if not last:
            self._tend(lease, board)
            self._keep_up(now)

    def _keep_up(self, now: datetime) -> None:
        if now >= self._upkeep_at:
            self._upkeep_at = now + _UPKEEP
            self._daily(now)

    def _say_ends(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, RenewAssets):
                self.wake()  # DAGs that wait for an asset are decided on what is written of it: next turn
            if isinstance(action, CloseTry):
                one = action.one
                with suppress(OSError):
                    say_last(self._jobs.runs / one.log, _last_words(action))
                logger.info(
                    "%s %s %s try %s: %s", one.dag_id, one.run_id, one.task_id, one.try_number, action.state
                )

    def _tend(self, lease: Lease, board: Board) -> None:
        """Every open try is held, being ended, or started now."""
        begun: list[tuple[Try, str]] = []
        machines: dict[str, str] | None = None
        for key, one in board.open_tries.items():
            if not board.is_wanted(one):
                self._end(one)
            elif not self._hands.holds(key):
                own = one.runner == self._identity.name
                if not own and machines is None:
                    machines = {runner.name: runner.machine for runner in self._records.reading.runners()}
                is_near = own or (machines or {}).get(one.runner) == self._identity.machine
                handle = self._begin(one, board, is_near)
                if handle is not None and (handle != one.handle or one.runner != self._identity.name):
                    begun.append((one, handle))
        if begun:
            self._write_begun(lease, board, begun)
        if self._hands.over():
            self.wake()
        if self._hands.unseen:
            self._later()

    def _later(self) -> None:
        self._due = min(self._due, self._now() + timedelta(seconds=_AGAIN_SECONDS))

    def _end(self, one: Try) -> None:
        key = key_of(one)
        if not self._hands.holds(key):
            try:
                handle = one.handle or self._found(one)
            except RuntimeUnavailable as e:
                logger.warning("%s %s waits to be ended: %s", one.dag_id, one.task_id, e)
                self._later()
                return
            if not handle:
                self._hands.settle(one, Outcome("killed", None, "stopped before it began"))
                return
            self._hands.take(one, handle)
        self._hands.stop(key, self._settings.stop_grace)

    def _found(self, one: Try) -> str | None:
        return self._runtime.found((self._jobs.runs / one.log).with_suffix(""))

    def _begin(self, one: Try, board: Board, is_of_this_machine: bool) -> str | None:
        """Find a try, or start it where it was never started; None when it is over, or has to wait."""
        try:
            handle = self._found(one)
            if handle is not None:
                self._hands.take(one, handle)
                return handle
            if not is_of_this_machine:
                reason = "lost: it ran on another machine, whose runner is gone"
                self._hands.settle(one, Outcome("lost", None, reason))
                return None
            if self._heart is None or not self._heart.is_good():
                self._later()
                return None
            return self._start(one, board)
        except RuntimeUnavailable as e:
            if self._waiting.get(key_of(one)) != str(e):  # said once, though it is tried twice a second
                logger.warning("%s %s waits to be started: %s", one.dag_id, one.task_id, e)
            self._waiting[key_of(one)] = str(e)
            self._later()
            return None

    def _start(self, one: Try, board: Board) -> str | None:
        run, instance = board.runs[one.dag_id, one.run_id], board.instance(key_of(one))
        task = self._known.task_of(run, one.task_id)
        if instance is None:
            raise AssertionError("a wanted try has its task")
        if task is None:  # its run goes by a newer manifest since it was cleared
            self._hands.settle(one, Outcome("killed", None, "not started: the DAG has no such task any more"))
            return None
        try:
            with suppress(OSError):
                say_first(
                    self._jobs.runs / one.log,
                    f"{one.dag_id} {one.run_id} {one.task_id}: try {one.try_number} of {instance.max_tries}",
                )
            job = self._jobs.job(task, run, instance, self._known.manifest_of(run).image)
            until = None if self._heart is None else self._heart.good_until
            return self._hands.start(one, replace(job, start_before=until))
        except TaskNotStarted as e:
            self._hands.settle(one, Outcome("exited", None, f"not started: {e}"))
            return None

    def _write_begun(self, lease: Lease, board: Board, begun: list[tuple[Try, str]]) -> None:
        """For people to see, and for `stop` of a successor; the try is found without it."""
        now = self._now()
        writer = self._records.writing
        with writer.alone(lease, durable=False):
            for one, handle in begun:
                instance = board.instance(key_of(one))
                if instance is not None:
                    change = started(instance, self._identity.name, handle, instance.start_date or now)
                    writer.change_task(change.before, change.after)
                writer.hold_try(one, self._identity.name, handle)


def _last_words(closed: CloseTry) -> str:
    reason = closed.outcome.reason or f"exit {closed.outcome.exit_code}"
    return f"{closed.state.replace('_', ' ')}: {reason}"
