"""What pages and commands may ask about the lake's upkeep."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import server_address
from mainstem.assemble.upkeep import catalog_dumps
from mainstem.assemble.warehouse import lake_location
from mainstem.operate.upkeep import UpkeepSettings
from mainstem.operate.upkeep.standing import standing_of
from mainstem.store.publications import Publications
from mainstem.store.upkeep import UpkeepSteps
from mainstem.warehouse.ducklake import DuckLakeUpkeep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.operate.upkeep.standing import LakeStanding
    from mainstem.store import Database
    from mainstem.store.dump import Dumps
    from mainstem.transform.publisher import Publisher

_STEPS = 50


@dataclass(frozen=True)
class LakeDesk:
    """Asks the catalog and the product's own records; opens no DuckDB."""

    upkeep: DuckLakeUpkeep
    settings: UpkeepSettings
    database: Database
    publisher: Publisher
    dumps: Dumps | None

    def standing(self) -> LakeStanding:
        """Raises TransientError when Postgres is away."""
        steps = UpkeepSteps(self.database)
        return standing_of(
            self.upkeep,
            self.settings,
            protected=self.publisher.protected_snapshots(),
            building_since=Publications(self.database).building_since(),
            merges=steps.last_of("merge"),
            steps=steps.newest(_STEPS),
            dumps=self.dumps.times() if self.dumps else (),
            now=datetime.now(UTC),
        )


@contextmanager
def open_lake_desk(project: Project, records: Database, publisher: Publisher) -> Iterator[LakeDesk]:
    location = lake_location(project)
    settings = project.config.section("upkeep", UpkeepSettings)
    upkeep = DuckLakeUpkeep(location, server_address(project))
    try:
        yield LakeDesk(upkeep, settings, records, publisher, catalog_dumps(project, location, settings))
    finally:
        upkeep.close()
