"""An event catalogue in memory, for tests of the pages that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.operate.catalogue.sql import first_query
from mainstem.warehouse.ducklake import DuckLake
from mainstem.web.catalogue import CatalogueNow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.operate.catalogue import Catalogue, EventEntry, PropertyEntry


class MemoryCatalogue:
    """A desk whose every answer a test sets."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue: Catalogue | None = catalogue
        self.plans: dict[str, str] = {}
        self.problem: str | None = None

    def now(self) -> CatalogueNow:
        return CatalogueNow(self.catalogue, 7, self.plans, self.problem)

    def remembered(self) -> Catalogue | None:
        return self.catalogue

    def sql_for(self, event: EventEntry, own: Sequence[PropertyEntry]) -> str:
        return first_query(DuckLake.capabilities, event, own)
