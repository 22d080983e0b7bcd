"""Let through what a list names, and of all else only what says little: numbers, yes and no, empty text.

A name is let through with a value, or a list of values; what lies inside it is judged by names of its own,
unless the list says `name.**`. Names are met however they are spelt. What is taken away is noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.privacy.names import bare
from mainstem.privacy.paths import MOST_LEVELS, path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.privacy.notes import Note
    from mainstem.privacy.paths import Segments

_SCALARS = frozenset({str, int, float, bool, type(None)})
_MOST_SPELLINGS = 2048


class Allowed:
    """One level of an allow-list. `passing` fills with spellings that were judged, so that most objects are
    judged by one comparison of sets."""

    __slots__ = (
        "any", "children", "deep", "everything", "harmless", "inside", "is_telling", "leaves", "others",
        "passing",
    )  # fmt: skip

    def __init__(self, is_telling: Callable[[str], bool], others: Allowed | None = None) -> None:
        self.leaves: set[str] = set()
        self.deep: set[str] = set()
        self.children: dict[str, Allowed] = {}
        self.any: Allowed | None = None
        self.passing: set[str] = set()
        self.is_telling = is_telling
        """Says of a bare name that even a number under it may be somebody's."""
        self.everything = False
        self.inside: dict[str, Allowed] = {}
        """Spellings of what holds objects, as they were met, and the level of each."""
        self.harmless: set[str] = set()
        """Spellings that nobody listed and that may hold a number."""
        self.others = others or self
        """The level of objects that nobody listed: it lets no text through."""

    def add(self, path: Segments) -> None:
        first, rest = path[0], path[1:]
        if first == "**":
            self.everything = True
        elif not rest:
            if first == "*":
                self._any().everything = True
            else:
                self.leaves.add(first)
        elif rest == ("**",):
            self.deep.add(first)
        elif first == "*":
            self._any().add(rest)
        else:
            self.children.setdefault(first, Allowed(self.is_telling, self.others)).add(rest)

    def _any(self) -> Allowed:
        self.any = self.any or Allowed(self.is_telling, self.others)
        return self.any

    def filter(self, found: dict[str, Any], at: tuple[str, ...], notes: list[Note]) -> None:
        """Take out of `found`, which stands at the path `at`, what is not let through."""
        if self.everything:
            return
        if not found.keys() <= self.passing:
            for name in found.keys() - self.passing:
                value = found[name]
                kind = type(value)
                if kind is not str and name in self.harmless:
                    continue
                if kind in _SCALARS and not self._passes(name, value):
                    del found[name]
                    notes.append(("removed", path_of(at, name)))
        if not _SCALARS.issuperset(map(type, found.values())):
            for name, value in list(found.items()):
                kind = type(value)
                if kind is dict:
                    inside = self.inside.get(name, _NOTHING)
                    # Most objects are flat and all of them known: no call, no path.
                    if not value.keys() <= inside.passing or not _SCALARS.issuperset(
                        map(type, value.values())
                    ):
                        self._filter_inside(found, name, value, at, notes)
                elif kind is list:
                    self._filter_inside(found, name, value, at, notes)

    def _passes(self, name: str, value: Any) -> bool:
        short = bare(name)
        if short in self.leaves or short in self.deep or (self.any is not None and self.any.everything):
            if len(self.passing) < _MOST_SPELLINGS and len(name) <= 64:
                self.passing.add(name)
            return True
        if self._says_much(short, value):
            return False
        if type(value) is not str and len(self.harmless) < _MOST_SPELLINGS and not self.is_telling(short):
            self.harmless.add(name)
        return True

    def _filter_inside(
        self, found: dict[str, Any], name: str, value: Any, at: tuple[str, ...], notes: list[Note]
    ) -> None:
        short = bare(name)
        if short in self.deep or not value:
            return
        inside = self.children.get(short) or self.any
        if len(at) >= MOST_LEVELS:
            value.clear()
            notes.append(("removed", path_of(at, name)))
        elif type(value) is dict:
            inside = inside or self.others
            if len(self.inside) < _MOST_SPELLINGS:
                self.inside[name] = inside
            inside.filter(value, (*at, name), notes)
        else:
            listed = short in self.leaves or (self.any is not None and self.any.everything)
            self._filter_list(value, short, listed, inside, (*at, name), notes)
        if not value:
            del found[name]

    def _filter_list(
        self,
        found: list[Any],
        short: str,
        listed: bool,
        inside: Allowed | None,
        at: tuple[str, ...],
        notes: list[Note],
    ) -> None:
        kept: list[Any] = []
        for value in found:
            kind = type(value)
            if kind in _SCALARS:
                stays = listed or not self._says_much(short, value)
            elif not value:
                stays = True
            else:
                if len(at) >= MOST_LEVELS:
                    value.clear()
                elif kind is dict:
                    node = inside.any if inside is not None and inside.any is not None else inside
                    (node or self.others).filter(value, (*at, "*"), notes)
                else:
                    self._filter_list(value, short, listed, inside, (*at, "*"), notes)
                stays = bool(value)
            if stays:
                kept.append(value)
            else:
                notes.append(("removed", path_of(at)))
        found[:] = kept

    def _says_much(self, short: str, value: Any) -> bool:
        """Of a value that nobody listed: whether it may be more than a count or a switch."""
        if type(value) is str:
            return bool(value)
        return not (value is None or type(value) is bool) and self.is_telling(short)


_NOTHING = Allowed(lambda name: True)


def allow_list(paths: Iterable[Segments], is_telling: Callable[[str], bool]) -> Allowed:
    root = Allowed(is_telling, Allowed(is_telling))
    for path in paths:
        root.add(path)
    return root
