"""Every tile of the company's dashboards, as somebody who opens the page for the first time sees it."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.company import LOOKML
from mainstem.query import WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.semantics import load_project
from mainstem.semantics.dashboard import WITHOUT_QUERY
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from mainstem.testing.company import CompanyLake

pytestmark = pytest.mark.long

BY_CONNECTOR = {
    # Office hours, targets and teams are what a help desk's connector brings.
    ("support", "first_reply"),
    ("support", "how_soon"),
    ("support", "late"),
    ("support", "met"),
    ("support", "targets"),
}
MAY_BE_EMPTY = {
    # A year and a half ends before the first release that knows threads has reached many servers.
    ("adoption", "feature_reach"),
    ("product_threads", "replies_per_thread"),
    ("product_threads", "threads_begun"),
    ("product_threads", "most_threads_at_once"),
    ("product_threads", "threads_by_hour"),
    # Of eight customers, none has a term that ends in the next quarter.
    ("accounts", "renew"),
    ("revenue", "to_renew"),
}


def test_every_tile_of_every_dashboard_has_something_to_show(built_company: CompanyLake) -> None:
    assert empty_tiles(built_company) <= MAY_BE_EMPTY | BY_CONNECTOR


def empty_tiles(lake: CompanyLake, *names: str) -> set[tuple[str, str]]:
    """Of dashboards of these names, or all. Fails with every tile whose query does."""
    project = load_project(LOOKML)
    [newest] = lake.query("SELECT as_of_date FROM analytics.int_revenue_as_of")
    now = datetime.fromisoformat(f"{newest['as_of_date']}T12:00:00+00:00") + timedelta(days=1)
    empty, failed = set(), []
    with closing(MemoryWarehouse(lake.file)) as warehouse:
        explorer = WarehouseExplorer(lambda: project, Connections(warehouse), lambda: now)
        for dashboard in project.dashboards.values():
            for element in dashboard.elements:
                if element.type in WITHOUT_QUERY or (names and dashboard.name not in names):
                    continue
                try:
                    answer = explorer.run_element(dashboard, element, {})
                except Exception as e:  # noqa: BLE001 # each is told, not the first alone
                    failed.append((dashboard.name, element.name, str(e)))
                    continue
                if not any(cell is not None for row in answer.rows for cell in row):
                    empty.add((dashboard.name, element.name))
    assert failed == []
    return empty
