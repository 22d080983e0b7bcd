"""What people do on a server, and how web and mobile clients name it.

The web app sends one event name with the real one in `type`; mobile sends an event per name. Clients of an
old server tell a reply as a plain post, and no other feature.
"""

from __future__ import annotations

from collections import deque
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.simulate.world.features import DAILY_USE, EVENTS, METRICS, THREADS_SINCE
from mainstem.simulate.world.send import Sender
from mainstem.simulate.world.threads import Threads

if TYPE_CHECKING:
    from mainstem.simulate.chance import Chance
    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.installations import Server
    from mainstem.simulate.world.output import Life

_CONSTANT_ANONYMOUS_ID = "00000000000000000000000000"
_CHANNELS = 6
_OPEN_THREADS = 8
_REPLY = 0.45
_CONTEXTS: dict[str, dict[str, Any]] = {
    "webapp": {"library": {"name": "RudderLabs JavaScript SDK", "version": "3.7.0"}},
    "mobile": {"library": {"name": "com.rudderstack.android.sdk.core", "version": "1.20.0"}},
}


class Doing(msgspec.Struct, frozen=True):
    """One thing one user does."""

    user: int
    what: str
    """post or a metric."""
    post_id: str = ""
    root_id: str = ""
    channel: int = 0


class Clients:
    """The clients of one server; it remembers the threads that are still open, a few."""

    def __init__(self, chance: Chance, server: Server, rates: Difficulty) -> None:
        self._chance = chance
        self._server = server
        self._rates = rates
        self._open: deque[tuple[str, int]] = deque(maxlen=_OPEN_THREADS)
        self._threads = Threads()
        self._senders = {name: Sender(name, chance, rates) for name in _CONTEXTS}

    def plan(self, day: date, active: list[int]) -> list[Doing]:
        """Everything that is done on a day, in order."""
        chance = self._chance
        doings = []
        for user in active:
            doings += [self._post(user) for _ in range(chance.around(self._server.diligence))]
            for what, share in DAILY_USE.items():
                if chance.happens(share):
                    doings.append(Doing(user, what))
        return doings

    @staticmethod
    def counts(doings: list[Doing]) -> dict[str, int]:
        """What was truly done: posts of all kinds and each metric."""
        done = [doing.what for doing in doings]
        posts = done.count("post") + done.count("replies")
        return {"posts": posts, **{metric: done.count(metric) for metric in METRICS}}

    def threads(self, doings: list[Doing]) -> dict[str, int]:
        """Of a day; days come in order."""
        return self._threads.day(doings, self._pace(doings), {post_id for post_id, _ in self._open})

    def send(self, start: datetime, day: date, release: int, doings: list[Doing]) -> Life:
        """After the server's report, within the hours that are left of the day."""
        first, last = self._rates.sampled_months
        sampled = first <= self._server.calendar.month_of(day) <= last
        at = start
        pace = self._pace(doings)
        for doing in doings:
            at += timedelta(milliseconds=pace)
            if sampled and not self._chance.happens(self._rates.sampled_rate):
                continue
            name, category, properties = self._told(doing, release)
            if name:
                yield from self._event(at, name, category, doing.user, properties)

    def _pace(self, doings: list[Doing]) -> int:
        """Milliseconds between two of them."""
        left = 86_300 - self._server.second
        return int(left * 1000 / (len(doings) + 1))

    def _post(self, user: int) -> Doing:
        chance = self._chance
        post_id = chance.token(26)
        if self._open and chance.happens(_REPLY):
            root_id, channel = chance.one_of(self._open)
            return Doing(user, "replies", post_id, root_id, channel)
        channel = chance.below(_CHANNELS)
        self._open.append((post_id, channel))
        return Doing(user, "post", post_id, "", channel)

    def _told(self, doing: Doing, release: int) -> tuple[str, str, dict[str, Any]]:
        """Event, category and properties as a client of that release sends them; no event: silent."""
        if doing.what not in ("post", "replies"):
            return (*EVENTS[doing.what], {}) if release >= METRICS[doing.what] else ("", "", {})
        if release < THREADS_SINCE:
            return "api_posts_create", "api", {}
        channel_id = _opaque(self._server.server_id, "channel", doing.channel)
        properties = {"post_id": doing.post_id, "channel_id": channel_id}
        if doing.what == "post":
            return "api_posts_create", "api", properties
        return (*EVENTS["replies"], {**properties, "root_id": doing.root_id})

    def _event(self, at: datetime, name: str, category: str, user: int, properties: dict[str, Any]) -> Life:
        source = "mobile" if self._chance.happens(self._server.mobile) else "webapp"
        common = {"category": category, "user_actual_id": opaque_user(self._server.server_id, user)}
        if source == "webapp":
            common["type"] = name
        message = {
            "type": "track",
            "channel": "web" if source == "webapp" else "mobile",
            "event": "event" if source == "webapp" else name,
            "userId": self._server.server_id,
            "anonymousId": _CONSTANT_ANONYMOUS_ID,
            "properties": {**common, "user_actual_role": "system_user", **properties},
            "context": _CONTEXTS[source],
        }
        yield from self._senders[source].send(at, message)


def opaque_user(server_id: str, user: int) -> str:
    """The product's id of a user of a server."""
    return _opaque(server_id, "user", user)


def _opaque(server_id: str, kind: str, number: int) -> str:
    """26 characters as the product's ids have, the same for the same user."""
    return blake2b(f"{server_id}:{kind}:{number}".encode(), digest_size=13).hexdigest()
