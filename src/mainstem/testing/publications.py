"""Publications kept in memory, for pages: a test puts builds in, and going back works as in the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mainstem.errors import TransientError, UsageError
from mainstem.transform.publishing import Build, History, Publication, Standing, earlier

_FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)


class MemoryPublications:
    """A desk whose `builds` and `publications` are plain lists, oldest first."""

    def __init__(self) -> None:
        self.builds: list[Build] = []
        self.publications: list[Publication] = []
        self.unseen_since: datetime | None = None
        self.problem: TransientError | None = None
        """What every question raises."""

    def built(self, *failures: str, partial: str = "") -> Build:
        """A build came to its end: published when it is whole and nothing failed."""
        number, at = len(self.builds) + 1, _FIRST + timedelta(minutes=10 * len(self.builds))
        is_good = not failures and not partial
        build = Build(
            id=number,
            command=["build", "--select", "part"] if partial else ["build"],
            asked_by="ada",
            started_at=at,
            finished_at=at + timedelta(seconds=7.5),
            success=not failures,
            partial=partial,
            models=10,
            tests=49,
            failures=list(failures),
            snapshot=100 + number,
            consequence="published" if is_good else "not published: " + (partial or "it failed"),
        )
        self.builds.append(build)
        if is_good:
            self._publish(build, "ada", "build", hold=False)
        return build

    def standing(self) -> Standing:
        self._check()
        current = self.publications[-1] if self.publications else None
        failed = self.builds[-1] if self.builds and not self.builds[-1].success else None
        return Standing(current, failed, self.unseen_since)

    def history(self) -> History:
        self._check()
        return History(
            self.publications[::-1], self.builds[::-1], frozenset(b.id for b in self._returnable())
        )

    def roll_back(self, to: int | None, by: str, *, hold: bool) -> Publication:
        self._check()
        if not self.publications:
            raise UsageError("there is nothing to go back to")
        found = {build.id: build for build in self._returnable()}
        build = found.get(to) if to else earlier(list(found.values()), self.publications[-1])
        if build is None:
            raise UsageError(f"build {to} is none that can be gone back to")
        return self._publish(build, by, "rollback", hold=hold)

    def release(self, by: str) -> Publication:
        self._check()
        if not self.publications or not self.publications[-1].hold:
            raise UsageError("nothing is held")
        return self._publish(self._returnable()[-1], by, "release", hold=False)

    def _returnable(self) -> list[Build]:
        shown = {publication.build_id for publication in self.publications}
        return [build for build in self.builds if build.id in shown]

    def _publish(self, build: Build, by: str, reason: str, *, hold: bool) -> Publication:
        at = _FIRST + timedelta(minutes=10 * len(self.builds), seconds=len(self.publications))
        self.publications.append(
            Publication(
                id=len(self.publications) + 1,
                build_id=build.id,
                published_at=at,
                published_by=by,
                reason=reason,
                hold=hold,
                snapshot=build.snapshot or 0,
                models=build.models,
                tests=build.tests,
                built_at=build.finished_at or at,
            )
        )
        return self.publications[-1]

    def _check(self) -> None:
        if self.problem is not None:
            raise self.problem
