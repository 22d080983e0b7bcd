"""Decide what becomes of held events, and write it down: first the events, durably, then what was done.

Killed in between, a replay that is run again writes the same events with the same message ids, which stand
once in the tables. An event that its source still does not accept stays where it is, with its new reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import (
    Dropped,
    Held,
    Received,
    Resolved,
    encode_received,
    encode_resolved,
)
from mainstem.replay.held import HeldEvent
from mainstem.replay.rules import Mended, mend

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from mainstem.events import Action
    from mainstem.log import LogWriter
    from mainstem.replay.rules import Rule

PARTITION = "replay-0"
"""Of the streams of events and of resolutions; its lock admits one replay at a time."""

_AT_ONCE = 200
_BYTES_AT_ONCE = 4 * 1024 * 1024
"""Of events that are written together, or one that is larger: a log takes only so much."""
_NAMESPACE = uuid.UUID("5f0f3bb7-5f35-5f0c-9d6e-6d61696e7374")

Judge = Callable[[HeldEvent, bytes], Received | Held | Dropped]
"""What the event's source makes of the mended event now: the record to keep, or why not."""


class Decision(msgspec.Struct, frozen=True):
    """About one event."""

    held: HeldEvent
    mended: Mended
    judged: Received | Held | Dropped

    @property
    def action(self) -> Action:
        match self.judged:
            case Received():
                return "replayed"
            case Dropped():
                return "dropped"
            case Held():
                return "held"

    @property
    def reason(self) -> str | None:
        return None if isinstance(self.judged, Received) else self.judged.reason

    def resolution(self, at: str) -> Resolved | None:
        """None where nothing has changed."""
        if self.action == "held" and self.reason == self.held.reason:
            return None
        return Resolved(
            id=self.held.id,
            action=self.action,
            at=at,
            rule=", ".join(self.mended.rules) or None,
            reason=self.reason,
            message_id=message_id_of(self.judged) if isinstance(self.judged, Received) else None,
        )


def decide(held: HeldEvent, rules: Sequence[Rule], judge: Judge) -> Decision:
    mended = mend(rules, held)
    return Decision(held, mended, judge(held, mended.event))


async def replay(
    held: Iterable[HeldEvent],
    rules: Sequence[Rule],
    judge: Judge,
    events: LogWriter,
    resolved: LogWriter,
    stamp: Callable[[], str],
) -> AsyncIterator[Decision]:
    """Each decision, once it is durable. Raises LogUnavailable; what was given out before it stands."""
    for group in _groups(decide(one, rules, judge) for one in held):
        records = [encode_received(one.judged) for one in group if isinstance(one.judged, Received)]
        if records:
            await events.append(records)
        await write_resolutions(resolved, [one.resolution(stamp()) for one in group])
        for decision in group:
            yield decision


def _groups(decisions: Iterable[Decision]) -> Iterator[list[Decision]]:
    group: list[Decision] = []
    room = _BYTES_AT_ONCE
    for decision in decisions:
        size = len(decision.mended.event)
        if group and (size > room or len(group) == _AT_ONCE):
            yield group
            group, room = [], _BYTES_AT_ONCE
        group.append(decision)
        room -= size
    if group:
        yield group


async def write_resolutions(log: LogWriter, resolutions: Sequence[Resolved | None]) -> None:
    """Those that say something. Raises LogUnavailable."""
    records = [encode_resolved(one) for one in resolutions if one is not None]
    if records:
        await log.append(records)


def derived_message_id(held: HeldEvent) -> str:
    """For an event without one, or whose own is spent: always the same for one held event."""
    return str(uuid.uuid5(_NAMESPACE, held.id))


def message_id_of(record: Received) -> str | None:
    if record.message_id is not None:
        return record.message_id
    own = msgspec.json.decode(record.event, type=_Named).message_id
    return str(own).strip() if own is not None else None


class _Named(msgspec.Struct, rename="camel"):
    """Of an event, its message id: all else may hold what no reader takes, such as 1e999."""

    message_id: Any = None
