"""Builds of the lake, and which of them readers are shown: kept for good, rows only added or finished.

The newest publication counts. It points at a build, and the build at the snapshot of the lake that its
tests passed on. What may be published is decided by those who call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from mainstem.store.database import Connection, Database

BUILDS = Table(
    "builds",
    {
        "id": "bigint",
        "command": "text[]",
        "asked_by": "text",
        "started_at": "timestamp with time zone",
        "finished_at": "timestamp with time zone?",
        "success": "boolean?",
        "partial": "text",
        "models": "integer",
        "tests": "integer",
        "failures": "text[]",
        "snapshot": "bigint?",
        "consequence": "text",
        "run": "text",
    },
)
PUBLICATIONS = Table(
    "publications",
    {
        "id": "bigint",
        "build_id": "bigint",
        "published_at": "timestamp with time zone",
        "published_by": "text",
        "reason": "text",
        "hold": "boolean",
    },
)

_BUILD: LiteralString = (
    "SELECT id, command, asked_by, started_at, finished_at, success, partial, models, tests, failures, "
    "snapshot, consequence, run FROM builds"
)
_PUBLICATION: LiteralString = (
    "SELECT p.id, p.build_id, p.published_at, p.published_by, p.reason, p.hold, "
    "b.snapshot, b.models, b.tests, b.finished_at AS built_at "
    "FROM publications AS p JOIN builds AS b ON b.id = p.build_id"
)
_NEWEST_PASSED: LiteralString = (
    _BUILD + " WHERE success AND partial = '' AND snapshot IS NOT NULL ORDER BY id DESC LIMIT 1"
)
_LAST_FAILED: LiteralString = (
    _BUILD  # noqa: S608 # only literals
    + " WHERE NOT success AND command[1] = 'build' AND id > coalesce((SELECT max(id) FROM builds "
    "WHERE success AND partial = '' AND snapshot IS NOT NULL), 0) ORDER BY id DESC LIMIT 1"
)
_PUBLISHED: LiteralString = (
    _BUILD  # noqa: S608 # only literals
    + " WHERE id IN (SELECT build_id FROM publications) ORDER BY id DESC LIMIT %(limit)s"
)


@dataclass(frozen=True)
class Build:
    """One run of dbt that could change the lake or test it."""

    id: int
    command: list[str]
    """dbt's arguments, the command first."""
    asked_by: str
    started_at: datetime
    finished_at: datetime | None
    """None while it runs, or when nobody was left to say how it ended."""
    success: bool | None
    partial: str
    """Why it does not stand for the whole project; empty when it built and tested all of it."""
    models: int
    tests: int
    failures: list[str]
    """A line for everything that went wrong."""
    snapshot: int | None
    """The lake's when the run ended."""
    consequence: str
    """What came of it for readers, as a sentence."""
    run: str = ""
    """The run of a DAG that it was part of; empty for none."""


@dataclass(frozen=True)
class Publication:
    """From `published_at` on, readers were shown the snapshot of a build."""

    id: int
    build_id: int
    published_at: datetime
    published_by: str
    reason: str
    """`build`: the build passed. `rollback`: somebody went back to it. `release`: a hold was ended."""
    hold: bool
    """Whether builds after it are kept from being published."""
    snapshot: int
    models: int
    tests: int
    built_at: datetime


class Publications:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def together(self) -> AbstractContextManager[Connection]:
        """What this thread does in the block is done whole or not at all."""
        return self._database.transaction()

    def begin(self, command: Sequence[str], asked_by: str, at: datetime, run: str = "") -> int:
        """Write down that a build begins, as a part of `run`; returns its number."""
        begun = self._database.one(
            _Id,
            "INSERT INTO builds (command, asked_by, started_at, run) "
            "VALUES (%(command)s, %(asked_by)s, %(at)s, %(run)s) RETURNING id",
            {"command": list(command), "asked_by": asked_by, "at": at, "run": run},
        )
        if begun is None:
            raise AssertionError("INSERT … RETURNING gives a row")
        return begun.id

    def finish(
        self,
        build_id: int,
        at: datetime,
        *,
        success: bool,
        partial: str,
        models: int,
        tests: int,
        failures: Sequence[str],
        snapshot: int | None,
        consequence: str,
    ) -> None:
        """Write down how a build ended."""
        self._database.run(
            "UPDATE builds SET finished_at = %(at)s, success = %(success)s, partial = %(partial)s, "
            "models = %(models)s, tests = %(tests)s, failures = %(failures)s, snapshot = %(snapshot)s, "
            "consequence = %(consequence)s WHERE id = %(id)s",
            {
                "id": build_id,
                "at": at,
                "success": success,
                "partial": partial,
                "models": models,
                "tests": tests,
                "failures": list(failures),
                "snapshot": snapshot,
                "consequence": consequence,
            },
        )

    def break_off_unfinished(self, at: datetime, why: str) -> int:
        """End every build that nobody runs any more as failed; returns how many there were."""
        return self._database.run(
            "UPDATE builds SET finished_at = %(at)s, success = false, failures = %(failures)s, "
            "consequence = 'not published: it did not end' WHERE finished_at IS NULL",
            {"at": at, "failures": [why]},
        )

    def publish(self, build_id: int, at: datetime, by: str | None, reason: str, *, hold: bool) -> None:
        """Show readers the snapshot of a build from now on; `by` None is who asked for the build."""
        self._database.run(
            "INSERT INTO publications (build_id, published_at, published_by, reason, hold) "
            "SELECT id, %(at)s, coalesce(%(by)s::text, asked_by), %(reason)s, %(hold)s FROM builds "
            "WHERE id = %(build)s",
            {"build": build_id, "at": at, "by": by, "reason": reason, "hold": hold},
        )

    def current(self) -> Publication | None:
        """What readers are shown; None before the first."""
        return self._database.one(Publication, _PUBLICATION + " ORDER BY p.id DESC LIMIT 1", {})

    def history(self, limit: int) -> list[Publication]:
        """Newest first."""
        return self._database.all(
            Publication, _PUBLICATION + " ORDER BY p.id DESC LIMIT %(limit)s", {"limit": limit}
        )

    def builds(self, limit: int) -> list[Build]:
        """Newest first."""
        return self._database.all(Build, _BUILD + " ORDER BY id DESC LIMIT %(limit)s", {"limit": limit})

    def last_failed(self) -> Build | None:
        """The newest `dbt build` that failed, unless the whole project has passed since."""
        return self._database.one(Build, _LAST_FAILED, {})

    def newest_passed(self) -> Build | None:
        """The newest build of the whole project that passed, published or not."""
        return self._database.one(Build, _NEWEST_PASSED, {})

    def published_builds(self, limit: int) -> list[Build]:
        """Builds that readers were shown at some time, newest first."""
        return self._database.all(Build, _PUBLISHED, {"limit": limit})

    def building_since(self) -> datetime | None:
        """When the oldest build began that has not ended; None while none runs."""
        found = self._database.one(
            _Moment, "SELECT min(started_at) AS at FROM builds WHERE finished_at IS NULL", {}
        )
        return None if found is None else found.at

    def prune(self, before: datetime) -> int:
        """Forget builds that ended before, but for the published ones, which the history of what readers were
        shown points at, and the newest that passed; how many that were."""
        return self._database.run(
            "DELETE FROM builds WHERE finished_at < %(before)s "
            "AND id NOT IN (SELECT build_id FROM publications) AND id IS DISTINCT FROM "
            "(SELECT max(id) FROM builds WHERE success AND partial = '' AND snapshot IS NOT NULL)",
            {"before": before},
        )


@dataclass(frozen=True)
class _Moment:
    at: datetime | None


@dataclass(frozen=True)
class _Id:
    id: int
