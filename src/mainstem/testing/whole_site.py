"""A site with something behind every page: a shop's visits in DuckDB, and desks in memory.

For tests that walk through all of it, and for cohorts: made in the page, kept, and filtered by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.cohorts.keeping import Keeper, ShelvedCohorts
from mainstem.events import Source
from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.semantics.settings import UserAttribute
from mainstem.testing.canned_truth import CannedTruth
from mainstem.testing.every_tile import open_every_tile
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.memory_catalogue import MemoryCatalogue
from mainstem.testing.memory_cohorts import MemoryCohorts
from mainstem.testing.memory_connectors import add_dags, connectors
from mainstem.testing.memory_questions import MemoryQuestions
from mainstem.testing.memory_runs import MemoryRuns
from mainstem.testing.memory_sources import MemorySources
from mainstem.testing.publications import MemoryPublications
from mainstem.web import Services, WebSettings, build_app
from mainstem.web.lookml import LookmlNow

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.applications import Starlette

    from mainstem.semantics import Reading
    from mainstem.testing.warehouse import MemoryWarehouse
    from mainstem.web import Assets

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
VISITS = """
connection: "warehouse"
view: visits {
  derived_table: { sql:
    SELECT n AS key, 'p' || (n % 37) AS person, TIMESTAMP '2026-03-01' + INTERVAL (n) HOUR AS moment,
      (['page', 'trial', 'page', 'order', 'page'])[n % 5 + 1] AS event,
      (['/', '/pricing', '/docs/install-on-a-cluster-with-many-nodes'])[n % 3 + 1] AS page,
      (['Norway', 'Kenya'])[n % 2 + 1] AS country, n % 7 AS pages
    FROM range(400) AS t(n) ;; }
  dimension: key { primary_key: yes type: number hidden: yes }
  dimension: person { tags: ["cohort:person"] group_label: "Who" description: "Who it was" }
  dimension: event { tags: ["cohort:event"] }
  dimension: page { group_label: "Where" }
  dimension: country { group_label: "Where" }
  dimension_group: at {
    type: time timeframes: [raw, date, week, month] tags: ["cohort:time"] sql: ${TABLE}.moment ;;
  }
  measure: visits { type: count label: "Visits" drill_fields: [person, page, country] }
  measure: pages { type: sum sql: ${TABLE}.pages ;; }
}
explore: visits { label: "Visits" description: "Who looked at what" }
"""
SHORT = """
- dashboard: short
  title: A short one
  extends: base
  crossfilter_enabled: true
  elements:
  - {name: bar, title: Sales by city, type: looker_bar, model: shop, explore: sales,
    fields: [sales.city, sales.revenue], row: 4, col: 0, width: 12, height: 6, listen: {Plan: sales.plan}}
"""
EXPLORE = "/explore/visits/visits"
FUNNEL = "s1=visits&s1e=page&s2=visits&s2e=trial&window=14+days"


@dataclass
class WholeSite:
    app: Starlette
    kept: MemoryAccounts
    shelf: MemoryCohorts
    warehouse: MemoryWarehouse


class _Lookml:
    def __init__(self, reading: Reading) -> None:
        self._standing = LookmlNow(reading, NOW)

    def now(self) -> LookmlNow:
        return self._standing

    def judged(self) -> None:
        return None


def open_whole_site(folder: Path, assets: Assets) -> WholeSite:
    """`folder` gets its LookML. The warehouse is closed by whoever opened it."""
    (folder / "visits.model.lkml").write_text(VISITS)
    (folder / "short.dashboard.lookml").write_text(SHORT)
    shop = open_every_tile(folder)
    reading = read_project(folder)
    shelf, publications = MemoryCohorts(), MemoryPublications()
    truth = CannedTruth("sales.revenue", "sales.id")
    kept = MemoryAccounts({"region": UserAttribute(type="string_filter"), "team": UserAttribute()})
    publications.built()
    runs = MemoryRuns()
    add_dags(runs)
    explorers = WarehouseExplorers(
        lambda: reading.project, Connections(shop.warehouse), lambda: NOW, cohorts=ShelvedCohorts(shelf)
    )
    services = Services(
        explorers,
        "1.2.3",
        lambda: NOW,
        publications=publications,
        sources=MemorySources(Source(id="web", name="Website", write_keys=("A",))),
        catalogue=MemoryCatalogue(),
        lookml=_Lookml(reading),
        questions=MemoryQuestions(),
        truth=truth,
        changes=truth,
        cohorts=Keeper(shelf),
        accounts=kept.accounts,
        connectors=connectors(),
        orchestration=runs.desk,
    )
    return WholeSite(build_app(services, WebSettings(), assets), kept, shelf, shop.warehouse)
