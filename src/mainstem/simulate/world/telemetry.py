"""What a server tells every day, and what truly happens on it whether it tells or not.

A server that is off, opted out or old is silent, never zero. Posts of its users come from the clients,
after its own report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import crm
from mainstem.simulate.world.coverage import ServerDay
from mainstem.simulate.world.features import THREADS_SINCE
from mainstem.simulate.world.nps import Survey, is_asked, survey
from mainstem.simulate.world.output import Life, Truth
from mainstem.simulate.world.send import Sender
from mainstem.simulate.world.timeline import moment
from mainstem.simulate.world.usage import Clients, opaque_user

if TYPE_CHECKING:
    from mainstem.simulate.world.installations import Server, Standing
    from mainstem.simulate.world.usage import Doing
    from mainstem.simulate.world.wiring import Wiring

_LIBRARY = {"library": {"name": "analytics-go", "version": "4.2.1"}}
_CONSTANT_ANONYMOUS_ID = "00000000000000000000000000"
_OFF = 0.025
_WEEKDAY, _WEEKEND = 0.55, 0.12
"""Share of its users who are active on a day."""
_PINGS = 0.7
_GRACE = 30
_INDIFFERENT = 0.5
"""Health of those whose account nobody knows."""


@dataclass(frozen=True)
class Run:
    """Under which licence a server runs for some time of its life."""

    licence_id: str
    """Empty: none."""
    since: date
    until: date | None = None
    """The last day; without it, to the end of its life."""
    standing: Standing | None = None
    """The account's, where it pays for the licence."""


def server_life(wiring: Wiring, server: Server, run: Run) -> Life:
    """From the first day of `run` to its last, a month after its account left at the latest."""
    return _Life(wiring, server, run).days()


class _Life:
    def __init__(self, wiring: Wiring, server: Server, run: Run) -> None:
        self._wiring = wiring
        self._server = server
        self._run = run
        self._standing = run.standing
        self._chance = Chance(wiring.seed, "telemetry", server.server_id, run.licence_id)
        self._sender = Sender("servers", self._chance, wiring.rates)
        self._clients = Clients(self._chance, server, wiring.rates)
        self._pings = self._chance.happens(_PINGS)
        changes = self._standing is not None and self._chance.happens(wiring.rates.licence_changed)
        self._second_licence = self._chance.token(26) if changes else ""
        self._changes_on = run.since + timedelta(days=self._chance.whole(60, 400))
        self._release = 0

    def days(self) -> Life:
        server, run, standing = self._server, self._run, self._standing
        last = server.born + timedelta(days=server.days - 1)
        last = min(last, run.until) if run.until else max(last, run.since)
        yield from self._begin()
        day = run.since
        while day <= last:
            if standing and standing.ended and day > standing.ended + timedelta(days=_GRACE):
                break
            yield from self._day(day)
            if self._second_licence and day == self._changes_on:
                yield from self._change_licence(moment(day, 86_390))
            day += timedelta(days=1)

    def _begin(self) -> Life:
        server, standing, run = self._server, self._standing, self._run
        at = moment(run.since)
        if run.since == server.born:
            row = {
                "server_id": server.server_id,
                "kind": server.kind,
                "reason": server.reason,
                "born": server.born,
                "account_id": server.account_id,
                "person_id": server.person_id,
                "opted_out": server.opted_out,
                "edition": server.edition,
                "users": server.users,
            }
            yield at, Truth(at, "installations", row)
        if run.licence_id and server.kind != "fake":
            yield at, self._licence_link(at, run.licence_id)
        if standing and not standing.activated:
            standing.activated = True
            stage = {"person_id": standing.buyer.person_id, "stage": "activation", "at": at}
            yield at, Truth(at, "stages", stage)

    def _change_licence(self, at: datetime) -> Life:
        """To another one of the same account, of which the CRM knows nothing."""
        standing = self._standing
        if standing is not None:
            email, plan, key = standing.buyer.emails[-1], standing.subscriber.plan, self._second_licence
            next_year = at.date() + timedelta(days=365)
            yield crm.licence(at, key, email, plan, standing.subscriber.seats, next_year, issued=at)
            link = {"account_id": standing.account_id, "licence_id": key, "at": at}
            yield at, Truth(at, "licence_links", {**link, "opportunity": None, "is_trial": False})
            yield at, self._licence_link(at, key)

    def _licence_link(self, at: datetime, licence_id: str) -> Truth:
        row = {"server_id": self._server.server_id, "licence_id": licence_id, "at": at}
        return Truth(at, "server_licences", row)

    def _day(self, day: date) -> Life:
        server, chance = self._server, self._chance
        off = chance.happens(_OFF)
        share = _WEEKEND if day.weekday() >= 5 else _WEEKDAY
        active = [] if off else [user for user in range(server.users) if chance.happens(share)]
        doings = self._clients.plan(day, active)
        at, release = moment(day, server.second), server.release(day)
        reports = not (off or server.opted_out)
        yield from self._what_is_done(at, day, off, active, doings)
        if release != self._release:
            yield at, self._upgrade(at, day, release)
        asked = self._asked(day, active)
        if asked:
            counted = {"day": day, "server_id": server.server_id, **asked.counts()}
            yield at, Truth(at, "nps_surveys", counted)
        if reports:
            yield from self._reports(at, day, len(active))
            if asked:
                yield from self._answers(at, day, asked)
        if not off and self._pings and day.weekday() == 2:
            properties = {"version": server.version(day), "edition": server.edition}
            yield from self._track(at, "version_checked", properties)
        if reports:
            yield from self._clients.send(at, day, release, doings)

    def _what_is_done(
        self, at: datetime, day: date, off: bool, active: list[int], doings: list[Doing]
    ) -> Life:
        """Whether it is told or not."""
        server, release = self._server, self._server.release(day)
        threads = self._clients.threads(doings)
        counts = {**self._clients.counts(doings), "threads": threads["threads"]}
        row = {
            "day": day,
            "server_id": server.server_id,
            "version": server.version(day),
            "state": "off" if off else "opted out" if server.opted_out else "reporting",
            "active_users": len(active),
            "registered_users": server.users,
            "knows_threads": release >= THREADS_SINCE,
            **counts,
        }
        yield at, Truth(at, "server_days", row)
        if threads["threads"]:
            yield at, Truth(at, "thread_days", {"day": day, "server_id": server.server_id, **threads})
        if active:
            self._wiring.tally.add_users(day, server.server_id, active, counted=server.kind != "fake")
        if not off and server.kind != "fake":
            reports = not server.opted_out
            account_id = self._standing.account_id if self._standing else None
            tallied = ServerDay(
                server.edition, account_id, server.users, len(active), release, reports, counts
            )
            self._wiring.tally.add(day, tallied)

    def _upgrade(self, at: datetime, day: date, release: int) -> Truth:
        """`lag_days`: since the version's release; the first one is what it was installed with."""
        released = self._server.calendar.released(release)
        row = {
            "server_id": self._server.server_id,
            "day": day,
            "version": self._server.version(day),
            "released": released,
            "lag_days": (day - released).days,
            "first": not self._release and self._run.since == self._server.born,
        }
        self._release = release
        return Truth(at, "upgrades", row)

    def _asked(self, day: date, active: list[int]) -> Survey | None:
        if not (active and is_asked(self._server.born, day)):
            return None
        health = self._standing.subscriber.health if self._standing else _INDIFFERENT
        return survey(self._chance, active, health, self._wiring.rates.nps_answered)

    def _answers(self, at: datetime, day: date, asked: Survey) -> Life:
        version = self._server.version(day)
        yield from self._track(at, "nps_survey_sent", {"version": version, "asked": asked.asked})
        for user, score in asked.scores:
            properties = {"version": version, "score": score}
            properties["user_actual_id"] = opaque_user(self._server.server_id, user)
            yield from self._track(at, "nps_score_given", properties)

    def _reports(self, at: datetime, day: date, active: int) -> Life:
        server = self._server
        version = server.version(day)
        properties: dict[str, Any] = {"version": version, "edition": server.edition, **server.environment}
        yield from self._track(at, "server", properties)
        if server.reason == "more active than registered":
            active = server.users * 3
        usage = {"active_users_daily": active, "registered_users": server.users}
        yield from self._track(at, "activity", {"version": version, **usage})
        licence_id = self._licence(day)
        if licence_id:
            yield from self._track(at, "license", {"license_id": licence_id, "edition": server.edition})

    def _licence(self, day: date) -> str:
        if self._second_licence and day > self._changes_on:
            return self._second_licence
        return self._run.licence_id

    def _track(self, at: datetime, event: str, properties: dict[str, Any]) -> Life:
        message = {
            "type": "track",
            "channel": "server",
            "event": event,
            "userId": self._server.server_id,
            "anonymousId": _CONSTANT_ANONYMOUS_ID,
            "properties": properties,
            "context": _LIBRARY,
        }
        yield from self._sender.send(at, message)
