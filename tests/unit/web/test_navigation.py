from __future__ import annotations

from typing import Any

import pytest

from mainstem.web.auth import Role
from mainstem.web.navigation import ENTRIES, Entry, navigation

PAGES = (
    Entry("Dashboards", "/dashboards", "bars", role=Role.VIEWER),
    Entry("Users", "/users", "person", role=Role.ADMIN, section="Administration"),
    Entry("Explores", "/explores", "cube", role=Role.EXPLORER),
)


def labels(role: Role | None) -> list[tuple[str, list[str]]]:
    return [
        (section.label, [entry.label for entry in section.entries])
        for section in navigation(role, "/", PAGES)
    ]


def test_sections_appear_by_role_and_those_without_a_heading_come_first() -> None:
    assert labels(Role.VIEWER) == [("", ["Dashboards"])]
    assert labels(Role.EXPLORER) == [("", ["Dashboards", "Explores"])]
    assert labels(Role.ADMIN) == [("", ["Dashboards", "Explores"]), ("Administration", ["Users"])]


def test_nobody_sees_no_navigation() -> None:
    assert labels(None) == []


@pytest.mark.parametrize(
    ("path", "current"),
    [("/dashboards", "page"), ("/dashboards/health", "true"), ("/dashboardsx", None), ("/", None)],
)
def test_the_section_of_a_page_is_marked(path: str, current: str | None) -> None:
    ((dashboards,),) = [section.entries for section in navigation(Role.VIEWER, path, PAGES)]
    assert dashboards.current == current


def test_every_entry_leads_to_a_page_that_its_role_may_see(web: Any) -> None:
    for entry in ENTRIES:
        client = web.logged_in(f"{entry.role.label}@example.org", entry.role)
        answer = client.get(entry.href)
        assert answer.status_code in (200, 404, 503), entry
        assert f'href="{entry.href}"' in answer.text


def test_every_entry_has_a_drawing_and_an_address_of_its_own(web: Any) -> None:
    page = web.client.get("/dashboards").text
    for entry in ENTRIES:
        assert page.count(f'class="nav-entry" href="{entry.href}"') == 2  # the rail, and the phone's sheet
    assert len({entry.href for entry in ENTRIES}) == len(ENTRIES)


def test_a_stranger_gets_neither_navigation_nor_search(web: Any) -> None:
    page = web.stranger().get("/nowhere").text
    assert "Nothing here" in page
    assert "nav-entry" not in page
    assert "search-box" not in page


def test_the_user_menu_logs_out_with_a_token(web: Any) -> None:
    page = web.client.get("/dashboards").text
    menu = page[page.index("user-menu") :]
    assert "ada@example.org" in menu
    assert 'action="/logout"' in menu
    assert 'name="csrf_token" value="' in menu
