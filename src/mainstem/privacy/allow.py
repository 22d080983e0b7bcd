"""Let through what a list names, and of all else only what says little: numbers, yes and no, empty text.

A name is let through with a value, or a list of values; what lies inside it is judged by names of its own,
unless the list says `name.**`. Names are met however they are spelt. What is taken away is noted.

An event costs a few comparisons of sets: each level remembers the spellings it has judged, and values that
were found harmless before are not looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.privacy.names import LONGEST_KEPT, bare
from mainstem.privacy.paths import MOST_LEVELS, path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.privacy.notes import Note
    from mainstem.privacy.paths import Segments

_SCALARS = frozenset({str, int, float, bool, type(None)})
_MOST_SPELLINGS = 2048


class Passage:
    """One event on its way through an allow-list."""

    __slots__ = ("harmless", "notes", "unseen")

    def __init__(self, notes: list[Note], harmless: set[Any]) -> None:
        self.notes = notes
        self.harmless = harmless
        """Values that were found harmless in earlier events."""
        self.unseen: list[Any] = []
        """Where one value of an object is not among those: all values of the object. To be looked at."""


class Allowed:
    """One level of an allow-list."""

    __slots__ = (
        "any", "children", "deep", "everything", "inside", "is_telling", "leaves", "numeric", "others",
        "passing",
    )  # fmt: skip

    def __init__(self, is_telling: Callable[[str], bool], others: Allowed | None = None) -> None:
        self.leaves: set[str] = set()
        self.deep: set[str] = set()
        self.children: dict[str, Allowed] = {}
        self.any: Allowed | None = None
        """The level below every name, `*`."""
        self.everything = False
        self.is_telling = is_telling
        """Says of a name that even a number under it may be somebody's, or that it is somebody's itself."""
        self.others = others or self
        """The level of objects that nobody listed: it lets no text through."""
        self.passing: set[str] = set()
        """Spellings of listed names, as they were met."""
        self.numeric: set[str] = set()
        """Spellings that nobody listed and that may hold a number."""
        self.inside: dict[str, Allowed] = {}
        """Spellings of what holds objects, and the level of each."""

    def add(self, path: Segments) -> None:
        first, rest = path[0], path[1:]
        if first == "**":
            self.everything = True
        elif first == "*":
            self._below_all().add(rest or ("**",))
        elif not rest:
            self.leaves.add(first)
        elif rest == ("**",):
            self.deep.add(first)
        else:
            self.children.setdefault(first, Allowed(self.is_telling, self.others)).add(rest)

    def _below_all(self) -> Allowed:
        self.any = self.any or Allowed(self.is_telling, self.others)
        return self.any

    def filter(self, found: dict[str, Any], at: tuple[str, ...], passage: Passage) -> None:
        """Take out of `found`, which stands at the path `at`, what is not let through."""
        if self.everything:
            passage.unseen.append(found)
            return
        values = found.values()
        if _SCALARS.issuperset(map(type, values)):
            if not found.keys() <= self.passing:
                for name in [name for name in found if name not in self.passing]:
                    self._filter_scalar(found, name, found[name], at, passage)
            if not passage.harmless.issuperset(values):
                passage.unseen += values
            return
        harmless, passing = passage.harmless, self.passing
        for name, value in list(found.items()):
            kind = type(value)
            if kind is dict:
                inside = self.inside.get(name, _NOBODY)
                try:
                    if value.keys() <= inside.passing and harmless.issuperset(value.values()):
                        continue
                except TypeError:  # it holds an object or a list
                    pass
                self._filter_object(found, name, value, at, passage)
            elif kind is list:
                self._filter_list_at(found, name, value, at, passage)
            elif name not in passing and not self._filter_scalar(found, name, value, at, passage):
                continue
            elif value not in harmless:
                passage.unseen.append(value)

    def _filter_scalar(
        self, found: dict[str, Any], name: str, value: Any, at: tuple[str, ...], passage: Passage
    ) -> bool:
        """Whether it stays."""
        if (type(value) is not str and name in self.numeric) or self._passes(name, value):
            return True
        del found[name]
        passage.notes.append(("removed", path_of(at, name)))
        return False

    def _passes(self, name: str, value: Any) -> bool:
        short = bare(name)
        if self._is_listed(short):
            _remember(self.passing, name)
            return True
        if self._says_much(name, value):
            return False
        if type(value) is not str and not self.is_telling(name):
            _remember(self.numeric, name)
        return True

    def _is_listed(self, short: str) -> bool:
        return short in self.leaves or short in self.deep or (self.any is not None and self.any.everything)

    def _says_much(self, name: str, value: Any) -> bool:
        """Of a value that nobody listed: whether it may be more than a count or a switch."""
        if type(value) is str and value:
            return True
        return type(value) in (int, float) and self.is_telling(name)

    def _filter_object(
        self, found: dict[str, Any], name: str, value: dict[str, Any], at: tuple[str, ...], passage: Passage
    ) -> None:
        short = bare(name)
        if short in self.deep:
            passage.unseen.append(value)
        elif not value:
            pass
        elif len(at) >= MOST_LEVELS:
            del found[name]
            passage.notes.append(("removed", path_of(at, name)))
        else:
            inside = self.children.get(short) or self.any or self.others
            if len(self.inside) < _MOST_SPELLINGS:
                self.inside[name] = inside
            inside.filter(value, (*at, name), passage)
            if not value:
                del found[name]

    def _filter_list_at(
        self, found: dict[str, Any], name: str, value: list[Any], at: tuple[str, ...], passage: Passage
    ) -> None:
        short = bare(name)
        if short in self.deep:
            passage.unseen.append(value)
        elif value:
            inside = self.children.get(short) or self.any or self.others
            _filter_list(value, inside, name, self._is_listed(short), (*at, name), passage)
            if not value:
                del found[name]


def allow_list(paths: Iterable[Segments], is_telling: Callable[[str], bool]) -> Allowed:
    """The top level of the list of `paths`. `is_telling`: see `Allowed`."""
    root = Allowed(is_telling, Allowed(is_telling))
    for path in paths:
        root.add(path)
    return root


_NOBODY = Allowed(lambda name: True)
"""The level of an object that was not met before: no name is known there."""


def _filter_list(
    found: list[Any], inside: Allowed, name: str, listed: bool, at: tuple[str, ...], passage: Passage
) -> None:
    """Elements that are objects are judged at the level `inside`, all others by the list's own `name`."""
    here = (*at, "*")
    kept: list[Any] = []
    for value in found:
        kind = type(value)
        if kind in _SCALARS:
            stays = listed or not inside._says_much(name, value)
            passage.unseen += [value] if stays else []
        elif not value:
            stays = True
        else:
            if len(at) >= MOST_LEVELS:
                value.clear()
            elif kind is dict:
                (inside.any or inside).filter(value, here, passage)
            else:
                _filter_list(value, inside, name, listed, here, passage)
            stays = bool(value)
        if stays:
            kept.append(value)
        else:
            passage.notes.append(("removed", path_of(at)))
    found[:] = kept


def _remember(spellings: set[str], name: str) -> None:
    """Senders choose spellings, so neither many nor long ones are kept."""
    if len(spellings) < _MOST_SPELLINGS and len(name) <= LONGEST_KEPT:
        spellings.add(name)
