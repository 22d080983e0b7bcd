from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.events import Source
from mainstem.operate.catalogue import (
    Catalogue,
    DayCount,
    EventEntry,
    PropertyEntry,
    SampleValue,
    Sender,
    SpelledName,
)
from mainstem.testing.memory_catalogue import MemoryCatalogue
from mainstem.testing.memory_sources import MemorySources
from mainstem.testing.page_text import main_text
from mainstem.web.auth import Role
from mainstem.web.catalogue import CHART_DAYS, Day, bars_of, last_days

if TYPE_CHECKING:
    from starlette.testclient import TestClient

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=90)
TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)


def event(table: str, name: str, **facts: Any) -> EventEntry:
    given: dict[str, Any] = {
        "type": "track",
        "sources": ("web",),
        "rows": 10,
        "first_seen": LONG_AGO,
        "last_seen": NOW,
        "used_by": ("model orders",),
        "refreshed_at": NOW,
        "sampled_rows": 10,
        "rows_when_sampled": 10,
        "sampled_at": NOW,
    }
    return EventEntry(
        key=f"website.{table}", namespace="website", table_name=table, event=name, **{**given, **facts}
    )


def property_of(one: EventEntry, column: str, **facts: Any) -> PropertyEntry:
    given: dict[str, Any] = {
        "position": 0,
        "present": 10,
        "first_seen": LONG_AGO,
        "used_by": ("model orders",),
    }
    return PropertyEntry(
        key=one.key,
        namespace=one.namespace,
        table_name=one.table_name,
        column_name=column,
        **{**given, **facts},
    )


PAID = event(
    "paid",
    "<Paid>",
    rows=1234,
    planned=True,
    plan="site",
    description="Somebody paid.",
    owner="checkout team",
    since="1.2",
    first_version="1.3",
    names=(SpelledName("<Paid>", 1200), SpelledName("paid", 34)),
    senders=(Sender("analytics-js", "3.1", "1.3", "web", 1234, NOW),),
)
INVITED = event("invited", "Invited", planned=False, first_seen=NOW, used_by=())
PAGES = event("pages", "pages", type="page", used_by=None)
PROPERTIES = {
    PAID.key: (
        property_of(PAID, "id", path="messageId"),
        property_of(PAID, "context_ip", path="context.ip", pii="ip", pii_from="name"),
        property_of(
            PAID,
            "order_id",
            path="properties.orderId",
            description="Ours.",
            planned=True,
            required=True,
            distinct_values=1000,
            unsampled_because="it has many distinct values",
        ),
        property_of(
            PAID,
            "plan",
            sample_values=(SampleValue("<pro>", 9),),
            planned=False,
            null_share=0.25,
            first_seen=NOW,
            used_by=(),
        ),
        property_of(PAID, "total", type="int", conflicts=12, conflict_reason="from int to string"),
    ),
    INVITED.key: (
        property_of(INVITED, "friend", pii="email", pii_from="values", pii_share=0.5, used_by=None),
    ),
}
CATALOGUE = Catalogue(
    (INVITED, PAGES, PAID),
    PROPERTIES,
    {PAID.key: (DayCount(TODAY - timedelta(days=40), 99), DayCount(TODAY, 7))},
)


@pytest.fixture
def desk() -> MemoryCatalogue:
    return MemoryCatalogue(CATALOGUE)


@pytest.fixture
def web(company: Any, make_web: Any, desk: MemoryCatalogue) -> Any:
    sources = MemorySources(Source("web", "Website", ("K",), tracking_plan="site"))
    return make_web(company, sources=sources, catalogue=desk)


def events_of(client: TestClient, query: str = "") -> list[str]:
    page = client.get(f"/catalogue{query}")
    assert page.status_code == 200
    return re.findall(
        r'<th scope="row" class="catalogue-event"><a href="/catalogue/website/(\w+)"', page.text
    )


def test_events_are_listed_the_busiest_first(analyst: TestClient) -> None:
    assert events_of(analyst) == ["paid", "invited", "pages"]
    page = analyst.get("/catalogue").text
    assert "&lt;Paid&gt;" in page
    assert "Events a day over the last 28 days, at most 7" in page
    assert "Somebody paid." in page


def test_the_table_that_holds_every_event_again_is_listed_only_where_it_is_asked_for(
    company: Any, make_web: Any
) -> None:
    tracks = event("tracks", "tracks", type="tracks", rows=9999)
    catalogue = MemoryCatalogue(Catalogue((PAID, tracks), {}, {}))
    client = make_web(company, catalogue=catalogue).logged_in("ann@example.org", Role.EXPLORER)
    assert events_of(client) == ["paid"]
    assert "All <span>1</span>" in client.get("/catalogue").text
    assert events_of(client, "?type=tracks") == ["tracks"]
    assert client.get("/catalogue/website/tracks").status_code == 200


def test_events_are_put_in_the_order_asked_for(analyst: TestClient) -> None:
    assert events_of(analyst, "?sort=event") == ["paid", "invited", "pages"]
    assert events_of(analyst, "?sort=-first") == ["invited", "pages", "paid"]


FOUND = {
    "?q=orderId": ["paid"],
    "?q=checkout+somebody": ["paid"],
    "?q=nothing+like+it": [],
    "?type=page": ["pages"],
    "?source=web": ["paid", "invited", "pages"],
    "?source=other": [],
    "?flag=conflicts": ["paid"],
    "?flag=new": ["paid", "invited"],
    "?flag=unplanned": ["paid", "invited"],
    "?flag=personal": ["invited"],
    "?flag=unused": ["invited"],
    "?flag=quiet": ["invited", "pages"],
}


def test_events_are_found_by_words_and_by_what_is_worth_noticing(analyst: TestClient) -> None:
    assert {query: sorted(events_of(analyst, query)) for query in FOUND} == {
        query: sorted(found) for query, found in FOUND.items()
    }


def test_a_property_that_was_searched_for_is_named_and_linked(analyst: TestClient) -> None:
    assert 'href="/catalogue/website/paid#p-order_id"' in analyst.get("/catalogue?q=orderid").text


def test_an_event_shows_all_that_is_known_of_it(analyst: TestClient, desk: MemoryCatalogue) -> None:
    desk.plans["web"] = "tracking-plan/site.yml"
    page = analyst.get("/catalogue/website/paid")
    text = main_text(page.text)
    for said in (
        "1,234",
        "Somebody paid.",
        "checkout team",
        "since 1.3 (the plan says 1.2)",
        "in plan site",
        "tracking-plan/site.yml",
        "analytics-js 3.1",
        "dbt models: orders",
        "properties.orderId",
        "12 did not fit",
        "75 %",
        "&lt;pro&gt;",
        "1 new",
        "FROM lake.website.paid",
    ):
        assert said in text, said
    assert 'href="/sources/web/live?type=track&amp;name=%3CPaid%3E"' in page.text


def test_what_is_not_known_is_said_and_not_guessed(analyst: TestClient) -> None:
    text = main_text(analyst.get("/catalogue/website/pages").text)
    assert "not known: dbt has written no manifest yet" in text
    assert "its source has no plan" in text
    assert "no dbt model and no explore reads this table" in main_text(
        analyst.get("/catalogue/website/invited").text
    )


def test_a_sample_is_shown_as_text(analyst: TestClient) -> None:
    assert "<pro>" not in analyst.get("/catalogue/website/paid").text


def test_an_event_there_is_not_is_404(analyst: TestClient) -> None:
    assert analyst.get("/catalogue/website/nothing").status_code == 404


def test_the_catalogue_is_for_analysts_and_above(web: Any) -> None:
    viewer = web.logged_in("vera@example.org", Role.VIEWER)
    assert viewer.get("/catalogue").status_code == 403
    assert viewer.get("/catalogue/website/paid").status_code == 403
    assert "Paid" not in viewer.get("/search?q=paid").text.partition("<main")[2]


def test_events_and_properties_are_found_by_the_search_box(analyst: TestClient) -> None:
    found = analyst.get("/search?q=orderid").text
    assert "/catalogue/website/paid#p-order_id" in found
    assert 'href="/catalogue/website/invited"' in analyst.get("/search?q=invited").text


def test_a_warehouse_that_is_away_leaves_what_was_read_last(
    analyst: TestClient, desk: MemoryCatalogue
) -> None:
    desk.problem = "the lake's catalog does not answer"
    text = main_text(analyst.get("/catalogue").text)
    assert "The warehouse does not answer." in text
    assert "website.paid" in text
    desk.catalogue = None
    assert "No events yet" in main_text(analyst.get("/catalogue").text)


def test_nothing_yet_says_how_to_get_there(analyst: TestClient, desk: MemoryCatalogue) -> None:
    desk.catalogue = Catalogue()
    assert "mainstem catalogue refresh" in main_text(analyst.get("/catalogue").text)


def test_a_deprecated_event_says_what_to_send_instead(analyst: TestClient, desk: MemoryCatalogue) -> None:
    old = msgspec.structs.replace(PAID, deprecated="Send Order Completed.")
    desk.catalogue = Catalogue((old,), PROPERTIES)
    assert "Send Order Completed." in main_text(analyst.get("/catalogue/website/paid").text)
    assert events_of(analyst, "?flag=deprecated") == ["paid"]


def test_a_server_without_a_catalogue_has_no_such_page(company: Any, make_web: Any) -> None:
    assert make_web(company).client.get("/catalogue").status_code == 404


def test_days_without_events_are_days_of_the_chart() -> None:
    at = datetime(2026, 3, 10, 23, tzinfo=UTC)
    days = last_days([DayCount(datetime(2026, 3, 9, tzinfo=UTC), 4)], at)
    assert len(days) == CHART_DAYS
    assert [day.rows for day in days[-3:]] == [0, 4, 0]
    assert days[-1].day == datetime(2026, 3, 10, tzinfo=UTC)


def test_a_day_with_one_event_has_a_bar_beside_days_of_millions() -> None:
    days = [Day(TODAY, 5_000_000), Day(TODAY, 1), Day(TODAY, 0)]
    bars = bars_of(days, 90, 20)
    assert [bar.height > 0 for bar in bars.bars] == [True, True, False]
    assert max(bar.y + bar.height for bar in bars.bars) <= 20
    assert bars_of([], 90, 20).bars == ()
