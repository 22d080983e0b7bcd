"""The lake's part of an erasure: rows, what readers are shown, old snapshots, dumps of the catalog.

Readers are shown what is left before the snapshots are let go that still hold the person; and the event
catalogue, which shows samples of values, is made anew before that too.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.erase.log import patience
from mainstem.assemble.event_catalogue import refresh
from mainstem.assemble.upkeep import DUMPS_FOLDER
from mainstem.cohorts.lake import MEMBERS
from mainstem.errors import EnvironmentFailure, WarehouseBusy
from mainstem.operate.catalogue.tables import PROPERTIES
from mainstem.operate.erase import Step
from mainstem.operate.erase.settings import ErasureSettings
from mainstem.operate.erase.tables import Tables
from mainstem.store.cohorts import Cohorts
from mainstem.store.publications import Publications
from mainstem.transform import TransformSettings
from mainstem.warehouse.ducklake import Snapshots, StructureLock
from mainstem.warehouse.erasing import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.assemble.project import Project
    from mainstem.operate.erase import Sought
    from mainstem.store import Database
    from mainstem.warehouse.ducklake import LakeLocation
    from mainstem.warehouse.ducklake.erasing import DuckLakeErasing

_FILES_PATIENCE_SECONDS = 30.0
_PERSON_KEYS = ("person_id", "visitor_id")
"""Columns in which models say who somebody is. A journey without an account is called like its person; one
with an account is the account's, and stays."""


class LakePart:
    """One project's lake, and what stands beside it because of it."""

    def __init__(
        self, project: Project, location: LakeLocation, erasing: DuckLakeErasing, database: Database
    ) -> None:
        self._project, self._location, self._erasing, self._database = project, location, erasing, database
        models = project.config.section("transform", TransformSettings).schema
        columns = project.config.section("erasure", ErasureSettings).columns
        self._tables = Tables(erasing, (models,), columns)

    def linked(self, whom: Sought) -> tuple[set[str], set[str]]:
        """User and anonymous ids that rows link with the person."""
        return self._tables.linked(whom)

    def count(self, whom: Sought) -> Counter[str]:
        """Rows of theirs, by table; tables without any are left out."""
        counts = self._tables.count(self._tables.conditions(whom))
        return Counter({str(name): count for name, count in counts.items()})

    def mentions(self, whom: Sought) -> Counter[str]:
        """Rows that have one of the longer ids somewhere in them, by table."""
        return Counter({str(name): count for name, count in self._tables.mentions(whom).items()})

    def catalog_mentions(self, texts: Sequence[str]) -> Counter[str]:
        """Rows of the lake's catalog that hold one of `texts`, by its tables."""
        return Counter(self._erasing.catalog_mentions(texts))

    def steps(self, whom: Sought) -> Iterator[Step]:
        yield Step("cohorts", lambda: self.forget_in_cohorts(whom))
        yield Step("tables", lambda: self._delete_rows(whom), needs=("cohorts",))
        yield Step("event catalogue", self._refresh_catalogue, needs=("tables",))
        yield Step("publication", self._publish, needs=("tables", "event catalogue"))
        yield Step("files and snapshots", self._forget, needs=("tables", "event catalogue", "publication"))
        yield Step("catalog dumps", self._remove_dumps, needs=("files and snapshots",))

    def forget_in_cohorts(self, whom: Sought) -> dict[str, int]:
        """Take the person out of cohorts, by their ids and by what models call them, before the rows go that
        say so."""
        keys = {*whom.ids, *whom.found, *self._tables.keys(whom, _PERSON_KEYS)}
        gone = Cohorts(self._database).forget(keys)
        rows = 0
        if keys and MEMBERS in self._erasing.tables():
            deleted = self._erasing.delete({MEMBERS: [Match("id", tuple(sorted(keys)))]}, "erasure")
            rows = sum(deleted.values())
        return {"memberships": gone, "rows": rows}

    def _delete_rows(self, whom: Sought) -> dict[str, int]:
        gone = self._tables.delete(self._tables.conditions(whom))
        return {str(name): count for name, count in gone.items()}

    def _refresh_catalogue(self) -> dict[str, int]:
        """Count and look at every table anew: samples and first moments may have been the person's."""
        if PROPERTIES not in self._erasing.tables():
            return {}
        report = refresh(self._project, full=True)
        return {"events": report.events, "changed": report.changed}

    def _publish(self) -> dict[str, int]:
        """Show readers the newest snapshot: what was published, without the person."""
        publications = Publications(self._database)
        snapshots = Snapshots(self._location.catalog, self._location.metadata_schema)
        with closing(StructureLock(self._location.catalog)) as lock, lock, publications.together():
            current, now = publications.current(), datetime.now(UTC)
            if current is None or current.snapshot == snapshots.newest():
                return {}
            if publications.builds(1)[0].id != current.build_id:
                raise WarehouseBusy(
                    "readers are shown an older build than the last, and its snapshot holds the person: run "
                    "`mainstem build` until it is published (or end the hold), then this command again"
                )
            build = publications.begin(["erase"], "erasure", now)
            publications.finish(
                build,
                now,
                success=True,
                partial="",
                models=current.models,
                tests=current.tests,
                failures=[],
                snapshot=snapshots.newest(),
                consequence=f"published: build {current.build_id} without erased rows",
            )
            publications.publish(build, now, "erasure", "build", hold=current.hold)
        return {"published": 1}

    def _forget(self) -> dict[str, int]:
        wait = patience(_FILES_PATIENCE_SECONDS)
        done: Counter[str] = Counter()
        while True:
            found = self._erasing.forget()
            done.update(tables=found.tables, snapshots=found.snapshots, files=found.files)
            if not found.waiting:
                return dict(done)
            if not wait():
                raise WarehouseBusy(
                    f"{found.waiting} files of the lake may still be read by somebody who began before; "
                    "run this command again to remove them"
                )

    def _remove_dumps(self) -> dict[str, int]:
        """They hold the old catalog, and name files that are no more."""
        folder = self._project.data_dir / DUMPS_FOLDER
        files = [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as e:
            raise EnvironmentFailure(f"cannot remove {e.filename}: {e.strerror}") from e
        return {"files": len(files)}
