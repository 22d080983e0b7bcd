"""What is picked in one tile, asked of the others."""

from __future__ import annotations

import html
import re
from dataclasses import replace as changed
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
import pytest

from mainstem.query.request import Request
from mainstem.web.boards import read_crosses, without_crosses
from mainstem.web.boards.cross import crossed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from starlette.testclient import TestClient

PICKED = [("cross[visits.source]", "google"), ("cross_by[visits.source]", "sources")]


@pytest.fixture
def crossing(company: Any, make_web: Callable[..., Any]) -> Any:
    """The dashboard of visits, where marks filter it."""
    board = company.dashboards["health"]
    lets = msgspec.structs.replace(board, crossfilter_enabled=True)
    return make_web(changed(company, dashboards={"health": lets}))


def tiles_of(page: str) -> dict[str, str]:
    found = re.findall(r'data-tile="([^"]+)"[^>]*data-tile-url="([^"]+)"', page)
    return {name: html.unescape(url) for name, url in found}


def test_an_address_is_read_and_what_names_no_tile_is_left_out() -> None:
    query = [("Period", "7 days"), *PICKED, ("cross[visits.source]", "NULL"), ("cross[visits.day]", "x")]
    (one,) = read_crosses(query)
    assert (one.field, one.expression, one.tile) == ("visits.source", "google,NULL", "sources")
    assert without_crosses(query) == [("Period", "7 days")]


def test_a_filter_that_a_tile_has_holds_beside_what_is_picked() -> None:
    asked = Request(model="m", explore="e", fields=("v.a",), filters={"v.a": "7 days", "v.b": ""})
    both = crossed(asked, {"v.a": '2026-01-01,"x"', "v.b": "google"})
    assert both.filters == {"v.a": "7 days", "v.b": "google"}
    assert both.filter_expression == r'matches_filter(${v.a}, "2026-01-01,\"x\"")'


def test_the_other_tiles_are_filtered_and_the_one_it_was_picked_in_is_not(crossing: Any) -> None:
    client, explorer = crossing.client, crossing.explorer
    page = client.get(f"/dashboards/health?{urlencode(PICKED)}").text
    urls = tiles_of(page)
    client.get(urls["daily"])
    assert explorer.asked[-1].filters["visits.source"] == "google"
    tile = client.get(urls["sources"]).text
    assert explorer.asked[-1].filters.get("visits.source", "") == ""
    assert 'data-pick-value="mail" aria-pressed="false"' in tile
    assert "row-back" in tile


def test_a_chip_says_what_was_picked_and_leads_out(crossing: Any) -> None:
    page = crossing.client.get(f"/dashboards/health?{urlencode(PICKED)}").text
    assert "picked in Sources" in page
    (out,) = re.findall(r'<a href="([^"]+)" aria-label="No longer filter on Source"', page)
    assert "cross" not in out


def test_a_tile_that_hears_nothing_of_a_change_keeps_its_address(crossing: Any) -> None:
    client = crossing.client
    before = tiles_of(client.get("/dashboards/health").text)
    after = tiles_of(client.get("/dashboards/health?cross[visits.x]=1&cross_by[visits.x]=sources").text)
    assert before == after


def test_only_what_a_tile_shows_can_be_picked(crossing: Any) -> None:
    hidden = urlencode([("cross[visits.email]", "a@b.c"), ("cross_by[visits.email]", "sources")])
    crossing.client.get(f"/dashboards/health/tiles/daily?{hidden}")
    assert "visits.email" not in crossing.explorer.asked[-1].filters


def test_marks_do_not_filter_a_dashboard_that_does_not_say_so(web: Any) -> None:
    web.client.get(f"/dashboards/health/tiles/daily?{urlencode(PICKED)}")
    assert web.explorer.asked[-1].filters.get("visits.source", "") == ""
    assert "data-picks" not in web.client.get("/dashboards/health/tiles/daily").text


def test_a_chart_carries_what_its_marks_stand_for(crossing: Any) -> None:
    tile = html.unescape(crossing.client.get("/dashboards/health/tiles/daily").text)
    assert '"2026-03-01"' in tile
    assert '{"visits.visit_date": "2026-03-01"}' in tile


def test_the_menu_of_a_mark_leads_to_the_explore_and_filters(crossing: Any) -> None:
    client = crossing.client
    labels = re.findall(r'data-mark="([^"]+)"', client.get("/dashboards/health/tiles/daily").text)
    menu = client.get(f"/dashboards/health/tiles/daily/mark?{urlencode({'mark': html.unescape(labels[0])})}")
    assert menu.status_code == 200
    assert "Filter the other tiles" in menu.text
    assert "/explore/company/visits?" in menu.text


def test_a_viewer_is_led_to_no_explore(crossing: Any) -> None:
    from mainstem.web.auth import Role

    viewer: TestClient = crossing.logged_in("vi@example.org", Role.VIEWER)
    menu = viewer.get("/dashboards/health/tiles/sources/mark?mark=mail").text
    assert "Filter the other tiles" in menu
    assert "/explore/" not in menu


def test_what_is_no_mark_leads_nowhere(crossing: Any) -> None:
    menu = crossing.client.get("/dashboards/health/tiles/sources/mark?mark=5+others").text
    assert "leads nowhere" in menu
