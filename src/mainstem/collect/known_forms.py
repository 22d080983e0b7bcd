"""The short way through the steps of a source, for events of forms that came before.

Where every step of the source promises what it does to events of a form (`mainstem.events.form`), an event
of that form is read without a dictionary, its values are judged, and it is kept. Whatever differs from that
in anything, or is not surely clean, goes through the steps as ever; this way alone never refuses, holds back
or drops. Forms are learned from events that came the long way and passed, a bounded number of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mainstem.collect.form_reader import FormReader
from mainstem.collect.usual_texts import UsualTexts
from mainstem.events.form import Form, Kind, Naming, Promising, form_of
from mainstem.events.step import Sending

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Mapping, Sequence

    from mainstem.events.form import Judged, Path, Promise

MOST_FORMS = 64
"""About 40 KB each."""
_MOST_NAMES = 512
"""Of forms with a name each, all forms together."""
_MOST_MARKS = 4 * MOST_FORMS
_MOST_LEAVES = 300
_DEEPEST = 8
_LONGEST_BYTES = 32 * 1024
_PATIENCE = 512
"""Events that are looked at for their form before only one of some is."""
_ONE_OF = 32
_MOST_TRIED = 8
"""Forms an event is held against, of those that have as many keys."""
_KEY = b'":'

_PEOPLE = ("userId", "anonymousId")
_FIRST, _BEHIND = "!", "\x7f"
"""Text between them begins with a sign that is no space."""

_decode = msgspec.json.Decoder().decode


class Passed(msgspec.Struct, frozen=True, gc=False):
    """An event that all steps let pass: to be kept as it stands here, after `acts`."""

    event: bytes
    acts: tuple[Callable[[Sending], None], ...]


class _Way:
    """All that is still to be done for events of one form and name."""

    __slots__ = ("acts", "admits", "judges", "replaced")

    def __init__(
        self, reader: FormReader, promises: Sequence[Promise], settled: Container[Path] = ()
    ) -> None:
        """Texts at `settled` were judged well when the reader was made."""
        self.admits = tuple(p.admits for p in promises if p.admits is not None)
        self.acts = tuple(p.act for p in promises if p.act is not None)
        self.judges = tuple(
            (get, judged.judge)
            for promise in promises
            for judged in promise.judged
            if (get := reader.getter(_unsettled(judged, settled))) is not None
        )
        self.replaced = tuple(
            (get, one.replacement, reader.setter(one.path))
            for promise in promises
            for one in promise.replaced
            if (get := reader.getter((one.path,))) is not None
        )

    def replace(self, found: Any) -> bool:
        """False, and `found` is of no more use, where only a step can tell by what."""
        for get, replacement, put in self.replaced:
            new = replacement(get(found)[0])
            if new is None:
                return False
            put(found, new)
        return True


def _unsettled(judged: Judged, settled: Container[Path]) -> list[Path]:
    return [path for path in judged.paths if path not in judged.by_text or path not in settled]


class _Reading:
    """A reader of a form, and what is done with what it reads."""

    def __init__(self, known: _Known, usual: Mapping[Path, Collection[str]]) -> None:
        form = known.form
        self.reader = FormReader(form, known.forced, usual)
        self.name = self.reader.getter(((form.selector,),) if form.selector else ())
        people = [(name,) for name in _PEOPLE if form.kind_at((name,)) is Kind.TEXT]
        self.ids = self.reader.getter([("messageId",), *people])
        self.settled = frozenset(usual)
        self.ways: dict[str | None, _Way] = {}
        for name, promises in known.promises.items():
            self.add(name, promises)

    def add(self, name: str | None, promises: Sequence[Promise]) -> None:
        self.ways[name] = _Way(self.reader, promises, self.settled)


class _Known:
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

    def add(self, name: str | None, promises: Sequence[Promise]) -> None:
        self.promises[name] = promises
        for reading in (self._open, self._narrow):
            if reading is not None:
                reading.add(name, promises)

    def agrees(self, promises: Sequence[Promise], event: msgspec.Raw, kept: dict[str, Any]) -> bool:
        """Whether both ways make the same of `event`: the promises are held to what the steps did."""
        reader = self._open.reader
        found = reader.read(event)
        way = _Way(reader, promises)
        return found is not None and way.replace(found) and _decode(reader.encode(found)) == kept

    def passed(self, event: msgspec.Raw, sending: Sending) -> Passed | Literal[False] | None:
        """None for another form or name; False where the steps themselves must say."""
        reading = self._narrow or self._open
        found = reading.reader.read(event)
        if found is None and reading is not self._open:
            reading = self._open
            found = reading.reader.read(event)
            if found is not None:
                self._usual.tell_other()
        if found is None:
            return None
        way = reading.ways.get(None if reading.name is None else reading.name(found)[0])
        if way is None:
            return None
        if reading.ids is not None and not _are_given(*reading.ids(found)):
            return False
        for admits in way.admits:
            if not admits(sending):
                return False
        for get, judge in way.judges:
            if not judge(get(found)):
                return False
        if self._usual.is_watching:
            self._watch(event)
        if way.replaced and not way.replace(found):
            return False
        return Passed(reading.reader.encode(found), way.acts)

    def _watch(self, event: msgspec.Raw) -> None:
        """Of an event that is clean."""
        found = self._open.reader.read(event)
        if self._texts is not None and self._usual.watch(self._texts(found)):
            usual = self._usual.usual()
            self._narrow = _Reading(self, usual) if usual else None


class KnownForms:
    """The forms of one source, for as long as its steps are these."""

    def __init__(self, steps: Sequence[Promising]) -> None:
        self._steps = steps
        self._last: dict[str | None, _Known] = {}
        self._known: dict[tuple[str | None, int], list[_Known]] = {}
        """By the number of keys, about: that of `":` in the event."""
        self._by_form: dict[tuple[Any, ...], _Known] = {}
        self._hopeless: set[tuple[Any, ...]] = set()
        self._ways = 0
        self._asked = 0

    def __len__(self) -> int:
        return len(self._by_form)

    def pass_known(self, event: msgspec.Raw, kind: str | None, sending: Sending, most: int) -> Passed | None:
        """None where the event must go the long way; nothing was changed or counted then. `most` is how many
        bytes an event may have so that its keys are surely not too many."""
        last = self._last.get(kind)
        if last is None or memoryview(event).nbytes > min(most, _LONGEST_BYTES):
            return None
        passed = last.passed(event, sending)
        if passed is not None:
            return passed or None
        alike = self._known.get((kind, bytes(event).count(_KEY)), [])
        for place, one in enumerate(alike[:_MOST_TRIED]):
            passed = None if one is last else one.passed(event, sending)
            if passed is not None:
                alike.insert(0, alike.pop(place))
                self._last[kind] = one
                return passed or None
        return None

    def form_to_learn(self, event: dict[str, Any]) -> Form | None:
        """The form of an event that begins the long way; None where there is nothing to learn from it."""
        if self._ways >= _MOST_NAMES:
            return None
        self._asked += 1
        if self._asked > _PATIENCE and self._asked % _ONE_OF:
            return None
        named = event.get("type")
        if type(named) is not str or type(event.get("messageId")) is not str:
            return None
        return form_of(event, self._selector(named), _MOST_LEAVES, _DEEPEST)

    def learn(self, form: Form, kind: str | None, event: msgspec.Raw, kept: dict[str, Any]) -> None:
        """Take in the form of an `event` that came through the steps, which left it as `kept`."""
        mark = (kind, form.type, form.name, frozenset(form.leaves))
        if mark in self._hopeless:
            return
        promised = self._promises(form)
        if promised is None:
            self._give_up(mark)
            return
        form, promises = promised
        added = msgspec.json.encode(form.added)
        key = (kind, form.type, frozenset(form.leaves), added)
        known = self._by_form.get(key)
        if known is None:
            if len(self._by_form) >= MOST_FORMS:
                return
            known = self._by_form[key] = _Known(form, kind, promises)
        if form.name not in known.promises:
            if not known.agrees(promises, event, kept):
                self._give_up(mark)
                return
            known.add(form.name, promises)
            self._ways += 1
        self._find_by(known, kind, event)

    def _find_by(self, known: _Known, kind: str | None, event: msgspec.Raw) -> None:
        self._last[kind] = known
        mark = (kind, bytes(event).count(_KEY))
        alike = self._known.get(mark)
        if alike is None:
            if len(self._known) < _MOST_MARKS:
                self._known[mark] = [known]
            return
        if known in alike:
            alike.remove(known)
        alike.insert(0, known)

    def _give_up(self, mark: tuple[Any, ...]) -> None:
        if len(self._hopeless) < _MOST_NAMES:
            self._hopeless.add(mark)

    def _promises(self, form: Form) -> tuple[Form, list[Promise]] | None:
        promises: list[Promise] = []
        for step in self._steps:
            promise = step.promise(form)
            if promise is None:
                return None
            promises.append(promise)
            if promise.added:
                form = msgspec.structs.replace(form, added={**form.added, **promise.added})
        return form, promises

    def _selector(self, kind: str) -> str | None:
        return next(self._selectors(kind), None)

    def _selectors(self, kind: str) -> Iterator[str]:
        for step in self._steps:
            if isinstance(step, Naming):
                field = step.selector(kind)
                if field is not None:
                    yield field


def _are_given(message_id: str, *people: str) -> bool:
    """Whether the checks at the door could not say no, and no id is to be made."""
    if not _FIRST <= message_id < _BEHIND and (not message_id or message_id.isspace()):
        return False
    if not people:
        return True
    for one in people:  # noqa: SIM110 # a generator takes three times as long, for each event
        if _FIRST <= one < _BEHIND or (one and not one.isspace()):
            return True
    return False


def known_forms(steps: Sequence[object]) -> KnownForms | None:
    """None where there is no short way: no steps, or one without the power to promise."""
    promising = [step for step in steps if isinstance(step, Promising)]
    return KnownForms(promising) if steps and len(promising) == len(steps) else None
