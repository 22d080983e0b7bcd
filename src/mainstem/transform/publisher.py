"""Record every build, publish those that may be, and go back: the hand that `publishing` guides.

A build's end and its publication are one transaction in Postgres, made while the lake's lock is held and
its snapshot is known to exist. Killed at any point, either both are there or neither is.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from mainstem.errors import NotPublished, UsageError
from mainstem.transform.coverage import CoveredNode
from mainstem.transform.publishing import (
    RECORDED,
    History,
    Standing,
    decide,
    decide_run,
    earlier,
    protected,
)
from mainstem.transform.standing import newest_project, standing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.store.coverage import BuildCoverage
    from mainstem.store.publications import Build, Publications
    from mainstem.transform.coverage import Coverage
    from mainstem.transform.gate import Lock
    from mainstem.transform.messages import Finished
    from mainstem.transform.publishing import Publication, RunDecision
    from mainstem.transform.standing import RunStanding

logger = logging.getLogger(__name__)


class SnapshotList(Protocol):
    """Knows the lake's snapshots."""

    def exists(self, snapshot: int) -> bool:
        """Whether it can still be read."""


class Publisher:
    """All that changes what readers are shown, and what they may ask about it.

    Raises StoreUnavailable and WarehouseBusy when Postgres is away; nothing has changed then.
    """

    def __init__(
        self,
        publications: Publications,
        coverage: BuildCoverage,
        lock: Lock,
        snapshots: SnapshotList,
        *,
        returnable: int,
    ) -> None:
        """`returnable` builds, the newest published ones, can be gone back to."""
        self._publications = publications
        self._coverage = coverage
        self._lock = lock
        self._snapshots = snapshots
        self._returnable = returnable

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        """Write down that dbt begins; None for a command that neither changes the lake nor tests it."""
        if command[0] not in RECORDED:
            return None
        with self._publications.together():
            self.end_unfinished()
            return self._publications.begin(command, asked_by, datetime.now(UTC), run)

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        """Write down how a run ended and publish it if it may be; the outcome with what came of it."""
        self._lock.acquire()
        try:
            with self._publications.together():
                decision = decide(outcome, self._publications.current())
                if decision.publish and not self._snapshots.exists(outcome.snapshot or 0):
                    raise AssertionError(f"snapshot {outcome.snapshot} of the run that just ended is gone")
                now = datetime.now(UTC)
                self._publications.finish(
                    build_id,
                    now,
                    success=outcome.success,
                    partial=outcome.partial,
                    models=outcome.models,
                    tests=outcome.tests,
                    failures=outcome.failures,
                    snapshot=outcome.snapshot,
                    consequence=decision.sentence,
                )
                if outcome.coverage is not None:
                    self._note(build_id, outcome.coverage)
                if decision.publish:
                    self._publications.publish(build_id, now, None, "build", hold=False)
        finally:
            self._lock.release()
        logger.info("build %s: %s", build_id, decision.sentence)
        return msgspec.structs.replace(
            outcome, build=build_id, published=decision.publish, consequence=decision.sentence
        )

    def _note(self, build_id: int, coverage: Coverage) -> None:
        nodes = msgspec.to_builtins(coverage.nodes)
        self._coverage.note(build_id, coverage.project, nodes, coverage.good, coverage.bad)

    def stale_of(self, run: str) -> list[str]:
        """What the builds of `run` have left to build or test, as dbt's `--select` takes it, parents first.

        Raises UsageError when no build of the run is known.
        """
        with self._publications.together():
            nodes, standing = self._standing_of(run)
        return [nodes[name].selector for name in standing.stale]

    def publish_run(self, run: str, by: str) -> RunDecision:
        """Show readers what the builds of `run` made, where together they built and tested the whole project
        and nothing failed; whether it is shown, and a sentence that says so.

        It is not shown while somebody holds an earlier build, nor where something newer is. Asked again, it
        changes nothing. Raises NotPublished with every model and test that stands against it, UsageError when
        no build of the run is known.
        """
        self._lock.acquire()
        try:
            with self._publications.together():
                _, standing = self._standing_of(run)
                decision = decide_run(
                    run,
                    standing,
                    self._publications.current(),
                    self._publications.newest_passed(),
                    self._snapshots.exists,
                )
                if decision.is_new:
                    self._record_run(run, by, standing, decision)
        finally:
            self._lock.release()
        logger.info("run %s: %s", run, decision.sentence)
        return decision

    def _standing_of(self, run: str) -> tuple[dict[str, CoveredNode], RunStanding]:
        builds = self._coverage.builds_of(run)
        if not any(build.run == run for build in builds):
            raise UsageError(f"no build of the run {run!r} is known: its tasks build with `mainstem build`")
        project = newest_project(builds, run)
        if project is None:
            raise NotPublished(run, [f"what build {build.id} did is not known" for build in builds])
        nodes = msgspec.convert(self._coverage.project(project), dict[str, CoveredNode])
        return nodes, standing_of(nodes, project, builds)

    def _record_run(self, run: str, by: str, standing: RunStanding, decision: RunDecision) -> None:
        now = datetime.now(UTC)
        number = self._publications.begin(["publish", "--of", run], by, now)
        self._publications.finish(
            number,
            now,
            success=True,
            partial="",
            models=standing.models,
            tests=standing.tests,
            failures=(),
            snapshot=standing.snapshot,
            consequence=decision.sentence,
        )
        if decision.publish:
            self._publications.publish(number, now, None, "build", hold=False)

    def end_unfinished(self) -> None:
        """There is one worker and it runs one build at a time: any other that has not ended never will."""
        why = "broken off: the dbt worker died during it"
        if count := self._publications.break_off_unfinished(datetime.now(UTC), why):
            logger.warning("%s build%s had not ended", count, "" if count == 1 else "s")

    def roll_back(self, to: int | None, by: str, *, hold: bool) -> Publication:
        """Show readers an earlier build again: the one numbered `to`, or the one before the current.

        Raises UsageError when there is no such build to go back to.
        """
        self._lock.acquire()
        try:
            with self._publications.together():
                build = self._target(to)
                if build.snapshot is None or not self._snapshots.exists(build.snapshot):
                    raise UsageError(f"build {build.id} cannot be shown again: its snapshot has expired")
                return self._publish(build, by, "rollback", hold=hold)
        finally:
            self._lock.release()

    def release(self, by: str) -> Publication:
        """End a hold: show the newest build of the whole project that passed.

        Raises UsageError when there is none, or nothing is held.
        """
        self._lock.acquire()
        try:
            with self._publications.together():
                current, passed = self._publications.current(), self._publications.newest_passed()
                if current is None or passed is None or not current.hold:
                    raise UsageError("nothing is held: every build that passes is published")
                return self._publish(passed, by, "release", hold=False)
        finally:
            self._lock.release()

    def standing(self) -> Standing:
        """What readers are shown now."""
        with self._publications.together():
            return Standing(self._publications.current(), self._publications.last_failed())

    def history(self, limit: int = 50) -> History:
        """The newest `limit` publications and builds."""
        with self._publications.together():
            return History(
                self._publications.history(limit),
                self._publications.builds(limit),
                frozenset(build.id for build in self._publications.published_builds(self._returnable)),
            )

    def protected_snapshots(self) -> frozenset[int]:
        """Snapshots of the lake that whoever expires snapshots must leave, asked under the lake's lock."""
        with self._publications.together():
            return protected(
                self._publications.current(),
                self._publications.newest_passed(),
                self._publications.published_builds(self._returnable),
            )

    def _target(self, to: int | None) -> Build:
        current = self._publications.current()
        if current is None:
            raise UsageError("there is nothing to go back to: nothing has been published yet")
        published = self._publications.published_builds(self._returnable)
        if to is None:
            build = earlier(published, current)
            if build is None:
                raise UsageError(
                    f"there is nothing to go back to: nothing was published before build {current.build_id}"
                )
            return build
        found = {build.id: build for build in published}
        if to not in found:
            valid = ", ".join(map(str, sorted(found)))
            raise UsageError(f"build {to} is none that can be gone back to (valid: {valid})")
        if to == current.build_id:
            raise UsageError(f"build {to} is the one that is published now")
        return found[to]

    def _publish(self, build: Build, by: str, reason: str, *, hold: bool) -> Publication:
        self._publications.publish(build.id, datetime.now(UTC), by, reason, hold=hold)
        current = self._publications.current()
        if current is None:
            raise AssertionError("a publication was just written")
        logger.info("build %s is published again by %s", build.id, by)
        return current
