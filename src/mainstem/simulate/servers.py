"""What one self-hosted server tells on one day: what it is, how much it is used, some of its posts.

Releases come on the 16th of every month; servers follow late and at their own pace, so many versions are
alive at once. A server's life ends one day and another installation takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.call import Call, CallType, Sdk
from mainstem.simulate.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_MONTH = date(2019, 1, 1)
_RELEASE_DAY = 16
_FIRST_MAJOR = 5
_CONSTANT_ANONYMOUS_ID = "00000000000000000000000000"
"""Chat clients send one anonymous id for everybody; the person is the hashed `user_actual_id`."""


@dataclass(frozen=True)
class Installation:
    """What stays the same over a server's life."""

    server_id: str
    edition: str
    database_type: str
    operating_system: str
    installation_type: str
    registered_users: int
    lag: timedelta
    """How long after a release it is installed here."""
    hour: float
    """UTC hour at which it reports."""

    def properties(self, day: date) -> dict[str, str]:
        return {
            "version": release_on(day - self.lag),
            "edition": self.edition,
            "database_type": self.database_type,
            "operating_system": self.operating_system,
            "installation_type": self.installation_type,
        }


def release_on(day: date) -> str:
    """The newest release of a day; twelve minor releases make a major one."""
    months = (day.year - _FIRST_MONTH.year) * 12 + day.month - _FIRST_MONTH.month
    if day.day < _RELEASE_DAY:
        months -= 1
    months = max(0, months)
    return f"{_FIRST_MAJOR + months // 12}.{months % 12}.0"


def installation(seed: int, slot: int, day: date) -> Installation:
    """The server that holds a slot on a day; about one in eight is replaced within three months."""
    life = Chance(seed, "slot", slot)
    days = life.whole(400, 1100)
    generation = (day.toordinal() + life.whole(0, days)) // days
    born = Chance(seed, "server", slot, generation)
    enterprise = born.happens(0.4)
    registered = max(3, round(born.lognormal(60 if enterprise else 20, 0.9)))
    # Large servers upgrade slower; the median lag over all is about five months.
    months = born.lognormal(6.0 if registered > 60 else 4.5, 0.7)
    return Installation(
        server_id=born.token(26),
        edition="enterprise" if enterprise else "team",
        database_type=born.pick({"postgres": 7.0, "mysql": 3.0}),
        operating_system=born.pick({"linux": 9.0, "windows": 0.5, "freebsd": 0.5}),
        installation_type=born.pick({"docker": 4.0, "package": 4.0, "kubernetes": 2.0}),
        registered_users=registered,
        lag=timedelta(days=round(months * 30.4)),
        hour=born.uniform(0, 23.5),
    )


def server_day(seed: int, slot: int, day: date) -> Iterator[Call]:
    """Everything one server sends on one day, in order. One day in forty it is off and sends nothing."""
    server = installation(seed, slot, day)
    today = Chance(seed, "telemetry", server.server_id, day)
    if not today.happens(0.975):
        return
    weekend = day.weekday() >= 5
    active = sum(today.happens(0.15 if weekend else 0.55) for _ in range(server.registered_users))
    moment = datetime.combine(day, time(), UTC) + timedelta(hours=server.hour)
    yield _track(server, today, moment, "server", server.properties(day))
    # Now and then a server is stopped between its two reports: usage of that day is unknown, not zero.
    if today.happens(0.99):
        usage = {"active_users_daily": active, "registered_users": server.registered_users}
        yield _track(server, today, moment + timedelta(seconds=1), "activity", usage)
    yield from _posts(seed, server, today, moment, min(active, 3))


def _posts(seed: int, server: Installation, today: Chance, start: datetime, most: int) -> Iterator[Call]:
    """A sample of the posts people write, in the quarter of an hour after the report."""
    for number in range(today.count(1.0, 3)):
        if number >= most:
            return
        author = Chance(seed, "user", server.server_id, today.whole(1, server.registered_users))
        properties = {
            "category": "api",
            "type": "api_posts_create",
            "user_actual_id": author.token(26),
            "user_actual_role": "system_user",
            "post_id": today.token(26),
            "channel_id": Chance(seed, "channel", server.server_id, today.whole(1, 5)).token(26),
        }
        moment = start + timedelta(seconds=today.uniform(5, 900))
        yield _track(server, today, moment, "api_posts_create", properties, _CONSTANT_ANONYMOUS_ID)


def _track(
    server: Installation,
    today: Chance,
    moment: datetime,
    event: str,
    properties: dict[str, str] | dict[str, int],
    anonymous_id: str | None = None,
) -> Call:
    return Call(
        sdk=Sdk.SERVERS,
        type=CallType.TRACK,
        message_id=today.identifier(),
        timestamp=moment,
        user_id=server.server_id,
        anonymous_id=anonymous_id,
        name=event,
        properties=dict(properties),
    )
