from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.store.queries import Grouped, KeptRun
from mainstem.testing.page_text import main_text
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.testclient import TestClient

    from mainstem.web.queries import By, Wanted

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
RUN = KeptRun(
    7,
    AT,
    "web",
    "ann@example.org",
    "/dashboards/health/tiles/visitors",
    "health",
    "visitors",
    "company",
    "visits",
    "a1b2",
    1200,
    2048,
    0.25,
    False,
    None,
    "SELECT '<x>' FROM visits",
)
FAILED = replace(RUN, id=6, dashboard=None, tile=None, explore=None, model=None, via="command line",
                 page="mainstem sql", error="no column <y>", rows=None, bytes=None, sql=None)  # fmt: skip
GROUP = Grouped("a1b2", 40, 2, 0, 80.0, 9.5, 2.0, 4000, 3_000_000, AT, "SELECT 1")


class Desk:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Wanted]] = []
        self.runs: list[KeptRun] = [RUN, FAILED]

    def newest(self, limit: int, wanted: Wanted, before: int | None = None) -> Sequence[KeptRun]:
        self.asked.append(("newest", wanted))
        return [run for run in self.runs if before is None or run.id < before][:limit]

    def slowest(self, limit: int, wanted: Wanted) -> Sequence[KeptRun]:
        self.asked.append(("slowest", wanted))
        return self.runs

    def grouped(self, by: By, limit: int, wanted: Wanted, order: str) -> Sequence[Grouped]:
        self.asked.append((f"{by} by {order}", wanted))
        return [GROUP]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def web(company: Any, make_web: Any, desk: Desk) -> Any:
    return make_web(company, queries=desk)


@pytest.fixture
def admin(web: Any) -> TestClient:
    client: TestClient = web.client
    return client


def test_each_run_says_who_asked_from_where_and_what_it_took(admin: TestClient) -> None:
    text = main_text(admin.get("/queries").text)
    for said in (
        "ann@example.org web",
        "health tile visitors",
        "250 ms",
        "1,200",
        "2.0 kB",
        "SELECT &#39;&lt;x&gt;&#39; FROM visits",
        "no column &lt;y&gt;",
        "mainstem sql",
    ):
        assert said in text, said


def test_only_administrators_see_the_query_log(web: Any) -> None:
    for role in (Role.VIEWER, Role.EXPLORER, Role.DEVELOPER):
        page = web.logged_in(f"{role.label}@example.org", role).get("/queries")
        assert page.status_code == 403
        assert "SELECT" not in page.text


def test_filters_of_the_address_are_what_the_log_is_asked(admin: TestClient, desk: Desk) -> None:
    filters = "login=ann&dashboard=health&explore=company.visits&via=api&failed=yes&hash=ab"
    filters = "login=ann&dashboard=health&explore=company.visits&via=api&failed=yes&hash=ab"
    admin.get(f"/queries?days=30&{filters}")
    [(view, wanted)] = desk.asked
    assert view == "newest"
    assert (wanted.login, wanted.dashboard, wanted.explore) == ("ann", "health", "company.visits")
    assert (wanted.via, wanted.hash, wanted.failed) == ("api", "ab", True)
    assert wanted.since is not None
    assert abs(datetime.now(UTC) - timedelta(days=30) - wanted.since) < timedelta(minutes=5)


VIEWS = {
    "slowest": "slowest",
    "frequent": "query by runs",
    "users": "user by seconds",
    "dashboards": "dashboard by seconds",
    "explores": "explore by seconds",
    "nonsense": "newest",
}


def test_each_view_asks_its_question(admin: TestClient, desk: Desk) -> None:
    for view in VIEWS:
        assert admin.get(f"/queries?view={view}").status_code == 200
    assert [question for question, _ in desk.asked] == list(VIEWS.values())


def test_runs_that_were_added_up_lead_to_the_runs(admin: TestClient) -> None:
    page = admin.get("/queries?view=frequent&days=7").text
    assert 'href="/queries?days=7&amp;hash=a1b2"' in page
    text = main_text(page)
    assert "80.00 s" in text
    assert "2.9 MB" in text


def test_older_runs_are_a_page_away(admin: TestClient, desk: Desk) -> None:
    desk.runs = [replace(RUN, id=500 - n) for n in range(150)]
    page = admin.get("/queries").text
    assert "before=401" in page
    assert 'rel="prev"' in admin.get("/queries?before=401").text


def test_nothing_found_is_said(admin: TestClient, desk: Desk) -> None:
    desk.runs = []
    assert "No queries" in main_text(admin.get("/queries").text)


def test_a_server_without_a_query_log_has_no_such_page(company: Any, make_web: Any) -> None:
    assert make_web(company).client.get("/queries").status_code == 404
