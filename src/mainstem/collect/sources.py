"""Which source a write key belongs to, and what it does with an event: worked out once at start.

A write key names exactly one source; whoever reads the sources sees to that. Keys are looked up as they
arrive (`by_authorization` holds whole header values), so that a request costs one dictionary look-up.
Every feature of a source is an entry in one of its lists; a source without it does not pay for it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.checks import Check, Item, checks_of
from mainstem.collect.known_forms import KnownForms, known_forms
from mainstem.collect.request import Request
from mainstem.errors import EventRejected
from mainstem.events import Scrub, Source, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Gate = Callable[[Request, int], None]
"""Judges a request of so many events before any is looked at; says no by raising EventRejected."""
Tap = Callable[[Request], None]
"""Is shown every request of a known sender as it came, whatever becomes of it. It must not wait or raise."""

MOST_REASONS = 100
"""For quarantine that a source tells apart: reasons name events and properties, and senders choose those."""
OTHER_REASONS = "other reasons"


class SourceCounts(msgspec.Struct):
    """What a source has met since the process began. Written by the handler, read by the metrics."""

    requests: int = 0
    refused_requests: int = 0
    """By a gate or a check, as a whole; none of their events are counted elsewhere."""
    refused: dict[str, int] = msgspec.field(default_factory=dict)
    """The same, by what their senders were told."""
    events: int = 0
    """Accepted for the log."""
    quarantined: int = 0
    held: dict[str, int] = msgspec.field(default_factory=dict)
    """The same, by the reason, as far as there are not too many of them."""
    dropped: dict[str, int] = msgspec.field(default_factory=dict)
    """By the reason a step gave."""
    unkept: int = 0
    """Of `events`, those that the log then refused: their senders were told so, and send them again."""
    unkept_held: int = 0
    """Of `quarantined`, likewise."""
    told: int = 0
    told_held: int = 0
    """What `kept` and `kept_held` said last: who counts never sees less than before."""

    def kept(self) -> int:
        """Events accepted and not refused by the log; those under way are among them."""
        self.told = max(self.told, self.events - self.unkept)
        return self.told

    def kept_held(self) -> int:
        """The same of `quarantined`."""
        self.told_held = max(self.told_held, self.quarantined - self.unkept_held)
        return self.told_held

    def hold(self, reason: str) -> None:
        self.quarantined += 1
        if reason not in self.held and len(self.held) >= MOST_REASONS:
            reason = OTHER_REASONS
        self.held[reason] = self.held.get(reason, 0) + 1

    def refuse(self, told: str) -> None:
        self.refused_requests += 1
        self.refused[told] = self.refused.get(told, 0) + 1


class CompiledSource(msgspec.Struct, frozen=True):
    """A source with everything decided that does not depend on the request."""

    source: Source
    checks: tuple[Check, ...]
    gates: tuple[Gate, ...] = ()
    taps: tuple[Tap, ...] = ()
    steps: tuple[Step, ...] = ()
    scrub: Scrub | None = None
    """What quarantined items go through that the checks refused; None where the source has no steps."""
    counts: SourceCounts = msgspec.field(default_factory=SourceCounts)
    forms: KnownForms | None = None
    """The short way through the steps; None where there are none, or one of them cannot promise anything."""

    @property
    def id(self) -> str:
        return self.source.id

    def objection(self, item: Item) -> str | None:
        """Why this source does not accept `item`; None when it does."""
        for check in self.checks:
            reason = check(item)
            if reason is not None:
                return reason
        return None

    def refusal(self, reason: str, status: int = 400) -> EventRejected:
        """`status` for `reason`, counted."""
        self.counts.refuse(reason)
        return EventRejected(status, reason)


def compile_plainly(source: Source) -> CompiledSource:
    """A source with the checks that every one has, and nothing else."""
    return CompiledSource(source, checks_of(source))


class SourceTable:
    """Every source, by what its senders send. With `earlier`, a source goes on counting where it stood
    there: counts belong to the process, not to one reading of its settings."""

    def __init__(
        self,
        sources: Iterable[Source],
        compiler: Callable[[Source], CompiledSource] = compile_plainly,
        earlier: SourceTable | None = None,
    ) -> None:
        counts = {entry.id: entry.counts for entry in earlier.compiled} if earlier is not None else {}
        self.compiled: tuple[CompiledSource, ...] = tuple(
            msgspec.structs.replace(
                entry, counts=counts.get(entry.id, entry.counts), forms=known_forms(entry.steps)
            )
            for entry in map(compiler, sources)
        )
        self.by_key: Mapping[str, CompiledSource] = {
            key: entry for entry in self.compiled for key in entry.source.write_keys
        }
        # Enabled sources only: the rest take the long way, to the answer that says so.
        self.by_authorization: Mapping[bytes, CompiledSource] = {
            basic_authorization(key): entry for key, entry in self.by_key.items() if entry.source.enabled
        }


def basic_authorization(write_key: str) -> bytes:
    """The `Authorization` header an SDK sends: the key as user name, with an empty password."""
    return b"Basic " + b64encode(f"{write_key}:".encode())
