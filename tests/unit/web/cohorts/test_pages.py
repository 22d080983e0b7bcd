"""The pages over a shop of tests: what is counted, kept and told, and to whom it is not."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from mainstem.cohorts.keeping import Keeper, ShelvedCohorts
from mainstem.query.connections import Connections
from mainstem.query.context import Asking
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.testing.cohorts_by_hand import Event
from mainstem.testing.cohorts_shop import NOW, open_shop
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.memory_cohorts import MemoryCohorts
from mainstem.web import Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.web import Assets
    from mainstem.web.auth.stores import UserRecord

NOON = datetime(2026, 5, 4, 12)  # noqa: DTZ001 -- naive UTC, as the table holds it
FUNNEL = [("s1", "events"), ("s1e", "visit"), ("s2", "events"), ("s2e", "buy"), ("window", "1 hour")]


class Site:
    def __init__(self, folder: Path, assets: Assets) -> None:
        shop = open_shop(folder)
        names = [
            ("a1", "visit"),
            ("a2", "visit"),
            ("a2", "buy"),
            ("b1", "visit"),
            (None, "visit"),
            ("b1", "leave"),
        ]
        shop.warehouse.fill(
            Event(unit, NOON + timedelta(minutes=n, days=9 * (name == "leave")), str(n), name)
            for n, (unit, name) in enumerate(names)
        )
        for one in ("a1", "a2", "b1"):
            shop.warehouse.connection.execute("INSERT INTO people VALUES (?, ?)", (one, one))
        self.shelf, self.kept = MemoryCohorts(), MemoryAccounts()
        explorers = WarehouseExplorers(
            lambda: shop.explorer.project,
            Connections(shop.warehouse),
            lambda: NOW,
            cohorts=ShelvedCohorts(self.shelf),
        )
        accounts = replace(self.kept.accounts, asking_of=_asking)
        services = Services(explorers, "1.2.3", cohorts=Keeper(self.shelf), accounts=accounts)
        self.app = build_app(services, WebSettings(), assets)
        self.client = self.logged_in("ada", Role.ADMIN)

    def logged_in(self, login: str, role: Role) -> TestClient:
        client = TestClient(
            self.app, base_url="http://127.0.0.1", headers={"accept": "text/html", "user-agent": "a browser"}
        )
        client.cookies.set("mainstem_session_80", self.kept.session(login, role), domain="127.0.0.1")
        return client

    def page(self, address: str, client: TestClient | None = None) -> str:
        answer = (client or self.client).get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def keep(self, pick: str, title: str, client: TestClient | None = None, kind: str = "static") -> str:
        """Where the browser is led to."""
        client = client or self.client
        address = f"/cohorts/new?{urlencode([*FUNNEL, ('pick', pick)])}"
        token = csrf(self.page("/account", client))
        form = {"csrf_token": token, "address": address, "title": title, "kind": kind}
        answer = client.post("/cohorts/save", data=form, follow_redirects=False)
        assert answer.status_code == 303
        return str(answer.headers["location"])


def _asking(user: UserRecord, role: Role) -> Asking:
    return Asking({"account": user.login[-1]}, sees_everything=role >= Role.ADMIN)


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def site(tmp_path: Path, assets: Assets) -> Site:
    return Site(tmp_path, assets)


def answer_of(*pairs: tuple[str, str]) -> str:
    return f"/cohorts/new/answer?{urlencode([*FUNNEL, *pairs])}"


def test_a_page_that_nobody_touched_asks_nothing_and_says_how_to_begin(site: Site) -> None:
    page = site.page("/cohorts/new")
    assert "Name the event of each step" in page
    assert "/answer" not in page


def test_buttons_lead_to_the_address_of_what_comes_of_them(site: Site) -> None:
    def pressed(command: str, *more: tuple[str, str]) -> str:
        asked = urlencode([*FUNNEL, *more, ("do", command)])
        return str(site.client.get(f"/cohorts/new?{asked}", follow_redirects=False).headers["location"])

    assert pressed("add:s").endswith("&s2=events&s2e=buy&s3=events")
    assert pressed("up:s2").endswith("&s1=events&s1e=buy&s2=events&s2e=visit")
    assert pressed("drop:s2").endswith("&s1=events&s1e=visit")
    assert pressed("add:x").endswith("&x1=events")
    assert site.client.get(f"/cohorts/new?{urlencode([*FUNNEL, ('do', 'jump:s1')])}").status_code == 400


def test_a_funnel_tells_its_steps_in_words_and_numbers_that_lead_to_keeping_them(site: Site) -> None:
    page = site.page(answer_of())
    said = words(page)
    assert "Funnel: 3 people began, 1 (33.3%) got to step 2. Most were lost after step 1: 2." in said
    assert 'aria-label="2 people who dropped off after step 1: save as a cohort"' in page
    assert "1 time of visit belongs to no person that is known" in said


def test_those_who_dropped_off_are_kept_and_listed_and_filter_an_explore(site: Site) -> None:
    where = site.keep('{"type":"funnel","step":1,"outcome":"dropped"}', "Did not buy")
    assert where == "/cohorts/did-not-buy"
    page = words(site.page(where))
    assert "2 people" in page
    assert "People who got to step 1, visit, and never went on." in page
    assert "in cohort did-not-buy" in page
    assert "Did not buy" in words(site.page("/cohorts"))
    explore = site.page(
        "/explore/shop/people/answer?fields=people.name&f%5Bpeople.id%5D=in+cohort+did-not-buy"
    )
    assert 'data-rows="2"' in explore
    assert [entry.action for entry in site.kept.accounts.audit.newest(1)] == ["cohort.made"]


def test_a_filter_offers_cohorts_of_its_unit_to_those_who_may_know_of_them(site: Site) -> None:
    site.keep('{"type":"funnel","step":1}', "Visited")
    address = "/explore/shop/people/values/people.id?cohorts=yes"
    assert "Visited (visited)" in site.page(address)
    assert "1 cohort<" in site.page(address)
    assert "No cohort holds these letters" in site.page(f"{address}&q=zebra")
    other = "/explore/shop/events/values/events.account_id?cohorts=yes"
    assert "No cohorts are kept yet" in site.page(other)
    page = site.page("/explore/shop/people?fields=people.name&f%5Bpeople.id%5D=in+cohort+visited")
    assert "is in cohort visited" in words(page)
    assert 'option value="in_cohort" selected' in page


def test_a_restricted_viewer_counts_keeps_and_sees_their_own_alone(site: Site) -> None:
    site.keep('{"type":"funnel","step":1}', "Visited")
    only_a = site.logged_in("ann-a", Role.EXPLORER)
    assert "Funnel: 2 people began" in words(site.page(answer_of(), only_a))
    assert "not for you" in site.page("/cohorts", only_a)
    assert "3 people" not in words(site.page("/cohorts/visited", only_a))
    theirs = site.keep('{"type":"funnel","step":1}', "Mine", only_a)
    assert [member.id for member in site.shelf.members(theirs.rpartition("/")[2])] == ["a1", "a2"]
    assert "2 people" in words(site.page(theirs, only_a))


def test_only_its_owner_and_administrators_change_a_cohort(site: Site) -> None:
    where = site.keep('{"type":"funnel","step":1}', "Visited", kind="dynamic")
    other = site.logged_in("bob-b", Role.EXPLORER)
    token = csrf(site.page("/account", other))
    for act in ("count", "describe", "remove"):
        assert other.post(f"{where}/{act}", data={"csrf_token": token}).status_code == 403
    token = csrf(site.page(where))
    assert site.client.post(f"{where}/count", data={"csrf_token": token}).status_code == 200
    assert len(site.shelf.counts("visited", 5)) == 2
    renamed = {"csrf_token": token, "title": "Came by", "description": "For mails"}
    assert "Came by" in site.client.post(f"{where}/describe", data=renamed).text
    site.client.post(f"{where}/remove", data={"csrf_token": token})
    assert site.client.get(where).status_code == 404


def test_viewers_ask_nothing_and_keep_nothing(site: Site) -> None:
    viewer = site.logged_in("vera-a", Role.VIEWER)
    for path in ("/cohorts", "/cohorts/new", answer_of()):
        assert viewer.get(path).status_code == 403


def test_what_cannot_be_asked_says_why_and_nothing_is_kept(site: Site) -> None:
    answer = site.client.get(answer_of(("mode", "mixed")))
    assert answer.status_code == 400
    assert "valid are ordered, strict, any" in words(answer.text)
    where = site.keep('{"type":"funnel","step":9}', "Nine")
    assert where.startswith("/cohorts/new?")
    assert "Not saved: the funnel has steps 1 to 2" in words(site.page("/cohorts"))
    assert site.shelf.all() == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("retention", "Retention: 3 people began."),
        ("paths", "Paths of 3 people, 2 different ones."),
    ],
)
def test_every_kind_is_drawn_with_its_words_and_its_numbers_as_a_table(
    site: Site, kind: str, said: str
) -> None:
    page = site.page(answer_of(("kind", kind), ("span", "day")))
    assert said in words(page)
    assert "<caption" in page
    assert 'role="img" aria-label="' in page or kind == "retention"
