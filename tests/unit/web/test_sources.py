from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.collect.counts_file import GatewayCounts, Minute
from mainstem.errors import LogCorrupted
from mainstem.events import Resolved, Source
from mainstem.testing.memory_sources import MemorySources
from mainstem.testing.page_text import main_text
from mainstem.tracking.catalogue import CONTEXT, SourceCatalogue
from mainstem.web.auth import Role
from mainstem.web.sources import GatewayAddress, Met

if TYPE_CHECKING:
    from starlette.testclient import TestClient

WEB = Source("web", "Website", ("KEY1", "KEY2"), "Javascript", environment="qa", tracking_plan="site")
APP = Source("app", "<App>", ("K3",), "Python", enabled=False, privacy="product")


@pytest.fixture
def desk() -> MemorySources:
    return MemorySources(WEB, APP)


@pytest.fixture
def web(company: Any, make_web: Any, desk: MemorySources) -> Any:
    return make_web(company, sources=desk)


def row_heads(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="([^"]+)"', page)


def keys_of(page: str) -> list[str]:
    return re.findall(r'data-event="([^"]+)"', page)


def cursor_of(page: str) -> str:
    found = re.search(r'data-cursor="([^"]*)"', page)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    "path", ["", "/web", "/web/live", "/web/live/more", "/web/events", "/web/quarantine", "/web/settings"]
)
def test_the_pages_are_for_analysts_and_above(web: Any, path: str, desk: MemorySources) -> None:
    desk.events.send({"type": "track", "event": "Hidden", "userId": "secret-user"})
    refused = web.logged_in("vic@example.org", Role.VIEWER).get(f"/sources{path}")
    assert refused.status_code == 403
    assert "secret-user" not in refused.text
    assert web.logged_in("ann@example.org", Role.EXPLORER).get(f"/sources{path}").status_code == 200
    assert web.stranger().get(f"/sources{path}", follow_redirects=False).status_code == 303


def test_the_list_tells_what_is_known_of_each_source(analyst: TestClient, desk: MemorySources) -> None:
    desk.met["web"] = Met(Minute(1234, 5, 6, 7), "2026-01-02T03:04:05Z")
    page = analyst.get("/sources").text
    assert "&lt;App&gt;" in page
    cells = main_text(page)
    for told in ("Javascript", "qa", "website_qa", "1,234", "2026-01-02 03:04:05 UTC", "site", "product"):
        assert told in cells
    assert 'href="/sources/web/quarantine">5<' in page


def test_the_list_is_sorted_and_searched_by_the_address(analyst: TestClient, desk: MemorySources) -> None:
    desk.met["web"] = Met(Minute(3, 0, 0, 0), None)
    assert row_heads(analyst.get("/sources").text) == ["/sources/app", "/sources/web"]
    assert row_heads(analyst.get("/sources?sort=-events").text) == ["/sources/web", "/sources/app"]
    assert row_heads(analyst.get("/sources?q=PYTHON").text) == ["/sources/app"]
    assert "No source like that" in analyst.get("/sources?q=nothing").text
    assert "q=py" in analyst.get("/sources?q=py").text.partition("<thead")[2]


def test_a_source_is_found_by_the_search_box(analyst: TestClient) -> None:
    assert 'href="/sources/web"' in analyst.get("/search?q=website").text


def test_settings_that_do_not_check_are_told_on_every_page(analyst: TestClient, desk: MemorySources) -> None:
    desk.problem = "mainstem.toml:9: [[sources]] has no setting <x>"
    counts = GatewayCounts("gateway-1", 1, "S", "T", config_error="mainstem.toml:8: another")
    desk.gateways = (counts,)
    for path in ("", "/web", "/web/live", "/web/settings"):
        page = analyst.get(f"/sources{path}").text
        assert "mainstem.toml:9: [[sources]] has no setting &lt;x&gt;" in page
        assert "gateway-1" in page
        assert "mainstem.toml:8: another" in page


def test_a_source_that_is_gone_is_404_and_a_server_without_sources_has_none(
    analyst: TestClient, company: Any, make_web: Any
) -> None:
    gone = analyst.get("/sources/gone/live")
    assert gone.status_code == 404
    assert "gone" in gone.text
    assert make_web(company).client.get("/sources").status_code == 404


def test_code_to_install_holds_the_key_and_the_address_that_of_the_type_first(analyst: TestClient) -> None:
    page = analyst.get("/sources/web").text
    assert "analytics.load(&#34;KEY1&#34;, &#34;https://events.example.com&#34;" in page
    assert "cdnURL: &#34;https://events.example.com&#34;" in page
    assert "curl -u KEY1: https://events.example.com/v1/track" in page
    assert page.count("KEY2") == 1, "the other key is a choice alone"
    second = analyst.get("/sources/web?key=2").text
    assert "analytics.load(&#34;KEY2&#34;" in second
    assert analyst.get("/sources/web?key=9").status_code == 200
    tabs = re.findall(r'role="tab"[^>]*>([^<]+)<', page)
    assert tabs[0] == "Web"
    assert {
        "Python",
        "Node",
        "Go",
        "Java",
        "Ruby",
        "iOS",
        "Android",
        "Flutter",
        "React Native",
        "HTTP",
    } < set(tabs)
    assert re.findall(r'role="tab"[^>]*>([^<]+)<', analyst.get("/sources/app").text)[0] == "Python"


def test_no_placeholder_is_left_and_a_key_stands_quoted_in_code_and_shell(
    analyst: TestClient, desk: MemorySources
) -> None:
    desk.sources.append(Source("odd", "Odd", ("a\"b'c",), "Python"))
    page = analyst.get("/sources/odd").text
    assert not re.search(r"WRITE_KEY|DATA_PLANE|SDK_URL", page)
    assert "Client(&#34;a\\&#34;b&#39;c&#34;" in page


def test_the_browser_sdk_is_taken_from_the_gateway_where_it_hosts_it(
    analyst: TestClient, desk: MemorySources
) -> None:
    assert "served by this gateway" not in analyst.get("/sources/web").text
    desk.gateway = GatewayAddress("http://127.0.0.1:8080", False, "http://127.0.0.1:8080/sdk/rsa.min.js")
    page = analyst.get("/sources/web").text
    assert "src=&#34;http://127.0.0.1:8080/sdk/rsa.min.js&#34;" in page
    assert "public_url" in page, "an address that others may not reach is told"


def test_a_webhook_is_shown_the_url_to_give_away(company: Any, make_web: Any) -> None:
    hook = Source("hook", "Hook", ("K/&4",), category="webhook")
    page = make_web(company, sources=MemorySources(hook)).logged_in("ann@example.org", Role.EXPLORER)
    text = page.get("/sources/hook").text
    assert "/v1/webhook?writeKey=K%2F%264" in text
    assert text.index("/v1/webhook") < text.index("/v1/track")


def test_the_first_event_is_waited_for_and_then_told(analyst: TestClient, desk: MemorySources) -> None:
    waiting = analyst.get("/sources/web").text
    assert "Waiting for the first event" in waiting
    assert 'hx-get="/sources/web/first-event"' in waiting
    desk.met["web"] = Met(Minute(1), "2026-01-02T03:04:05Z")
    arrived = analyst.get("/sources/web/first-event").text
    assert "Events arrive" in arrived
    assert "hx-get" not in arrived
    assert 'data-state="ok"' in arrived


def test_live_shows_what_was_kept_newest_first_with_the_reason_of_what_was_not(
    analyst: TestClient, desk: MemorySources
) -> None:
    desk.events.send(
        {"type": "track", "event": "Order <b>", "userId": "u1"}, received_at="2026-01-02T03:04:05.000Z"
    )
    desk.events.send(
        {"type": "page", "name": "Home", "anonymousId": "anon"}, received_at="2026-01-02T03:04:07.000Z"
    )
    desk.hold({"type": "track"}, "no id <at all>", received_at="2026-01-02T03:04:06.000Z")
    desk.events.send({"type": "track", "event": "Another's"}, source_id="app")
    page = analyst.get("/sources/web/live").text
    assert [key.partition("-")[0] for key in keys_of(page)] == ["events", "quarantine", "events"]
    assert "Order &lt;b&gt;" in page
    assert "no id &lt;at all&gt;" in page
    assert "Another&#39;s" not in page
    assert "&#34;anonymousId&#34;: &#34;anon&#34;" in page, "the whole event, indented"


def test_live_and_the_list_of_events_say_what_privacy_rules_took_away_and_what_is_not_planned(
    analyst: TestClient, desk: MemorySources
) -> None:
    desk.events.send(
        {
            "type": "track",
            "event": "Signed Up",
            "properties": {"plan": "pro"},
            "context": {
                "privacy": {"profile": "product", "removed": ["properties.comment", "context.traits.name"]},
                "violationErrors": [{"type": "Unplanned-Event", "message": "event Signed Up is not planned"}],
            },
        }
    )
    live = main_text(analyst.get("/sources/web/live").text)
    assert "Privacy rules (product): removed properties.comment, context.traits.name" in live
    assert "Tracking plan: event Signed Up is not planned" in live
    events = main_text(analyst.get("/sources/web/events").text)
    assert "comment removed by privacy rules" in events
    assert "list it in the source’s tracking plan ( site )" in events


def test_live_goes_on_from_its_cursor(analyst: TestClient, desk: MemorySources) -> None:
    desk.events.send({"type": "track", "event": "One"})
    first = analyst.get("/sources/web/live").text
    assert len(keys_of(first)) == 1
    more = analyst.get(f"/sources/web/live/more?after={cursor_of(first)}").text
    assert keys_of(more) == []
    desk.events.send({"type": "track", "event": "Two"})
    desk.hold([1], "event is not a valid rudder event")
    desk.events.send({"type": "track", "event": "Elsewhere"}, partition="gateway-9")
    again = analyst.get(f"/sources/web/live/more?after={cursor_of(more)}").text
    assert len(keys_of(again)) == 3, "of every stream and partition, new ones too"
    assert "One" not in main_text(f"<main{again}</main>")
    last = analyst.get(f"/sources/web/live/more?after={cursor_of(again)}").text
    assert keys_of(last) == []


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["a", "b", "c"]),
        ("type=page", ["b"]),
        ("type=nonsense", ["a", "b", "c"]),
        ("outcome=quarantined", ["c"]),
        ("outcome=accepted", ["a", "b"]),
        ("name=ORDER", ["a"]),
        ("q=needle", ["b"]),
        ("q=because", ["c"]),
        ("type=track&q=needle", []),
    ],
)
def test_live_is_filtered_by_the_address(
    analyst: TestClient, desk: MemorySources, query: str, shown: list[str]
) -> None:
    desk.events.send({"type": "track", "event": "Order Completed", "mark": "a"})
    desk.events.send({"type": "page", "name": "Home", "mark": "b", "deep": {"in": "NEEDLE"}})
    desk.hold({"type": "track", "mark": "c"}, "because of it")
    page = analyst.get(f"/sources/web/live?{query}").text
    assert sorted(re.findall(r"&#34;mark&#34;: &#34;(\w)&#34;", page)) == shown
    assert query in page.replace("&amp;", "&") or "nonsense" in query


def test_a_cursor_that_is_none_begins_near_the_end(analyst: TestClient, desk: MemorySources) -> None:
    desk.events.send({"type": "track", "event": "One"})
    for cursor in ("nonsense", "e30x", "x" * 10_000, "eyJldmVudHMiOnsiMCI6LTF9fQ"):
        answer = analyst.get("/sources/web/live/more", params={"after": cursor})
        assert (answer.status_code, len(keys_of(answer.text))) == (200, 1)


@pytest.mark.parametrize(
    "context",
    [
        1,
        {"privacy": 1, "violationErrors": 2},
        {"privacy": {"removed": "x", "masked": [1, {}]}, "violationErrors": [1, {"message": []}]},
    ],
)
def test_what_senders_write_where_our_notes_stand_is_no_note(
    analyst: TestClient, desk: MemorySources, context: object
) -> None:
    desk.events.send({"type": "track", "event": "E", "context": context})
    assert "event-note" not in analyst.get("/sources/web/live").text
    assert "removed by privacy" not in analyst.get("/sources/web/events").text


def test_what_an_event_may_hold_breaks_nothing(analyst: TestClient, desk: MemorySources) -> None:
    deep, too_deep = (b"[" * n + b"]" * n for n in (500, 5000))
    desk.events.send(b'{"type":{"a":1},"event":["x"],"userId":7}')
    desk.events.send(b'{"type":"track","properties":' + deep + b"}")
    desk.events.send(b'{"type":"track","properties":' + too_deep + b"}")
    desk.events.send(b'{"type":"identify","context":{"traits":3}}')
    desk.events.send({"type": "track", "event": "x" * 30_000, "userId": "u"})
    desk.events.append(b"no record at all")
    for value in (None, 3, "text", [1]):
        desk.hold(value, "event is not a valid rudder event")
    for path in ("live", "events", "quarantine"):
        assert analyst.get(f"/sources/web/{path}").status_code == 200
    page = analyst.get("/sources/web/live").text
    assert len(keys_of(page)) == 8, "what nests too deeply to be read is left out, as is no record"
    assert "Cut off here" in page
    assert len(page) < 200_000


def test_a_log_that_cannot_be_read_is_told_and_asked_again(
    analyst: TestClient, desk: MemorySources, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.events.send({"type": "track", "event": "One"})
    cursor = cursor_of(analyst.get("/sources/web/live").text)

    def broken(*_: object) -> None:
        raise LogCorrupted("segment 7, byte 12: <bad>")

    monkeypatch.setattr(desk.events, "read", broken)
    for path in ("live", "live/more", f"live/more?after={cursor}", "events"):
        answer = analyst.get(f"/sources/web/{path}")
        assert answer.status_code == 200
        assert "segment 7, byte 12: &lt;bad&gt;" in answer.text
    assert cursor_of(analyst.get(f"/sources/web/live/more?after={cursor}").text) == cursor


def test_live_says_what_was_dropped_and_refused(analyst: TestClient, desk: MemorySources) -> None:
    desk.met["web"] = Met(Minute(10, 2, 3, 4), None, {"suppressed": 3}, {"origin is not allowed": 4})
    told = main_text(analyst.get("/sources/web/live").text)
    assert "10 accepted, 2 quarantined, 3 dropped, 4 requests refused" in told
    assert "suppressed 3" in told
    assert "origin is not allowed 4" in told


def test_events_are_listed_with_the_properties_and_types_that_were_seen(
    analyst: TestClient, desk: MemorySources
) -> None:
    for properties in ({"a": 1}, {"a": "x", "b": None}):
        desk.events.send({"type": "track", "event": "Order", "properties": properties})
    desk.events.send({"type": "identify", "userId": "u", "context": {"traits": {"plan": "pro"}}})
    told = main_text(analyst.get("/sources/web/events").text)
    assert "all 3 events" in told
    assert "Order track 2" in told
    assert "a number, string b null" in told
    assert "identify identify 1" in told
    assert "plan string" in told


def test_quarantine_is_grouped_by_reason_with_samples_and_the_way_on(
    analyst: TestClient, desk: MemorySources
) -> None:
    assert "Nothing in quarantine" in analyst.get("/sources/web/quarantine").text
    for number in range(5):
        desk.hold({"n": number}, "no id")
    desk.hold({"n": 9}, "no type")
    page = analyst.get("/sources/web/quarantine").text
    assert re.findall(r'id="reason-\d+">([^<]+)<', page) == ["no id", "no type"]
    assert len(keys_of(page)) == 4, "three samples at most"
    assert "mainstem quarantine replay" in page


def test_settings_stand_with_the_line_they_are_written_at(analyst: TestClient) -> None:
    told = main_text(analyst.get("/sources/app/settings").text)
    assert "mainstem.toml:11" in told
    assert "write_keys" in told


def test_quarantine_leaves_out_and_counts_what_was_replayed_or_dismissed(
    analyst: TestClient, desk: MemorySources
) -> None:
    for number in range(4):
        desk.hold({"n": number}, "no id")
    ids = [
        f"gateway/{key.removeprefix('quarantine-').rpartition('-')[0]}:{key.rpartition('-')[2]}"
        for key in keys_of(analyst.get("/sources/web/live").text)
    ]
    desk.resolutions = {
        ids[0]: Resolved(ids[0], "replayed", "2026-01-02T04:00:00.000Z"),
        ids[1]: Resolved(ids[1], "dismissed", "2026-01-02T04:00:00.000Z"),
        ids[2]: Resolved(ids[2], "held", "2026-01-02T04:00:00.000Z", reason="still no id"),
    }
    page = analyst.get("/sources/web/quarantine").text
    assert re.findall(r'id="reason-\d+">([^<]+)<', page) == ["no id", "still no id"]
    assert "All 2 that the gateway holds back" in main_text(page)
    assert "2 more were replayed, dismissed or dropped" in main_text(page)
    desk.resolutions = {one: Resolved(one, "replayed", "2026-01-02T04:00:00.000Z") for one in ids}
    told = main_text(analyst.get("/sources/web/quarantine").text)
    assert "Nothing in quarantine" in told
    assert "4 were replayed" in told


def test_events_are_those_that_gateways_have_noted_where_they_watch_the_source(
    analyst: TestClient, desk: MemorySources
) -> None:
    noted = desk.catalogues["web"] = SourceCatalogue("web")
    order = noted.event(("track", "Order"), "2026-01-01T00:00:00.000Z", True)
    assert order is not None
    order.count, order.last_seen = 12_345, "2026-01-02T00:00:00.000Z"
    for path in (("properties", "total"), ("properties", "box", "size"), ("properties", "comment")):
        noted.property(order, path, "number", order.first_seen, True)
    noted.event(CONTEXT, "2026-01-01T00:00:00.000Z", True)
    context = {"privacy": {"profile": "product", "removed": ["properties.comment"]}}
    desk.events.send({"type": "track", "event": "Order", "properties": {"total": 1}, "context": context})
    desk.events.send({"type": "track", "event": "Just Now"})
    told = main_text(analyst.get("/sources/web/events").text)
    assert "noted of its events since 2026-01-01 00:00:00 UTC" in told
    assert "Order track 12,345" in told
    assert "box.size number total number comment removed by privacy rules" in told
    assert "Just Now track 1" in told
    assert "context" not in told
