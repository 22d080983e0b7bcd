"""What a step can say beforehand of all events of one form: the power that spares known events the steps.

A form is which keys an event has, at which places, and of which JSON type their values are. A step that
knows what it would do to every event of a form gives a `Promise`: it would leave such an event as it is but
for what the promise names, as long as the judges of its values say yes. A step that cannot know says None,
and the source's events of that form go through the steps one by one.

A promise is for as long as the step lives. It must never hold for an event that the step would change
otherwise, hold back or drop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import msgspec

from mainstem.events.step import Sending

Path = tuple[str, ...]


class Kind(StrEnum):
    """What JSON a value is."""

    TEXT = "text"
    TEXTS = "texts"
    """A list of texts, not empty: an empty one has a kind of its own, since rules may take it away."""
    NOTHING_LISTED = "nothing listed"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    NULL = "null"
    EMPTY = "empty"
    """An object without keys."""


_EXAMPLES: dict[Kind, Any] = {
    Kind.TEXT: "x",
    Kind.INT: 1,
    Kind.FLOAT: 1.5,
    Kind.BOOL: True,
    Kind.NULL: None,
}


class Leaf(msgspec.Struct, frozen=True):
    """A value that is no object with keys."""

    path: Path
    kind: Kind


class Form(msgspec.Struct, frozen=True):
    """Every leaf of an event but its `type`, which is given, in the order they came."""

    type: str
    leaves: tuple[Leaf, ...]
    name: str | None = None
    """The value under `selector`, where there is one: steps treat events by it."""
    selector: str | None = None
    """The field that names the event: `event`, or `name`."""
    added: Mapping[str, Any] = {}
    """What earlier steps put into the context of every such event."""

    def paths(self, *kinds: Kind) -> tuple[Path, ...]:
        """Of the leaves of these kinds."""
        return tuple(leaf.path for leaf in self.leaves if leaf.kind in kinds)

    def kind_at(self, path: Path) -> Kind | None:
        """None where there is no leaf."""
        return next((leaf.kind for leaf in self.leaves if leaf.path == path), None)

    def example(self, values: Mapping[Path, Any] | None = None) -> dict[str, Any]:
        """An event of this form, made anew, with `values` at some of its leaves."""
        event: dict[str, Any] = {"type": self.type}
        for leaf in self.leaves:
            at = event
            for key in leaf.path[:-1]:
                at = at.setdefault(key, {})
            at[leaf.path[-1]] = (values or {}).get(leaf.path, _example(leaf.kind))
        if self.selector is not None:
            event[self.selector] = self.name
        if self.added:
            event["context"] = {**event.get("context", {}), **self.added}
        return event


def _example(kind: Kind) -> Any:
    if kind is Kind.EMPTY:
        return {}
    if kind is Kind.TEXTS or kind is Kind.NOTHING_LISTED:
        return ["x"] if kind is Kind.TEXTS else []
    return _EXAMPLES[kind]


class Judged(msgspec.Struct, frozen=True):
    """Values that must be looked at in each event."""

    paths: tuple[Path, ...]
    judge: Callable[[tuple[Any, ...]], bool]
    """The values at `paths` → whether the step would leave the event alone for them. It changes nothing
    that shows."""
    by_text: tuple[Path, ...] = ()
    """Those of `paths`, the last ones, whose texts are judged each by itself: one that was judged well there
    need not be shown again, and `judge` then gets fewer values."""
    together: Callable[[Sequence[tuple[Any, ...]]], bool] | None = None
    """Whether `judge` would surely say yes to the values of each of several events; False says nothing."""


class Replaced(msgspec.Struct, frozen=True):
    """A text that another stands for, whatever it is."""

    path: Path
    replacement: Callable[[str], str | None]
    """None where only the step itself can tell."""


class Promise(msgspec.Struct, frozen=True):
    """What a step does to events of a form. Empty, it leaves them alone."""

    judged: tuple[Judged, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    added: Mapping[str, Any] = {}
    """Put into the context of each: constants."""
    admits: Callable[[Sending], bool] | None = None
    """Whether what is known beside the event lets it pass."""
    act: Callable[[Sending, int], None] | None = None
    """Done once for so many events of one request that pass, and for no others: changes what is kept beside
    them, counts them."""


@runtime_checkable
class Promising(Protocol):
    """A step with the power to promise."""

    def promise(self, form: Form) -> Promise | None:
        """An event of this form and name has just been through the step. None where it cannot be said."""


@runtime_checkable
class Naming(Protocol):
    """A step that treats events by their names."""

    def selector(self, kind: str) -> str | None:
        """The field of events of this type that holds the name; None where the type says all."""


def form_of(event: Mapping[str, Any], selector: str | None, most_leaves: int, deepest: int) -> Form | None:
    """The form of an event; None where it has too many leaves, nests too deep, holds lists of anything but
    texts, or has names that are written with escapes."""
    kind: object = event.get("type")
    if not isinstance(kind, str):
        return None
    leaves: list[Leaf] = []
    others = {key: value for key, value in event.items() if key != "type"}
    if not _add_leaves(others, (), leaves, deepest) or len(leaves) > most_leaves:
        return None
    if selector is None:
        return Form(kind, tuple(leaves))
    name: object = event.get(selector)
    return Form(kind, tuple(leaves), name, selector) if isinstance(name, str) else None


def _add_leaves(found: Mapping[str, Any], at: Path, leaves: list[Leaf], deepest: int) -> bool:
    for key, value in found.items():
        if _UNUSUAL.search(key):
            return False
        path = (*at, key)
        if type(value) is dict and value:
            if len(path) >= deepest or not _add_leaves(value, path, leaves, deepest):
                return False
            continue
        kind = _kind(value)
        if kind is None:
            return False
        leaves.append(Leaf(path, kind))
    return True


_UNUSUAL = re.compile(r'["\\\x00-\x1f\x7f]')
"""What JSON writes otherwise than it is: no type can be made with such names."""
_KINDS: dict[type, Kind] = {
    str: Kind.TEXT,
    int: Kind.INT,
    float: Kind.FLOAT,
    bool: Kind.BOOL,
    type(None): Kind.NULL,
    dict: Kind.EMPTY,
}


def _kind(value: object) -> Kind | None:
    if isinstance(value, list):
        if not value:
            return Kind.NOTHING_LISTED
        return Kind.TEXTS if _are_texts(value) else None
    return _KINDS.get(type(value))


def _are_texts(values: Iterable[object]) -> bool:
    return all(type(value) is str for value in values)
