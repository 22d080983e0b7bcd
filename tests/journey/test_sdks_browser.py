"""The unmodified browser SDKs in Chromium, hosted by the gateway they send to: what pages told them, and
what the log holds."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import pytest

from mainstem.collect import CollectSettings, CompiledSource, compile_plainly
from mainstem.collect.hosted import host
from mainstem.events import decode_received, enriched
from mainstem.testing.gateway import RecordingLog
from mainstem.testing.gateway_thread import gateway
from mainstem.testing.told import not_as_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request, Route

    from mainstem.collect import Request as Arrived
    from mainstem.collect.hosted import HostedFile
    from mainstem.events import Source

pytestmark = pytest.mark.journey

PATIENCE_SECONDS = 20
ALIAS = "/x"

RUDDER_PAGE = """<!doctype html><title>loading</title><link rel="icon" href="data:,"><script type="module">
import { RudderAnalytics } from "/sdk/rudder.mjs";
const options = JSON.parse(new URLSearchParams(location.search).get("options"));
window.analytics = new RudderAnalytics();
analytics.load("WK", location.origin + options.base, { configUrl: location.origin + options.base,
  sendAdblockPage: false, ...options });
analytics.ready(() => { document.title = "ready"; });
</script>"""
SEGMENT_PAGE = """<!doctype html><title>loading</title><link rel="icon" href="data:,">
<script src="/sdk/segment/index.js"></script><script>
const options = JSON.parse(new URLSearchParams(location.search).get("options"));
window.analytics = AnalyticsNext.AnalyticsBrowser.load(
  { writeKey: "WK", cdnURL: location.origin + options.base }, options);
analytics.ready(() => { document.title = "ready"; });
</script>"""


@dataclass
class Site:
    """A page that has loaded an SDK, and the log of the gateway behind it."""

    page: Page
    log: RecordingLog
    posts: list[Request]
    """As the browser sent them; it keeps silent about beacons of a page that has gone."""
    arrived: list[Arrived]

    def open(self, path: str, **options: Any) -> None:
        asked = json.dumps({"base": "", **options})
        self.page.goto(f"{path}?{urlencode({'options': asked})}")
        self.page.wait_for_function("document.title === 'ready'")

    def tell(self, script: str) -> None:
        self.page.evaluate(f"() => {{ {script} }}")

    def events(self, count: int) -> list[dict[str, Any]]:
        """The accepted events, once there are so many."""
        self.until(lambda: len(self.log.records) >= count)
        return [enriched(decode_received(record)) for record in self.log.records]

    def until(self, condition: Callable[[], bool]) -> None:
        tick = 20
        for _ in range(PATIENCE_SECONDS * 1000 // tick):
            if condition():
                return
            self.page.wait_for_timeout(tick)
        raise AssertionError(f"never came true; posted: {[post.url for post in self.posts]}")


@pytest.fixture(scope="module")
def files(npm: Path) -> tuple[HostedFile, ...]:
    segment = npm / "@segment/analytics-next/dist/umd"
    rudder = npm / "@rudderstack/analytics-js/dist/npm/modern/bundled/esm/index.mjs"
    return (
        host("/sdk/rudder.mjs", rudder.read_bytes()),
        *(host(f"/sdk/segment/{file.name}", file.read_bytes()) for file in segment.glob("*.js")),
        host("/rudder.html", RUDDER_PAGE.encode()),
        host("/segment.html", SEGMENT_PAGE.encode()),
        host("/empty.html", b"<!doctype html><title>empty</title>"),
    )


@contextmanager
def site(browser: Browser, files: tuple[HostedFile, ...]) -> Iterator[Site]:
    log, held = RecordingLog(), RecordingLog()
    settings = CollectSettings(port=0, path_aliases={f"{ALIAS}/": "/"})
    arrived: list[Arrived] = []

    def compiler(source: Source) -> CompiledSource:
        return msgspec.structs.replace(compile_plainly(source), taps=(arrived.append,))

    with gateway(lambda: (log, held), settings, compiler=compiler, files=files) as (url, _):
        context = browser.new_context(base_url=url.replace("127.0.0.1", "localhost"))
        page = context.new_page()
        posts: list[Request] = []
        context.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
        yield Site(page, log, posts, arrived)
        context.close()
    assert held.records == []


@pytest.fixture
def shop(browser: Browser, files: tuple[HostedFile, ...]) -> Iterator[Site]:
    with site(browser, files) as opened:
        yield opened


def posted_items(posts: list[Request]) -> list[dict[str, Any]]:
    """The events of every request as the SDK wrote them."""
    bodies = [json.loads(post.post_data or "") for post in posts if not post.url.endswith("/rsaRequest")]
    return [item for body in bodies for item in body.get("batch", [body])]


def assert_kept_as_posted(site: Site) -> None:
    kept = [json.loads(bytes(decode_received(record).event)) for record in site.log.records]
    site.until(lambda: len(posted_items(site.posts)) == len(kept))  # the browser tells a moment later
    by_id = {event["messageId"]: event for event in posted_items(site.posts)}
    assert {event["messageId"]: event for event in kept} == by_id


RUDDER_CALLS = """
  analytics.page("Docs", "Home", { depth: 1.5 });
  analytics.track("Order Completed", { revenue: 9.5, items: [1, { a: [] }], "é☃": "x" });
  analytics.identify("u1", { email: "a@b.example", name: "Zoë ☃" });
  analytics.group("g1", { plan: "pro" });
  analytics.alias("u2", "u1");
"""
RUDDER_TOLD: list[dict[str, Any]] = [
    {"type": "page", "name": "Home", "category": "Docs", "userId": "", "properties": {"depth": 1.5}},
    {
        "type": "track",
        "event": "Order Completed",
        "userId": "",
        "properties": {"revenue": 9.5, "items": [1, {"a": []}], "é☃": "x"},
    },
    {"type": "identify", "userId": "u1", "context": {"traits": {"email": "a@b.example", "name": "Zoë ☃"}}},
    {"type": "group", "userId": "u1", "groupId": "g1", "traits": {"plan": "pro"}},
    {"type": "alias", "userId": "u2", "previousId": "u1"},
]


def test_rudders_calls_reach_the_log_as_they_were_made(shop: Site) -> None:
    shop.open("/rudder.html")
    shop.tell(RUDDER_CALLS)
    events = shop.events(len(RUDDER_TOLD))
    by_type = {event["type"]: event for event in events}
    assert len(by_type) == len(events)
    for told in RUDDER_TOLD:
        assert not_as_told(by_type[told["type"]], told) == []
    assert_kept_as_posted(shop)
    assert {post.url.rpartition("/")[2] for post in shop.posts} == {event["type"] for event in events}
    assert len({event["anonymousId"] for event in events}) == 1
    assert len({event["messageId"] for event in events}) == len(events)


def test_rudders_batches_reach_the_log_whole_and_in_order(shop: Site) -> None:
    shop.open("/rudder.html", queueOptions={"batch": {"enabled": True, "maxItems": 5}})
    shop.tell("for (let n = 0; n < 10; n++) analytics.track('Counted', { n });")
    assert [event["properties"]["n"] for event in shop.events(10)] == list(range(10))
    assert_kept_as_posted(shop)
    assert {post.url.rpartition("/v1/")[2] for post in shop.posts} == {"batch"}


def test_rudders_beacon_delivers_what_was_queued_when_the_page_is_left(shop: Site) -> None:
    shop.open("/rudder.html", useBeacon=True, beaconQueueOptions={"flushQueueInterval": 600_000})
    shop.tell("for (let n = 0; n < 3; n++) analytics.track('Leaving', { n });")
    shop.page.goto("/empty.html")
    events = shop.events(3)
    assert sorted(event["properties"]["n"] for event in events) == [0, 1, 2]
    assert {(request.path, request.query) for request in shop.arrived} == {
        (b"/beacon/v1/batch", b"writeKey=WK")
    }


def test_rudders_cookies_are_set_by_the_server_and_name_the_same_person_next_time(shop: Site) -> None:
    complaints: list[str] = []
    shop.page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    shop.open("/rudder.html", useServerSideCookies=True)
    shop.until(lambda: any(post.url.endswith("/rsaRequest") for post in shop.posts))
    shop.tell("analytics.track('First');")
    (first,) = shop.events(1)
    shop.until(lambda: "rl_anonymous_id" in {c.get("name") for c in shop.page.context.cookies()})
    cookies = {cookie.get("name"): cookie for cookie in shop.page.context.cookies()}
    assert {cookie.get("httpOnly") for cookie in cookies.values()} == {False}
    shop.page.reload()
    shop.page.wait_for_function("document.title === 'ready'")
    shop.tell("analytics.track('Second');")
    second = shop.events(2)[-1]
    assert first["anonymousId"] == second["anonymousId"]
    assert complaints == []
    answers = [post.response() for post in shop.posts if post.url.endswith("/rsaRequest")]
    assert {answer.status for answer in answers if answer is not None} == {200}


def test_what_rudder_sends_again_after_a_page_was_left_has_the_same_message_id(shop: Site) -> None:
    shop.page.clock.install()
    shop.open("/rudder.html")
    shop.log.hold()
    shop.tell("analytics.track('Left');")
    shop.until(lambda: shop.log.waiting == 1)
    shop.page.goto("/empty.html")
    shop.log.release()
    shop.events(1)
    shop.open("/rudder.html")
    recovered: list[Request] = []

    def again() -> bool:
        shop.page.clock.run_for(1000)
        recovered[:] = [post for post in shop.posts if post.headers.get("rsa-recovered") == "true"]
        return bool(recovered)

    shop.until(again)
    first, second = shop.events(2)
    assert (first["messageId"], first["event"]) == (second["messageId"], "Left")


def lose_first_answer(route: Route) -> None:
    """Let the request arrive; its sender hears nothing."""
    route.fetch()
    route.abort("timedout")


@pytest.mark.parametrize(("path", "target"), [("/rudder.html", "**/v1/track"), ("/segment.html", "**/v1/t")])
def test_an_event_whose_answer_was_lost_comes_again_with_the_same_message_id(
    shop: Site, path: str, target: str
) -> None:
    shop.open(path)
    shop.page.route(target, lose_first_answer, times=1)
    shop.tell("analytics.track('Twice', { n: 1 });")
    first, second = shop.events(2)
    assert (first["messageId"], first["properties"]["n"]) == (second["messageId"], 1)


SEGMENT_CALLS = """
  analytics.page("Docs", "Home", { depth: 1.5 });
  analytics.track("Order Completed", { revenue: 9.5, items: [1, { a: [] }], "é☃": "x" });
  analytics.identify("u1", { email: "a@b.example", name: "Zoë ☃" });
  analytics.group("g1", { plan: "pro" });
  analytics.alias("u2", "u1");
  analytics.screen("App", "Start", { n: 1 });
"""
SEGMENT_TOLD: list[dict[str, Any]] = [
    {"type": "page", "name": "Home", "category": "Docs", "properties": {"depth": 1.5}},
    {
        "type": "track",
        "event": "Order Completed",
        "properties": {"revenue": 9.5, "items": [1, {"a": []}], "é☃": "x"},
    },
    {"type": "identify", "userId": "u1", "traits": {"email": "a@b.example", "name": "Zoë ☃"}},
    {"type": "group", "groupId": "g1", "traits": {"plan": "pro"}},
    {"type": "alias", "previousId": "u1"},  # it sends the id of identify with whatever comes after
    {"type": "screen", "name": "Start", "category": "App", "properties": {"n": 1}},
]


@pytest.mark.parametrize("batching", [False, True], ids=["plain", "batching"])
def test_segments_calls_reach_the_log_as_they_were_made_through_an_alias(shop: Site, batching: bool) -> None:
    delivery = {"strategy": "batching", "config": {"size": len(SEGMENT_TOLD), "timeout": 10_000}}
    integrations = {"Segment.io": {"deliveryStrategy": delivery}} if batching else {}
    shop.open("/segment.html", base=ALIAS, integrations=integrations)
    shop.tell(SEGMENT_CALLS)
    events = shop.events(len(SEGMENT_TOLD))
    by_type = {event["type"]: event for event in events}
    assert len(by_type) == len(events)
    for told in SEGMENT_TOLD:
        assert not_as_told(by_type[told["type"]], told) == []
    assert len({event["messageId"] for event in events}) == len(events)
    assert_kept_as_posted(shop)
    paths = {post.url.partition("localhost")[2].partition("/")[2] for post in shop.posts}
    assert paths == ({"x/v1/b"} if batching else {f"x/v1/{kind}" for kind in "tipgas"})
