"""From many alerts to few messages: those of one DAG together, and all together once a place has had enough.

Promise: nothing is dropped: what a message does not spell out, it counts. A storm of failures is one message.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.notify import Level, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.store.alerts import Parcel

SPELLED_OUT = 3
"""Alerts of one message that are told whole; of the others only the title."""
LISTED = 20
LEVELS: Mapping[str, Level] = {
    "recovery": "success",
    "retry": "warning",
    "paused": "warning",
    "sla": "warning",
    "partial": "warning",
    "rows": "warning",
}
"""Of kinds that are no failures."""
_WORST_FIRST: tuple[Level, ...] = ("failure", "warning", "success")
MAYBE_TOLD = "(this may have been told before: whoever told it died while doing so)"


@dataclass(frozen=True)
class Letter:
    """One message to one place, and the alerts that it tells of."""

    target: str
    message: Message
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    letters: tuple[Letter, ...]
    postponed: tuple[tuple[str, tuple[str, ...], datetime], ...]
    """Place, keys and until when: the place was told of that DAG a moment ago."""


def grouped(
    parcels: Iterable[Parcel],
    last_told: Mapping[tuple[str, str], datetime],
    sent_this_hour: Mapping[str, int],
    settings: AlertSettings,
    now: datetime,
) -> Round:
    """`last_told` by place and DAG; `sent_this_hour` counts messages by place."""
    letters: list[Letter] = []
    postponed: list[tuple[str, tuple[str, ...], datetime]] = []
    pause = timedelta(seconds=settings.again_after_s)
    by_target: dict[str, dict[str, list[Parcel]]] = {}
    for parcel in parcels:
        # What is of no DAG is told by itself: each is about another thing.
        by_target.setdefault(parcel.target, {}).setdefault(parcel.dag_id or f":{parcel.key}", []).append(
            parcel
        )
    for target, groups in by_target.items():
        ready: list[list[Parcel]] = []
        for dag_id, held in groups.items():
            told = last_told.get((target, dag_id))
            if told is not None and now < told + pause and not _ends_it(held):
                postponed.append((target, tuple(one.key for one in held), told + pause))
            else:
                ready.append(held)
        room = settings.most_an_hour - sent_this_hour.get(target, 0)
        letters += _letters(target, ready, room)
    return Round(tuple(letters), tuple(postponed))


def _ends_it(held: Sequence[Parcel]) -> bool:
    """What is told of the end of a run does not wait, nor does what did not run at all."""
    return any(one.kind not in ("failure", "retry", "sla") for one in held)


def _letters(target: str, groups: Sequence[list[Parcel]], room: int) -> list[Letter]:
    """The last message that there is room for tells of all that is left; without room it goes all the same,
    since nothing may stay untold, but alone."""
    alone = max(room - 1, 0)
    if len(groups) <= max(room, 1):
        alone = len(groups)
    letters = [_letter(target, held) for held in groups[:alone]]
    rest = [parcel for held in groups[alone:] for parcel in held]
    return [*letters, _letter(target, rest)] if rest else letters


def _letter(target: str, held: Sequence[Parcel]) -> Letter:
    return Letter(target, Message(_title(held), _body(held), _level(held)), tuple(one.key for one in held))


def _title(held: Sequence[Parcel]) -> str:
    if len(held) == 1:
        return held[0].title
    kinds = Counter(one.kind for one in held)
    counted = ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common())
    dags = sorted({one.dag_id for one in held if one.dag_id})
    if len(dags) == 1:
        return f"{dags[0]}: {counted}"
    return f"{len(held)} alerts of {len(dags)} DAGs: {counted}" if dags else f"{len(held)} alerts: {counted}"


def _body(held: Sequence[Parcel]) -> str:
    parts = [MAYBE_TOLD] if any(one.was_begun for one in held) else []
    if len(held) == 1:
        return "\n".join([*parts, held[0].body])
    told = held if len(held) <= SPELLED_OUT else held[:1]
    parts += [f"{one.title}\n{one.body}" for one in told]
    rest = held[len(told) :]
    if rest:
        listed = [f"- {one.title}" for one in rest[:LISTED]]
        more = [f"- and {len(rest) - LISTED} more: mainstem alerts list"] if len(rest) > LISTED else []
        parts.append("\n".join([*listed, *more]))
    return "\n\n".join(parts)


def _level(held: Sequence[Parcel]) -> Level:
    levels = {LEVELS.get(one.kind, "failure") for one in held}
    return next(level for level in _WORST_FIRST if level in levels)
