"""What a server tells every day, and what truly happens on it whether it tells or not.

A server that is off, opted out or old is silent, never zero. Posts of its users come from the clients,
after its own report.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import crm
from mainstem.simulate.world.features import THREADS_SINCE
from mainstem.simulate.world.output import Life, Truth
from mainstem.simulate.world.send import Sender
from mainstem.simulate.world.timeline import moment
from mainstem.simulate.world.usage import Clients

if TYPE_CHECKING:
    from mainstem.simulate.world.installations import Server, Standing
    from mainstem.simulate.world.wiring import Wiring

_LIBRARY = {"library": {"name": "analytics-go", "version": "4.2.1"}}
_CONSTANT_ANONYMOUS_ID = "00000000000000000000000000"
_OFF = 0.025
_PINGS = 0.7
_GRACE = 30


def server_life(wiring: Wiring, server: Server, standing: Standing | None) -> Life:
    """From its first report until it is switched off, a month after its account left at the latest."""
    return _Life(wiring, server, standing).days()


class _Life:
    def __init__(self, wiring: Wiring, server: Server, standing: Standing | None) -> None:
        self._wiring = wiring
        self._server = server
        self._standing = standing
        self._chance = Chance(wiring.seed, "telemetry", server.server_id)
        self._sender = Sender("servers", self._chance, wiring.rates)
        self._clients = Clients(self._chance, server, wiring.rates)
        self._pings = self._chance.happens(_PINGS)
        changes = standing is not None and self._chance.happens(wiring.rates.licence_changed)
        self._second_licence = self._chance.token(26) if changes else ""
        self._changes_on = server.born + timedelta(days=self._chance.whole(60, 400))

    def days(self) -> Life:
        server, standing = self._server, self._standing
        yield from self._born()
        for age in range(server.days):
            day = server.born + timedelta(days=age)
            if standing and standing.ended and day > standing.ended + timedelta(days=_GRACE):
                break
            yield from self._day(day)
            if self._second_licence and day == self._changes_on:
                yield from self._change_licence(moment(day + timedelta(days=1)))

    def _born(self) -> Life:
        server, standing = self._server, self._standing
        at = moment(server.born)
        row = {
            "server_id": server.server_id,
            "kind": server.kind,
            "reason": server.reason,
            "born": server.born,
            "account_id": standing.account_id if standing else None,
            "person_id": standing.buyer.person_id if standing else None,
            "opted_out": server.opted_out,
        }
        yield at, Truth(at, "installations", row)
        if standing:
            yield at, self._licence_link(at, standing.licence_id)
        if standing and not standing.activated:
            standing.activated = True
            stage = {"person_id": standing.buyer.person_id, "stage": "activation", "at": at}
            yield at, Truth(at, "stages", stage)

    def _change_licence(self, at: datetime) -> Life:
        """To another one of the same account, of which the CRM knows nothing."""
        standing = self._standing
        if standing is not None:
            email = standing.buyer.emails[-1]
            next_year = at.date() + timedelta(days=365)
            yield from crm.licence(at, self._second_licence, standing.subscriber, email, next_year)
            link = {"account_id": standing.account_id, "licence_id": self._second_licence, "at": at}
            yield at, Truth(at, "licence_links", {**link, "opportunity": None})
            yield at, self._licence_link(at, self._second_licence)

    def _licence_link(self, at: datetime, licence_id: str) -> Truth:
        row = {"server_id": self._server.server_id, "licence_id": licence_id, "at": at}
        return Truth(at, "server_licences", row)

    def _day(self, day: date) -> Life:
        server, chance = self._server, self._chance
        off = chance.happens(_OFF)
        release = server.release(day)
        share = 0.12 if day.weekday() >= 5 else 0.55
        active = [] if off else [user for user in range(server.users) if chance.happens(share)]
        doings = self._clients.plan(day, active)
        at = moment(day, server.second)
        reports = not (off or server.opted_out)
        state = "off" if off else "opted out" if server.opted_out else "reporting"
        counts = self._clients.counts(doings)
        if not off and server.kind != "fake":
            self._wiring.tally.add(day, len(active), release, reports, counts)
        row = {
            "day": day,
            "server_id": server.server_id,
            "version": server.version(day),
            "state": state,
            "active_users": len(active),
            "registered_users": server.users,
            "knows_threads": release >= THREADS_SINCE,
            **counts,
        }
        yield at, Truth(at, "server_days", row)
        if reports:
            yield from self._reports(at, day, len(active))
        if not off and self._pings and day.weekday() == 2:
            properties = {"version": server.version(day), "edition": server.edition}
            yield from self._track(at, "version_checked", properties)
        if reports:
            yield from self._clients.send(at, day, release, doings)

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
        if self._standing is None:
            return "internal-licence" if self._server.reason == "internal licence" else ""
        if self._second_licence and day > self._changes_on:
            return self._second_licence
        return self._standing.licence_id

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
