"""The short way for events that came together: read one by one, judged many at a time.

What is asked of each event is what the short way asks of a single one (`KnownForms.pass_known`); only the
detectors are asked once for the texts of all. Where they are not sure, they are asked for those of each name,
then for half of these, and so on, so that one odd event costs the others little.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from mainstem.collect.known_form import Way
    from mainstem.collect.known_forms import KnownForms
    from mainstem.events import Sending

    Envelope = Callable[[Sending], tuple[bytes, bytes]]
    Together = Callable[[Sequence[tuple[Any, ...]]], bool]

AT_ONCE = 256
"""Events that are in memory at a time, read: 5 KB each."""


def pass_together(
    forms: KnownForms,
    events: Sequence[msgspec.Raw],
    sending: Sending,
    most: int,
    envelope: Envelope,
) -> list[bytes | None]:
    """The record of each event, AT_ONCE of them at most; None for those that must go the long way, of which
    nothing was changed or counted. `envelope` gives what stands around an event in its record; `most` is how
    many bytes an event may have so that its keys are surely not too many."""
    reads = [forms.read(event, None, most) for event in events]
    by_way: defaultdict[Way, _Alike] = defaultdict(_Alike)
    for place, read in enumerate(reads):
        if read is not None:
            alike = by_way[read[1]]
            alike.places.append(place)
            alike.found.append(read[2])
    refused = _refused(by_way, sending)
    for place, read in enumerate(reads):
        if read is not None and read[0].is_watching and place not in refused:
            read[0].watch(events[place])
    kept: list[bytes | None] = [None] * len(events)
    for way, alike in by_way.items():
        for place, record in alike.records(way, refused, sending, envelope):
            kept[place] = record
    return kept


class _Alike:
    """Events for which the same is to be done."""

    __slots__ = ("found", "places")

    def __init__(self) -> None:
        self.places: list[int] = []
        self.found: list[Any] = []

    def records(
        self, way: Way, refused: Collection[int], sending: Sending, envelope: Envelope
    ) -> Iterator[tuple[int, bytes]]:
        replace = way.replace
        passed = [
            (place, found)
            for place, found in zip(self.places, self.found, strict=True)
            if place not in refused and replace(found)
        ]
        if not passed:
            return
        own = msgspec.structs.replace(sending)
        for act in way.acts:
            act(own, len(passed))
        front, back = envelope(own)
        buffer, size, encode_into = bytearray(front), len(front), way.encode_into
        for place, found in passed:
            encode_into(found, buffer, size)
            buffer += back
            yield place, bytes(buffer)


def _refused(by_way: Mapping[Way, _Alike], sending: Sending) -> Collection[int]:
    """The places of events that must go the long way, though they could be read."""
    refused: set[int] = set()
    asked: defaultdict[Together, list[_Asked]] = defaultdict(list)
    for way, alike in by_way.items():
        if not way.admits(sending):
            refused.update(alike.places)
            continue
        for get, judged in way.judged:
            some = _Asked(alike.places, list(map(get, alike.found)), judged.judge)
            if judged.together is not None:
                asked[judged.together].append(some)
            else:
                refused.update(some.refused())
    for together, parts in asked.items():
        if not together([*chain.from_iterable(part.values for part in parts)]):
            for part in parts:
                refused.update(part.doubtful(together))
    return refused


class _Asked(NamedTuple):
    """Values of events in `places`, and who judges those of one event alone."""

    places: list[int]
    values: list[tuple[Any, ...]]
    judge: Callable[[tuple[Any, ...]], bool]

    def refused(self) -> Iterator[int]:
        for place, values in zip(self.places, self.values, strict=True):
            if not self.judge(values):
                yield place

    def doubtful(self, together: Together) -> Iterator[int]:
        """`refused`, of which most are not if `together` is right."""
        if len(self.places) < 2:
            yield from self.refused()
        elif not together(self.values):
            middle = len(self.places) // 2
            yield from _Asked(self.places[:middle], self.values[:middle], self.judge).doubtful(together)
            yield from _Asked(self.places[middle:], self.values[middle:], self.judge).doubtful(together)
