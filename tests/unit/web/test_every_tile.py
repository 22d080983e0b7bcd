"""A page with every kind of element: each is drawn, described, and had as a file."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from mainstem.testing.every_tile import open_every_tile
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.web import Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.web import Assets

BOARD = "/dashboards/everything"
CHARTS = (
    *("line", "area", "column", "bar", "pie", "donuts", "scatter", "boxplot", "waterfall", "funnel"),
    *("timeline", "words", "map", "flows", "seats", "trellis", "both"),
)


@pytest.fixture
def page(tmp_path: Path, assets: Assets) -> Iterator[TestClient]:
    shop, kept = open_every_tile(tmp_path), MemoryAccounts()
    services = Services(shop.explorers, "1.2.3", accounts=kept.accounts)
    client = TestClient(build_app(services, WebSettings(), assets), base_url="http://127.0.0.1")
    client.cookies.set(
        "mainstem_session_80", kept.session("ann@example.org", Role.EXPLORER), domain="127.0.0.1"
    )
    yield client
    shop.warehouse.close()


def test_each_kind_of_element_is_shown(page: TestClient) -> None:
    board = page.get(BOARD).text
    urls = dict(re.findall(r'data-tile="([^"]+)"[^>]*data-tile-url="([^"]+)"', board))
    tiles = {name: page.get(html.unescape(url)).text for name, url in urls.items()}
    for name in CHARTS:
        said = re.search(r'<mainstem-chart role="img" aria-label="([^"]{20,})"', tiles[name])
        assert said, name
        assert "<table" in tiles[name], name
    assert 'data-value="280"' in tiles["inherited"]
    assert all(name in tiles["both"] for name in ("Revenue", "Seats", "Each", "plans.seats"))
    assert "Explore its first query" in tiles["both"]
    assert tiles["trellis"].count("<mainstem-chart") == 4
    assert "All plans" in tiles["value"]
    assert "<strong>taxes</strong>" in tiles["value"]
    assert 'class="unseen"' in tiles["line"].split("</h2>")[0]
    assert "Twice" in tiles["table"]
    assert ">Plan<" not in tiles["table"]
    assert 'data-background="#1c6e3d"' in tiles["grid"]
    assert "sales.lost" in tiles["broken"]
    assert "shop.model.lkml:" in tiles["broken"]
    assert "everything.dashboard.lookml:" in tiles["broken"]
    assert "<em>words</em>" in board
    assert 'href="https://example.org/more"' in board


def test_a_pick_in_one_explore_filters_a_tile_of_another_by_what_both_hear(page: TestClient) -> None:
    picked = "cross[sales.plan]=Team&cross_by[sales.plan]=waterfall"
    seats = page.get(f"{BOARD}/tiles/seats?{picked}").text
    assert 'data-rows="1"' in seats
    both = page.get(f"{BOARD}/tiles/both?{picked}").text
    assert 'data-rows="1"' in both
    assert len(re.findall(r"plan = &#39;Team&#39;|plan\W+=\W+&#39;Team&#39;", both)) == 2
    assert "1 tile cannot follow" not in page.get(f"{BOARD}?{picked}").text


@pytest.mark.long
def test_the_printed_dashboard_has_them_all(page: TestClient) -> None:
    made = page.get(f"{BOARD}/download/pdf").content
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(made)).pages)
    for said in ("280", "$14,229", "Osaka", "In words", "A chart a region", "This tile could not be made"):
        assert said in text, said
