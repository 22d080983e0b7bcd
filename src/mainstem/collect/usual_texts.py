"""Which texts events of a form usually have at a place: a library's name, a locale, a user agent.

Where there are but a few, the form can be read by a type that takes only these, and they need not be judged
again. What is usual is found from events that came first, and looked for anew when many have come with
another text; that is done a few times, and then no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.events.form import Path

WATCHED = 64
"""Events by which it is decided."""
MOST_TEXTS = 16
"""At one place; where there are more, none is usual."""
LONGEST = 256
_MOST_LOOKS = 8
_MOST_OTHERS = 512
"""Events that may have a text that is not usual before it is looked for anew."""


class UsualTexts:
    """Of one form."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.is_watching = bool(self.paths)
        """Whether texts of events are to be shown to `watch`."""
        self._met: list[set[str] | None] = [set() for _ in self.paths]
        """None where too many were met, or one too long: of every event that has such a text a reader that
        expects the usual ones would be tried in vain."""
        self._watched = self._looks = self._others = 0

    def watch(self, texts: Sequence[str]) -> bool:
        """Take in the texts of one event, all judged well. True when it is decided what is usual."""
        for place, text in enumerate(texts):
            met = self._met[place]
            if met is None:
                continue
            met.add(text)
            if len(met) > MOST_TEXTS or len(text) > LONGEST:
                self._met[place] = None
        self._watched += 1
        if self._watched < WATCHED:
            return False
        self.is_watching = False
        self._watched = 0
        self._looks += 1
        return True

    def usual(self) -> dict[Path, tuple[str, ...]]:
        """The usual texts, of the places that have any."""
        return {
            path: tuple(sorted(met))
            for path, met in zip(self.paths, self._met, strict=True)
            if met is not None
        }

    def tell_other(self) -> None:
        """Of an event that has a text that is not usual, once it is decided what is."""
        self._others += 1
        if self._others == _MOST_OTHERS:
            self._others = 0
            self.is_watching = self._looks < _MOST_LOOKS
