"""What lies between a device and the gateway: retries, delays, wrong clocks, data nobody should send.

Each sender draws from a stream of its own, so what one device suffers never depends on another. It opens
no connection.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world.output import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.simulate.chance import Chance
    from mainstem.simulate.world.difficulty import Difficulty

_DAY = 86_400.0


def text(moment: datetime) -> str:
    """As JavaScript's toISOString writes it."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    # Twice as quick as strftime, and two are made for every event.
    return utc.isoformat(timespec="milliseconds")[:-6] + "Z"


class Sender:
    """One source's way to the gateway, for the events of one life."""

    def __init__(self, source: str, chance: Chance, difficulty: Difficulty, blocked: bool = False) -> None:
        self._source = source
        self._chance = chance
        self._difficulty = difficulty
        self._blocked = blocked

    def send(self, made: datetime, message: dict[str, Any]) -> Iterator[tuple[datetime, Event]]:
        """The message as received, once or twice. `made` is true time; the message may say otherwise."""
        chance, rates = self._chance, self._difficulty
        late = chance.happens(rates.late)
        wait = chance.uniform(_DAY, 5 * _DAY) if late else chance.uniform(0.2, 5.0)
        sent = made + timedelta(seconds=wait)
        claimed, claimed_sent = made, sent
        if chance.happens(rates.future):
            claimed = sent + timedelta(days=chance.uniform(1, 400))
        elif chance.happens(rates.absurd_clock):
            claimed = datetime(chance.one_of((1970, 1980, 2001, 2106)), 1, 1, 0, 0, 1, tzinfo=UTC)
            claimed_sent = claimed + timedelta(seconds=wait)
        if chance.happens(rates.personal_data):
            _leak(chance, message)
        message["messageId"] = chance.identifier()
        message["originalTimestamp"] = text(claimed)
        message["sentAt"] = text(claimed_sent)
        yield made, Event(sent + timedelta(milliseconds=40), self._source, message, self._blocked)
        if chance.happens(rates.retried):
            pause = timedelta(seconds=chance.uniform(1, 600))
            again = {**message, "sentAt": text(claimed_sent + pause)}
            yield made, Event(sent + pause, self._source, again, self._blocked)


def _leak(chance: Chance, message: dict[str, Any]) -> None:
    """Into a dict of its own: what one message carries must not appear in the next."""
    place = "traits" if message["type"] == "identify" else "properties"
    number = chance.whole(1000, 9999)
    key, value = chance.one_of(
        (
            ("contact", f"someone{number}@example.org"),
            ("callback", f"+49 30 5550 {number}"),
            ("value", f"sk_live_{chance.token(24)}"),
        )
    )
    message[place] = {**message.get(place, {}), key: value}
