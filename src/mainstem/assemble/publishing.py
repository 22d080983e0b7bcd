"""What readers are shown: the publisher, the watch on it, and the lake as it was published."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import open_records
from mainstem.assemble.warehouse import lake_location
from mainstem.store.coverage import BuildCoverage
from mainstem.store.publications import Publications
from mainstem.transform import TransformSettings
from mainstem.transform.publisher import Publisher
from mainstem.transform.watch import PublicationWatch
from mainstem.warehouse.ducklake import (
    DuckLake,
    PublishedLake,
    Snapshots,
    StructureLock,
    WarehouseSettings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.transform.publishing import History, Publication, Standing
    from mainstem.warehouse import Warehouse
    from mainstem.warehouse.ducklake import LakeLocation


@contextmanager
def open_publisher(project: Project, process: str, lock: StructureLock | None = None) -> Iterator[Publisher]:
    """The publisher of the project, for `process`; with a lock of its own unless one is given."""
    location = lake_location(project)
    own = lock or StructureLock(location.catalog)
    try:
        with open_records(project, process) as database:
            yield Publisher(
                Publications(database),
                BuildCoverage(database),
                own,
                Snapshots(location.catalog, location.metadata_schema),
                returnable=project.config.section("transform", TransformSettings).returnable_builds,
            )
    finally:
        if lock is None:
            own.close()


@dataclass(frozen=True)
class Desk:
    """What pages and commands may ask and do about publications."""

    publisher: Publisher
    watch: PublicationWatch

    def standing(self) -> Standing:
        """Remembered for a second; raises TransientError while nothing is known at all."""
        return self.watch.standing()

    def history(self) -> History:
        return self.publisher.history()

    def roll_back(self, to: int | None, by: str, *, hold: bool) -> Publication:
        """Raises UsageError when there is nothing to go back to."""
        try:
            return self.publisher.roll_back(to, by, hold=hold)
        finally:
            self.watch.look_again()

    def release(self, by: str) -> Publication:
        """Raises UsageError when nothing is held."""
        try:
            return self.publisher.release(by)
        finally:
            self.watch.look_again()


@contextmanager
def open_desk(project: Project, process: str) -> Iterator[Desk]:
    with open_publisher(project, process) as publisher:
        watch = PublicationWatch(publisher.standing)
        try:
            yield Desk(publisher, watch)
        finally:
            watch.close()


@contextmanager
def open_published(project: Project, desk: Desk) -> Iterator[Warehouse]:
    """What dashboards and `mainstem query` read: the lake as it was published, unless settings say live."""
    location = readers_location(project)
    warehouse: Warehouse
    if shows_published(project):
        warehouse = PublishedLake(location, desk.watch.snapshot)
    else:
        warehouse = DuckLake(location, read_only=True)
    try:
        yield warehouse
    finally:
        warehouse.close()


def readers_location(project: Project) -> LakeLocation:
    """The lake, with as much memory as a reader may take."""
    settings = project.config.section("warehouse", WarehouseSettings)
    return replace(lake_location(project), memory_limit=settings.readers_memory_limit)


def shows_published(project: Project) -> bool:
    """Whether readers are shown what is published, and not the live lake."""
    return project.config.section("warehouse", WarehouseSettings).readers_see == "published"
