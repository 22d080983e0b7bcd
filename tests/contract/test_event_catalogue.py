"""The event catalogue on the parts it runs with: a project's settings, its log, its lake."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.assemble.event_catalogue import WarehouseCatalogue, refresh_in
from mainstem.assemble.project import open_project
from mainstem.errors import WarehouseBusy
from mainstem.events import Received, encode_received
from mainstem.load import Loader, LoadSettings
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.operate.catalogue import Catalogue, read_catalogue
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.warehouse.ducklake import LakeLocation

NOW = datetime.now(UTC)
SETTINGS = """
[project]
data_dir = "kept"
[catalogue]
sample_people = 1
[[sources]]
id = "web"
name = "My Site"
write_keys = ["k"]
tracking_plan = "site"
"""
PLAN = """
version: 1
events:
  - name: Paid
    description: Somebody paid.
    properties:
      orderId: {type: string}
"""
MANIFEST = {
    "nodes": {
        "model.x.orders": {
            "name": "orders",
            "resource_type": "model",
            "schema": "analytics",
            "raw_code": "select order_id from {{ source('my_site', 'paid') }}",
            "depends_on": {"nodes": ["source.x.my_site.paid"]},
        }
    },
    "sources": {"source.x.my_site.paid": {"schema": "my_site", "name": "paid"}},
}


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    opened = DuckLake(lake_location)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mainstem.toml").write_text(SETTINGS)
    (tmp_path / "tracking-plan").mkdir()
    (tmp_path / "tracking-plan" / "site.yml").write_text(PLAN)
    target = tmp_path / "kept" / "dbt" / "target"
    target.mkdir(parents=True)
    (target / "manifest.json").write_text(json.dumps(MANIFEST))
    return open_project(tmp_path)


def load(project: Project, lake: DuckLake, *events: Mapping[str, object]) -> None:
    async def append() -> None:
        writer = open_writer(project.data_dir, "events", "0", LogSettings())
        raws = [
            msgspec.Raw(msgspec.json.encode({"userId": "u", "type": "track", **event})) for event in events
        ]
        at = NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        await writer.append([encode_received(Received(at, "10.0.0.1", "web", raw)) for raw in raws])
        await writer.close()

    asyncio.run(append())
    Loader(open_reader(project.data_dir, "events"), lake, project.sources(), LoadSettings()).run_once()


def paid(number: int, **properties: object) -> dict[str, object]:
    return {"event": "Paid", "messageId": f"m{number}", "properties": {"orderId": f"o{number}", **properties}}


def test_what_was_loaded_stands_in_the_tables_with_plan_and_usage(project: Project, lake: DuckLake) -> None:
    load(project, lake, *(paid(number, currencyCode="EUR") for number in range(3)))
    assert refresh_in(project, lake).events == 2
    load(project, lake, paid(3, total="much"), paid(4, total=5))
    report = refresh_in(project, lake)
    assert report.counted == 4
    assert refresh_in(project, lake).changed == 0

    [event] = lake.query("SELECT * FROM mainstem.event_catalogue WHERE table_name = 'paid'").to_pylist()
    assert (event["namespace"], event["type"], event["event"], event["rows"]) == (
        "my_site",
        "track",
        "Paid",
        5,
    )
    assert (event["planned"], event["plan"], event["description"]) == (True, "site", "Somebody paid.")
    assert (json.loads(event["used_by"]), json.loads(event["sources"])) == (["model orders"], ["web"])
    rows = lake.query("SELECT * FROM mainstem.property_catalogue WHERE table_name = 'paid'").to_pylist()
    found = {row["column_name"]: row for row in rows}
    assert found["order_id"]["path"] == "properties.orderId"
    assert found["currency_code"]["path"] == "properties.currencyCode"
    assert json.loads(found["order_id"]["used_by"]) == ["model orders"]
    assert (found["currency_code"]["present"], found["currency_code"]["null_share"]) == (3, 0.4)
    assert json.loads(found["currency_code"]["sample_values"]) == [{"value": "EUR", "rows": 3}]
    assert found["currency_code"]["planned"] is False
    [day] = lake.query("SELECT * FROM mainstem.event_volumes WHERE table_name = 'paid'").to_pylist()
    assert (day["day"].date().isoformat(), day["rows"]) == (NOW.date().isoformat(), 5)


def test_a_plan_that_does_not_read_leaves_the_rest_of_the_catalogue(
    project: Project, lake: DuckLake, caplog: pytest.LogCaptureFixture
) -> None:
    (project.folder / "tracking-plan" / "site.yml").write_text("version: [")
    (project.data_dir / "dbt" / "target" / "manifest.json").write_text("{")
    load(project, lake, paid(1))
    assert refresh_in(project, lake).events == 2
    event = read_catalogue(lake).named("my_site", "paid")
    assert event is not None
    assert (event.rows, event.planned, event.used_by) == (1, None, None)
    assert "goes without the plan of source web" in caplog.text
    assert "does not know what dbt uses" in caplog.text
    assert "explores" not in caplog.text, "a project may do without LookML"


def test_a_lake_without_a_catalogue_has_an_empty_one(lake: DuckLake) -> None:
    assert read_catalogue(lake) == Catalogue()


def test_pages_read_the_catalogue_once_in_a_while_and_go_on_without_the_warehouse(project: Project) -> None:
    reads: list[float] = []
    clock = [0.0]

    def read() -> Catalogue:
        reads.append(clock[0])
        if clock[0] > 30:
            raise WarehouseBusy("away")
        return Catalogue()

    desk = WarehouseCatalogue(project, read, lambda: clock[0])
    assert desk.remembered() is None
    assert desk.now().catalogue == Catalogue()
    desk.now()
    assert len(reads) == 1
    clock[0] = 20.0
    desk.now()
    assert len(reads) == 2
    clock[0] = 100.0
    now = desk.now()
    assert (now.catalogue, now.problem) == (Catalogue(), "away")
    assert now.plans == {"web": "tracking-plan/site.yml"}
