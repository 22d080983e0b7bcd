"""The Google Analytics connector keeps the contract on the simulated property, by day and by token."""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.connectors.ga4 import KIND
from mainstem.connectors.ga4.settings import Ga4Settings
from mainstem.connectors.run import Wanted
from mainstem.errors import QuotaSpent
from mainstem.simulate.saas import ControlledClock
from mainstem.simulate.saas.ga4 import Ga4Service
from mainstem.simulate.saas.ga4.report import Shape
from mainstem.simulate.saas.ga4.tokens import Allowed
from mainstem.testing.connector_contract import SCHEMA, ConnectorContract, Scene, rows_of
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.testing.website import service_account, visit, website

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.simulate.saas import Service
    from mainstem.simulate.saas.ga4.visits import Hit, Site
    from mainstem.testing.connector_subject import Rows
    from mainstem.testing.saas import SaasHost

DAYS = 6
PAGES = {"dimensions": ["pagePath", "sessionSource"], "metrics": ["screenPageViews", "totalUsers"]}
CITIES = {"dimensions": ["city"], "metrics": ["totalUsers"]}
CHANNELS = {
    "dimensions": ["sessionDefaultChannelGroup"],
    "metrics": ["sessions", "engagementRate", "keyEvents"],
}


class Ga4Subject(ConnectorSubject):
    kind = "ga4"
    stream = "pages"
    path = r":runReport"

    def __init__(self, service: Mapping[str, Any] | None = None, **settings: Any) -> None:
        self._added = 0
        self._made = dict(service or {})
        self._reports: dict[str, Any] = {"pages": dict(PAGES), "channels": dict(CHANNELS), "cities": CITIES}
        self._settings = settings
        self._login: dict[str, Any] = {}

    def make_service(self, clock: ControlledClock) -> Ga4Service:
        service = Ga4Service(clock, lag=(0.0, 0.0), **self._made)
        website(service.site, DAYS)
        self._login = {"service_account": service_account(service)}
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        return {
            "base_url": base_url,
            "property": Ga4Service.property,
            "reports": self._reports,
            "default_reports": False,
            "rows_a_request": 5,
            **self._login,
            **self._settings,
        }

    def change(self, service: Service) -> None:
        self._added += 1
        now, site = service.clock.now(), site_of(service)
        visit(site, f"new {self._added}", now - timedelta(hours=1), self._added)
        visit(site, "visitor 1", now - timedelta(days=1), self._added)

    def remove(self, service: Service) -> None:
        site = site_of(service)
        site.forget("visitor 2")

    def add_field(self, service: Service) -> tuple[str, str]:
        self._reports["pages"]["metrics"] = [*PAGES["metrics"], "bounceRate"]
        return "pages", "bounce_rate"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        pages: dict[tuple[str, str, str], list[Hit]] = defaultdict(list)
        channels: dict[tuple[str, str], list[Hit]] = defaultdict(list)
        cities: dict[tuple[str, str], set[str]] = defaultdict(set)
        for hit in hits_of(service):
            day = site_of(service).day(hit.at).isoformat()
            pages[day, hit.path, hit.session.origin.source].append(hit)
            channels[day, hit.session.origin.channel].append(hit)
            cities[day, hit.person.city].add(hit.person.key)
        return {
            "pages": _pages(pages),
            "channels": _channels(channels),
            "cities": {
                f'["{day}","{city}"]': {"city": city, "total_users": len(people)}
                for (day, city), people in cities.items()
            },
        }


def _pages(found: Mapping[tuple[str, str, str], list[Hit]]) -> Rows:
    return {
        f'["{day}","{path}","{source}"]': {
            "property": "properties/123456789",
            "date": day,
            "page_path": path,
            "session_source": source,
            "screen_page_views": sum(hit.name == "page_view" for hit in hits),
            "total_users": len({hit.person.key for hit in hits}),
            "is_other": False,
        }
        for (day, path, source), hits in found.items()
    }


def _channels(found: Mapping[tuple[str, str], list[Hit]]) -> Rows:
    rows = {}
    for (day, channel), hits in found.items():
        sessions = {id(hit.session): hit.session for hit in hits}.values()
        rows[f'["{day}","{channel}"]'] = {
            "session_default_channel_group": channel,
            "sessions": len(sessions),
            "engagement_rate": sum(one.engaged for one in sessions) / len(sessions),
            "key_events": float(sum(hit.name == "trial_started" for hit in hits)),
        }
    return rows


class TestGa4(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        return Ga4Subject()

    def test_a_removed_row_is_marked(self, scene: Scene) -> None:
        """A day replaces what stood: nothing of a row that is gone is left to be marked."""
        scene.sync()
        scene.subject.remove(scene.service)
        scene.sync(Wanted(full=True))
        scene.assert_equal()


def site_of(service: Service) -> Site:
    assert isinstance(service, Ga4Service)
    return service.site


def hits_of(service: Service) -> list[Hit]:
    return list(site_of(service).hits(date(2000, 1, 1), date(2100, 1, 1), service.clock.now()))


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> Ga4Subject:
    return Ga4Subject(**getattr(request, "param", {}))


@pytest.fixture
def scene(subject: Ga4Subject, saas: SaasHost, tmp_path: Path) -> Iterator[Scene]:
    service = subject.make_service(ControlledClock(subject.start))
    with saas.hosting(service) as base_url, closing(MemoryWarehouse()) as warehouse:
        yield Scene(subject, service, base_url, warehouse, tmp_path)


def table(scene: Scene, name: str) -> list[dict[str, Any]]:
    qualified = scene.warehouse.capabilities.qualified(SCHEMA, name)
    found: list[dict[str, Any]] = scene.warehouse.query(f"SELECT * FROM {qualified}").to_pylist()
    return found


def days_of(scene: Scene, name: str) -> dict[str, dict[str, Any]]:
    """How each day of a report was read."""
    return {row["date"]: row for row in table(scene, "report_day") if row["report"] == name}


def paths(scene: Scene) -> set[str]:
    return {row["page_path"] for row in table(scene, "pages")}


@pytest.mark.parametrize(("ago", "is_gone"), [(2, True), (5, False)])
def test_what_google_takes_back_is_gone_from_days_that_are_read_again(
    scene: Scene, ago: int, is_gone: bool
) -> None:
    site = site_of(scene.service)
    site.count("guest", scene.service.clock.now() - timedelta(days=ago), path="/secret")
    scene.sync()
    assert "/secret" in paths(scene)
    site.forget("guest")
    scene.sync()
    assert ("/secret" not in paths(scene)) is is_gone
    scene.sync(Wanted(full=True))
    assert "/secret" not in paths(scene)
    scene.assert_equal()


def test_days_that_stayed_as_they_were_are_not_written_again(scene: Scene) -> None:
    scene.sync()
    assert rows_of(scene.sync(), "pages") == 0
    site_of(scene.service).count("late", scene.service.clock.now() - timedelta(days=1), path="/late")
    again = scene.sync()
    yesterday = (site_of(scene.service).day(scene.service.clock.now()) - timedelta(days=1)).isoformat()
    there = [row for row in table(scene, "pages") if row["date"] == yesterday]
    assert rows_of(again, "pages") == len(there) + 1  # and how the day was read
    scene.assert_equal()


@pytest.mark.parametrize("name", ["slip", "repeat"])
def test_an_answer_that_lacks_rows_is_asked_for_again_in_the_same_run(scene: Scene, name: str) -> None:
    for after in range(1, 12, 3):
        scene.fault(name, after=after, rows=2)
    assert scene.sync().state == "success"
    assert not scene.service.faults.left()
    scene.assert_equal()


def test_a_report_that_never_agrees_with_itself_fails_and_leaves_what_stood(scene: Scene) -> None:
    scene.sync()
    before = scene.stands()
    site_of(scene.service).count("late", scene.service.clock.now(), path="/late")
    scene.fault("slip", after=1, times=0)
    result = scene.sync(Wanted(("pages",)))
    assert (result.state, scene.stands()) == ("failed", before)
    assert "changed each of 4 times" in result.streams[0].problem
    scene.service.faults.clear()
    scene.sync()
    scene.assert_equal()


@pytest.mark.parametrize("subject", [{"service": {"shape": Shape(other_above=6)}}], indirect=True)
def test_rows_rolled_into_other_are_marked_and_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.sync()
    others = [row for row in table(scene, "pages") if row["is_other"]]
    assert {row["page_path"] for row in others} == {"(other)"}
    assert len(others) == len({row["date"] for row in others}) >= DAYS - 1
    found = days_of(scene, "pages")
    assert all(found[row["date"]]["other_rows"] == 1 for row in others)
    assert all(one["data_loss_from_other_row"] for one in found.values() if one["rows"])
    assert "pages: rows rolled into (other) on" in caplog.text
    warned = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert not any("channels" in message for message in warned)


@pytest.mark.parametrize(
    "subject",
    [{"reports": {"ages": {"dimensions": ["userAgeBracket"], "metrics": ["totalUsers"]}}}],
    indirect=True,
)
def test_rows_that_are_withheld_are_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.sync()
    assert {one["subject_to_thresholding"] for one in days_of(scene, "ages").values()} == {True}
    assert not table(scene, "ages")
    assert "rows withheld below a threshold" in caplog.text


@pytest.mark.parametrize("subject", [{"service": {"shape": Shape(sample_above=60)}}], indirect=True)
def test_what_would_be_sampled_is_asked_for_by_fewer_days(scene: Scene) -> None:
    """All days together have more events than are counted without a sample, each of them fewer."""
    assert len(hits_of(scene.service)) > 60
    scene.sync()
    assert {one["samples_read_count"] for one in days_of(scene, "pages").values()} == {None}
    scene.assert_equal()


@pytest.mark.parametrize("subject", [{"service": {"shape": Shape(sample_above=8)}}], indirect=True)
def test_a_day_that_is_sampled_alone_says_so(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    assert scene.sync().state == "success"
    sampled = [one for one in days_of(scene, "pages").values() if one["samples_read_count"]]
    assert len(sampled) >= DAYS - 1
    assert all(one["samples_read_count"] < one["sampling_space_size"] for one in sampled)
    assert "pages: figures from a sample" in caplog.text


@pytest.mark.parametrize("subject", [{"service": {"tokens": Allowed(an_hour=40)}}], indirect=True)
def test_tokens_are_never_overdrawn_and_every_report_has_its_turn(scene: Scene) -> None:
    """An hour's tokens pay for one report's newest days, not for those of all."""
    states, left = [], {"pages", "channels", "cities"}
    for _ in range(12):
        result = scene.sync(rows_a_commit=5)
        states.append(result.state)
        left -= {one.stream for one in result.streams if one.state == "success"}
        if not left:
            break
        scene.clock.advance(3600)
    assert states[0] != "success"
    assert (left, scene.service.calls["limited"]) == (set(), 0)
    scene.assert_equal()


def test_refused_tokens_hold_every_stream_without_asking_again(scene: Scene) -> None:
    scene.fault("quota", after=2, seconds=1800.0)
    result = scene.sync()
    assert result.state == "failed"
    assert scene.service.calls["limited"] == 1
    with pytest.raises(QuotaSpent, match="allows no call"):
        scene.sync()
    assert scene.service.calls["limited"] == 1
    scene.clock.advance(3600)
    assert scene.sync().state == "success"


def test_errors_of_googles_side_end_a_run_before_they_are_too_many(scene: Scene) -> None:
    scene.fault("error", times=0)
    assert scene.sync().state == "failed"
    assert scene.service.calls["error"] <= 9


@pytest.mark.parametrize("login", ["service_account", "refresh_token", "wrong"])
def test_a_property_is_entered_by_each_login_and_again_when_a_token_ends(scene: Scene, login: str) -> None:
    service = scene.service
    assert isinstance(service, Ga4Service)
    client_id, secret = service.door.client
    asked: dict[str, Any] = {"service_account": service_account(service)}
    if login != "service_account":
        token = service.door.refresh_token if login == "refresh_token" else "another"
        asked = {"client_id": client_id, "client_secret": secret, "refresh_token": token}
    subject = Ga4Subject(**asked)
    entered = Scene(subject, service, scene.base_url, scene.warehouse, scene.folder)
    with closing(entered.opened()) as connector:
        for _ in range(2):
            found = connector.check()[0]
            assert found.is_good is (login != "wrong"), found
            service.expire_tokens()


@pytest.mark.parametrize("subject", [{"property": "42"}], indirect=True)
def test_a_property_that_the_login_may_not_see_is_told(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        (found,) = connector.check()
    assert not found.is_good
    assert "is this login a viewer of properties/42" in found.detail


WRONG = {
    "misspelt": {"dimensions": ["sessionSorce"], "metrics": ["sessions"]},
    "apart": {"dimensions": ["eventName"], "metrics": ["itemsViewed"]},
    "right": {"metrics": ["sessions"]},
}


@pytest.mark.parametrize("subject", [{"reports": WRONG}], indirect=True)
def test_a_report_that_the_property_cannot_answer_is_told_and_fails_alone(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        found = {one.what: one for one in connector.check()}
    assert "no dimension sessionSorce; near it: sessionSource" in found["report misspelt"].detail
    assert "incompatible" in found["report apart"].detail
    assert [name for name, one in found.items() if not one.is_good] == ["report misspelt", "report apart"]
    result = scene.sync()
    assert result.state == "partial"
    assert [one.stream for one in result.streams if one.state == "success"] == ["right"]


FORMER = {"former": {"metrics": ["conversions", "keyEvents"]}}


@pytest.mark.parametrize("subject", [{"reports": FORMER}], indirect=True)
def test_a_field_may_be_called_by_its_former_name(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        assert all(one.is_good for one in connector.check())
    assert scene.sync().state == "success"
    found = [(row["conversions"], row["key_events"]) for row in table(scene, "former")]
    assert all(former == now for former, now in found)
    assert sum(now for _, now in found) > 0


FILTERED = {
    **PAGES,
    "filters": [
        {"field": "pagePath", "is": ["/", "/PRICING", "/docs"]},
        {"field": "sessionSource", "begins_with": "(", "not": True},
        {"field": "totalUsers", "at_least": 2},
    ],
}


@pytest.mark.parametrize("subject", [{"reports": {"pages": PAGES, "some": FILTERED}}], indirect=True)
def test_filters_leave_the_rows_that_they_hold_for(scene: Scene) -> None:
    scene.sync()
    wanted = {
        row["_key"]
        for row in table(scene, "pages")
        if row["page_path"] in ("/", "/pricing", "/docs")
        and row["session_source"] != "(direct)"
        and row["total_users"] >= 2
    }
    assert {row["_key"] for row in table(scene, "some")} == wanted != set()


def test_a_range_brings_its_days_alone(scene: Scene) -> None:
    begin = scene.subject.start.replace(hour=0) - timedelta(days=4)
    assert scene.sync(Wanted(("pages",), since=begin, until=begin + timedelta(days=2))).state == "success"
    days = {begin.date().isoformat(), (begin + timedelta(days=1)).date().isoformat()}
    assert {row["date"] for row in table(scene, "pages")} == days == set(days_of(scene, "pages"))
    scene.sync()
    scene.assert_equal()


PERIODS = {
    period: {"period": period, "dimensions": ["country"], "metrics": ["totalUsers", "sessions"]}
    for period in ("week", "month")
}


@pytest.mark.parametrize("period", ["week", "month"])
@pytest.mark.parametrize("subject", [{"reports": PERIODS}], indirect=True)
def test_people_of_a_week_or_month_are_counted_once(scene: Scene, period: str) -> None:
    site = site_of(scene.service)
    for ago in (3, 12, 25, 40):
        site.count("faithful", scene.service.clock.now() - timedelta(days=ago), path="/")
    site.people["faithful"].country = "France"

    def begins(hit: Hit) -> str:
        day = site.day(hit.at)
        first = day.replace(day=1) if period == "month" else day - timedelta(days=day.weekday())
        return first.isoformat()

    def assert_counted() -> None:
        people: dict[tuple[str, str], set[str]] = defaultdict(set)
        for hit in hits_of(scene.service):
            people[begins(hit), hit.person.country].add(hit.person.key)
        found = {(row["date"], row["country"]): row["total_users"] for row in table(scene, period)}
        assert found == {key: len(seen) for key, seen in people.items()}

    assert scene.sync().state == "success"
    assert_counted()
    assert rows_of(scene.sync(), period) == 0
    site.forget("visitor 1")
    site.count("late", scene.service.clock.now() - timedelta(days=1), path="/late")
    assert scene.sync().state == "success"
    assert_counted()


@pytest.mark.parametrize("subject", [{"reports": PERIODS}], indirect=True)
def test_a_month_is_read_whole_whatever_range_is_asked_for(scene: Scene) -> None:
    begin = scene.subject.start.replace(hour=0) - timedelta(days=3)
    scene.sync(Wanted(("month",), since=begin, until=begin + timedelta(days=1)))
    ranged = {row["_key"]: row["sessions"] for row in table(scene, "month")}
    scene.sync()
    assert {row["_key"]: row["sessions"] for row in table(scene, "month")} == ranged != {}


def test_days_of_the_property_begin_by_its_own_clock(scene: Scene) -> None:
    """23:30 in UTC is the next day in Berlin."""
    late = scene.subject.start.replace(hour=23, minute=30) - timedelta(days=2)
    site_of(scene.service).count("owl", late, path="/night")
    scene.sync()
    day = next(row["date"] for row in table(scene, "pages") if row["page_path"] == "/night")
    assert day == (late.date() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize("subject", [{"reports": {}, "default_reports": True}], indirect=True)
def test_the_usual_reports_are_answered_and_have_the_tables_that_are_named(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        assert all(one.is_good for one in connector.check())
        streams = connector.streams()
    assert scene.sync().state == "success"
    held = scene.warehouse.columns(SCHEMA)
    settings = msgspec.convert({"type": "ga4", "property": "1"}, Ga4Settings)
    assert set(KIND.tables(settings)) == set(held) - {"_stream_state"}
    traffic = held["traffic_acquisition_session_source_medium_report"]
    assert {"property", "date", "session_source", "session_medium", "engaged_sessions", "key_events"} <= set(
        traffic
    )
    assert len(streams) == 12
    assert sum(row["rows"] for row in days_of(scene, "events_report").values()) == len(
        table(scene, "events_report")
    )
