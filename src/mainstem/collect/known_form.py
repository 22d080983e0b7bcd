"""One form of events that came before: its readers, and all that is still to be done for an event of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from mainstem.collect.checks import BEHIND, FIRST
from mainstem.collect.form_reader import FormReader
from mainstem.collect.usual_texts import UsualTexts
from mainstem.events.form import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Mapping, Sequence

    from mainstem.events import Sending
    from mainstem.events.form import Form, Judged, Path, Promise

_PEOPLE = ("userId", "anonymousId")

_decode = msgspec.json.Decoder().decode


class Way:
    """All that is still to be done for events of one form and name, once they are read."""

    __slots__ = ("_admitting", "_replaced", "acts", "encode", "encode_into", "judged")

    def __init__(
        self, reader: FormReader, promises: Sequence[Promise], settled: Container[Path] = ()
    ) -> None:
        """Texts at `settled` were judged well when the reader was made."""
        self.encode, self.encode_into = reader.encode, reader.encode_into
        self._admitting = tuple(p.admits for p in promises if p.admits is not None)
        self.acts = tuple(p.act for p in promises if p.act is not None)
        self.judged: tuple[tuple[Callable[[Any], tuple[Any, ...]], Judged], ...] = tuple(
            (get, judged)
            for promise in promises
            for judged in promise.judged
            if (get := reader.getter(_unsettled(judged, settled))) is not None
        )
        self._replaced = tuple(
            (*reader.place(one.path), one.replacement) for promise in promises for one in promise.replaced
        )

    def admits(self, sending: Sending) -> bool:
        """Whether what is known beside the event lets it pass."""
        for admits in self._admitting:  # noqa: SIM110 # a generator takes three times as long, for each event
            if not admits(sending):
                return False
        return True

    def accepts(self, found: Any) -> bool:
        """Whether its values do."""
        for get, judged in self.judged:  # noqa: SIM110 # as above
            if not judged.judge(get(found)):
                return False
        return True

    def replace(self, found: Any) -> bool:
        """Put in what is to stand there instead. False, and `found` is of no more use, where only a step can
        tell what."""
        for above, name, replacement in self._replaced:
            at = above(found)
            new = replacement(getattr(at, name))
            if new is None:
                return False
            setattr(at, name, new)
        return True


def _unsettled(judged: Judged, settled: Container[Path]) -> list[Path]:
    return [path for path in judged.paths if path not in judged.by_text or path not in settled]


Read: TypeAlias = "tuple[KnownForm, Way, Any]"
"""An event of a known form and name, with all the ids it needs: what it was read into is the last. A plain
tuple, since one is made for each event: a class of its own takes four times as long."""


class _Reading:
    """A reader of a form, and what is done with what it reads."""

    def __init__(self, known: KnownForm, usual: Mapping[Path, Collection[str]]) -> None:
        form = known.form
        self.reader = FormReader(form, known.forced, usual)
        self.read = self.reader.read
        self.name = self.reader.value((form.selector,)) if form.selector else None
        people = [(name,) for name in _PEOPLE if form.kind_at((name,)) is Kind.TEXT]
        self.ids = self.reader.getter([("messageId",), *people])
        self.settled = frozenset(usual)
        self.ways: dict[str | None, Way] = {}
        for name, promises in known.promises.items():
            self.add(name, promises)

    def add(self, name: str | None, promises: Sequence[Promise]) -> None:
        self.ways[name] = Way(self.reader, promises, self.settled)


class KnownForm:
    """A form, with what the steps add to it."""

    def __init__(self, form: Form, forced: str | None, promises: Sequence[Promise]) -> None:
        self.form = form
        self.forced = forced
        self.promises: dict[str | None, Sequence[Promise]] = {}
        self._open = _Reading(self, {})
        self._narrow: _Reading | None = None
        by_text = {path for promise in promises for judged in promise.judged for path in judged.by_text}
        self._usual = UsualTexts(sorted(by_text))
        self._texts = self._open.reader.getter(self._usual.paths)
        self.is_watching = self._usual.is_watching
        """Whether events that are clean are to be shown to `watch`."""

    def add(self, name: str | None, promises: Sequence[Promise]) -> None:
        self.promises[name] = promises
        for reading in (self._open, self._narrow):
            if reading is not None:
                reading.add(name, promises)

    def agrees(self, promises: Sequence[Promise], event: msgspec.Raw, kept: dict[str, Any]) -> bool:
        """Whether both ways make the same of `event`: the promises are held to what the steps did."""
        reader = self._open.reader
        found = reader.read(event)
        way = Way(reader, promises)
        return found is not None and way.replace(found) and _decode(reader.encode(found)) == kept

    def read(self, event: msgspec.Raw) -> Read | Literal[False] | None:
        """None for another form or name; False where the steps themselves must say."""
        reading = self._narrow or self._open
        found = reading.read(event)
        if found is None and reading is not self._open:
            reading = self._open
            found = reading.read(event)
            if found is not None:
                self._usual.tell_other()
                self.is_watching = self._usual.is_watching
        if found is None:
            return None
        way = reading.ways.get(None if reading.name is None else reading.name(found))
        if way is None:
            return None
        if reading.ids is not None and not _are_given(*reading.ids(found)):
            return False
        return self, way, found

    def watch(self, event: msgspec.Raw) -> None:
        """Take in which texts an event has that is clean, while `is_watching`."""
        found = self._open.reader.read(event)
        if self._texts is not None and self._usual.watch(self._texts(found)):
            usual = self._usual.usual()
            self._narrow = _Reading(self, usual) if usual else None
        self.is_watching = self._usual.is_watching


def _are_given(message_id: str, *people: str) -> bool:
    """Whether the checks at the door could not say no, and no id is to be made. (Two comparisons are written
    out for each: a call would take three times as long, for each event.)"""
    if not FIRST <= message_id < BEHIND and (not message_id or message_id.isspace()):
        return False
    if not people:
        return True
    for one in people:  # noqa: SIM110 # a generator takes three times as long, for each event
        if FIRST <= one < BEHIND or (one and not one.isspace()):
            return True
    return False
