"""Events that went through the loader into a warehouse in memory, and the catalogue over them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.load.placement import Placements
from mainstem.load.schema import PROVIDERS, Options
from mainstem.operate.catalogue import (
    CatalogueSettings,
    Knowledge,
    Refresh,
    Usage,
    read_catalogue,
)
from mainstem.operate.catalogue.known import KnownSource
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.operate.catalogue import Catalogue, EventEntry, PropertyEntry, RefreshReport
    from mainstem.tracking import Plan, SourceCatalogue

SOURCE = Source("web", "Website", ("key",))
PROVIDER = PROVIDERS["ducklake"]


class House:
    """A source, its loader, its tables, and the catalogue of them."""

    def __init__(self) -> None:
        self.warehouse = MemoryWarehouse()
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.plan: Plan | None = None
        self.seen: SourceCatalogue | None = None
        self.usage = Usage(None, None)
        self.settings = CatalogueSettings(sample_people=2)
        self._log = EventLog()
        self._loader = Loader(self._log, self.warehouse, [SOURCE], LoadSettings(), now=lambda: self.now)
        self._sent = 0

    def send(self, kind: str = "track", /, *, at: datetime | None = None, **event: Any) -> None:
        self._sent += 1
        received = (at or self.now).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        message = {"type": kind, "messageId": f"m{self._sent}", "userId": f"u{self._sent}", **event}
        self._log.send(message, received_at=received)

    def load(self) -> None:
        """What was sent, later than everything before."""
        self.now += timedelta(minutes=1)
        self._loader.run_once()

    def refresh(self, *, full: bool = False) -> RefreshReport:
        metadata = Placements([SOURCE], PROVIDER, "mainstem").of(SOURCE.id).metadata
        known = [KnownSource("website", metadata, self.plan, self.seen)]
        refresh = Refresh(
            self.warehouse,
            {"website": ("web",)},
            Knowledge(known, PROVIDER, Options()),
            self.usage,
            self.settings,
            now=lambda: self.now,
        )
        return refresh.run(full=full)

    @property
    def catalogue(self) -> Catalogue:
        return read_catalogue(self.warehouse)

    def event(self, table: str) -> EventEntry:
        found = self.catalogue.named("website", table)
        assert found is not None, [event.key for event in self.catalogue.events]
        return found

    def property(self, table: str, column: str) -> PropertyEntry:
        properties = self.catalogue.properties[f"website.{table}"]
        return next(one for one in properties if one.column_name == column)


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.warehouse.close()
