"""What it costs to read an event whole and to write it again, where nothing at all is asked of it.

By the fastest that is known here: a type made for the very form of the event, read and written by msgspec.
Whatever looks into events and gives them on pays this; it says nothing of looking.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect.body import decode_item
from mainstem.collect.form_reader import FormReader
from mainstem.events.form import form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROUNDS = 7
_MOST_LEAVES, _DEEPEST = 300, 8


def rewriting_microseconds(events: Sequence[bytes], seconds: float) -> float:
    """CPU that reading and writing one of `events` costs more than reading the few fields which are read in
    any case; the median of some rounds, `seconds` in all. Raises ValueError for an event without a form."""
    readers: dict[frozenset[Any], FormReader] = {}
    work = [(_reader_of(event, readers), event) for event in events]

    def rewrite() -> None:
        for reader, event in work:
            reader.encode(reader.read(event))

    def look() -> None:
        for event in events:
            decode_item(event)

    each = seconds / _ROUNDS / 2
    more = statistics.median(_seconds(rewrite, each) - _seconds(look, each) for _ in range(_ROUNDS))
    return more / len(events) * 1e6


def _reader_of(event: bytes, readers: dict[frozenset[Any], FormReader]) -> FormReader:
    form = form_of(msgspec.json.decode(event), None, _MOST_LEAVES, _DEEPEST)
    if form is None:
        raise ValueError(f"an event has no form: {event[:100]!r}")
    reader = readers.setdefault(frozenset(form.leaves), FormReader(form, None))
    if msgspec.json.decode(reader.encode(reader.read(event))) != msgspec.json.decode(event):
        raise ValueError(f"an event is not written as it was read: {event[:100]!r}")
    return reader


def _seconds(work: Callable[[], None], at_least: float) -> float:
    """CPU of one call."""
    calls, began = 0, time.process_time()
    while (taken := time.process_time() - began) < at_least or not calls:
        work()
        calls += 1
    return taken / calls
