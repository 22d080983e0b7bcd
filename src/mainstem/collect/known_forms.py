"""The short way through the steps of a source, for events of forms that came before.

Where every step of the source promises what it does to events of a form (`mainstem.events.form`), an event
of that form is read without a dictionary, its values are judged, and it is kept. Whatever differs from that
in anything, or is not surely clean, goes through the steps as ever; this way alone never refuses, holds back
or drops. Forms are learned from events that came the long way and passed, a bounded number of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect.known_form import KnownForm
from mainstem.events.form import Naming, Promising, form_of
from mainstem.events.step import Sending

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.collect.known_form import Read
    from mainstem.events.form import Form, Promise

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


class Passed(msgspec.Struct, frozen=True, gc=False):
    """An event that all steps let pass: to be kept as it stands here, after `acts`."""

    event: bytes
    acts: tuple[Callable[[Sending, int], None], ...]


class KnownForms:
    """The forms of one source, for as long as its steps are these."""

    def __init__(self, steps: Sequence[Promising]) -> None:
        self._steps = steps
        self._last: dict[str | None, KnownForm] = {}
        self._known: dict[tuple[str | None, int], list[KnownForm]] = {}
        """By the number of keys, about: that of `":` in the event."""
        self._by_form: dict[tuple[Any, ...], KnownForm] = {}
        self._hopeless: set[tuple[Any, ...]] = set()
        self.learnt = 0
        """Names of events, each with its form, that are known by now."""
        self._asked = 0

    def __len__(self) -> int:
        return len(self._by_form)

    def pass_known(self, event: msgspec.Raw, kind: str | None, sending: Sending, most: int) -> Passed | None:
        """None where the event must go the long way; nothing was changed or counted then. `most` is how many
        bytes an event may have so that its keys are surely not too many."""
        read = self.read(event, kind, most)
        if read is None:
            return None
        known, way, found = read
        if not way.admits(sending) or not way.accepts(found):
            return None
        if known.is_watching:
            known.watch(event)
        return Passed(way.encode(found), way.acts) if way.replace(found) else None

    def read(self, event: msgspec.Raw, kind: str | None, most: int) -> Read | None:
        """The event, if it is of a known form and name; nothing of it has been judged then."""
        last = self._last.get(kind)
        size = len(event)
        if last is None or size > most or size > _LONGEST_BYTES:
            return None
        read = last.read(event)
        if read is not None:
            return read or None
        alike = self._known.get((kind, bytes(event).count(_KEY)), [])
        for place, one in enumerate(alike[:_MOST_TRIED]):
            read = None if one is last else one.read(event)
            if read is not None:
                alike.insert(0, alike.pop(place))
                self._last[kind] = one
                return read or None
        return None

    def form_to_learn(self, event: dict[str, Any]) -> Form | None:
        """The form of an event that begins the long way; None where there is nothing to learn from it."""
        if self.learnt >= _MOST_NAMES:
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
            known = self._by_form[key] = KnownForm(form, kind, promises)
        if form.name not in known.promises:
            if not known.agrees(promises, event, kept):
                self._give_up(mark)
                return
            known.add(form.name, promises)
            self.learnt += 1
        self._find_by(known, kind, event)

    def _find_by(self, known: KnownForm, kind: str | None, event: msgspec.Raw) -> None:
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


def known_forms(steps: Sequence[object]) -> KnownForms | None:
    """None where there is no short way: no steps, or one without the power to promise."""
    promising = [step for step in steps if isinstance(step, Promising)]
    return KnownForms(promising) if steps and len(promising) == len(steps) else None
