"""What the company publishes: two blog posts and a podcast episode a month, and who lands on them.

Content is older than history, so that the first visitor finds some. It causes nothing by itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.simulate.world.crm import upsert
from mainstem.simulate.world.send import text
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from mainstem.simulate.chance import Chance
    from mainstem.simulate.world.output import Life
    from mainstem.simulate.world.timeline import Calendar

_TOPICS = (
    "incident-response",
    "self-hosting",
    "chatops",
    "open-source",
    "remote-work",
    "compliance",
    "playbooks",
    "migrations",
    "threads",
    "release-notes",
    "integrations",
)
_BACKLIST = 6
"""Months of content that stand when history begins."""
_DAYS = {"blog": (6, 20), "podcast": (12,)}
"""Days of a month on which a piece of each kind appears."""


class Piece(msgspec.Struct, frozen=True):
    kind: str
    """blog or podcast; also the channel whose visitors land on it."""
    number: int
    """Counted from 1 over the kind; numbers of the backlist are 0 and below."""
    published: date

    @property
    def path(self) -> str:
        topic = _TOPICS[self.number * 7 % len(_TOPICS)]
        return f"/{self.kind}/{topic}-{self.number + _BACKLIST * len(_DAYS[self.kind])}"

    @property
    def title(self) -> str:
        words, _, number = self.path.rpartition("/")[2].rpartition("-")
        return f"{words.replace('-', ' ').capitalize()}, part {number}"


def landing(chance: Chance, channel: str, day: date, calendar: Calendar) -> Piece | None:
    """The piece a visitor of that channel sees first: mostly one of the newest; None for other channels."""
    if channel not in _DAYS:
        return None
    month = calendar.month_of(day)
    out = [piece for ago in range(4) for piece in _month(channel, month - ago, calendar)]
    return chance.one_of([piece for piece in out if piece.published <= day])


def content_life(calendar: Calendar) -> Life:
    """A row for each piece when it appears, those of the backlist on the first day; without end."""
    first = moment(calendar.first_day)
    month = 1 - _BACKLIST
    while True:
        pieces = [piece for kind in _DAYS for piece in _month(kind, month, calendar)]
        for piece in sorted(pieces, key=lambda piece: piece.published):
            at = max(first, moment(piece.published, 32_400))
            row = {
                "kind": piece.kind,
                "title": piece.title,
                "path": piece.path,
                "published_at": text(moment(piece.published, 32_400)),
            }
            yield upsert(at, "marketing", "content", piece.path, row)
        month += 1


def _month(kind: str, month: int, calendar: Calendar) -> list[Piece]:
    """The pieces of a month of history; 0 is the month before the first."""
    first = calendar.day_after(month - 1)
    days = _DAYS[kind]
    return [
        Piece(kind, (month - 1) * len(days) + place + 1, first + timedelta(days=day - 1))
        for place, day in enumerate(days)
    ]
