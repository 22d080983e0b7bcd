"""Everything found wrong while a LookML project is read, in the order of its files and lines.

An error means that something cannot be trusted as written, and is left out. A warning means that it is read
otherwise than it may have been meant. Reading goes on after either, so that one run reports everything.
"""

from __future__ import annotations

import difflib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import LookmlError, LookmlProblem, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.semantics.model import Origin


_MANY = 40
_ALIKE = ((1, 3), (3, 6))
"""Letters at the beginning or at the end of which one must be the same, where candidates are many."""


class Problems:
    """Collects errors and warnings; one instance a project."""

    def __init__(self) -> None:
        self._errors: dict[LookmlProblem, None] = {}
        self._warnings: dict[LookmlProblem, None] = {}
        self._passed_over: dict[tuple[str, Origin], None] = {}

    def error(self, origin: Origin, message: str) -> None:
        self._errors[problem_at(origin, message)] = None

    def warning(self, origin: Origin, message: str) -> None:
        self._warnings[problem_at(origin, message)] = None

    def passed_over(self, what: str, origin: Origin) -> None:
        """Counts something known that stands there and has no effect, such as `persist_with of explore`."""
        self._passed_over[what, origin] = None

    @property
    def without_effect(self) -> dict[str, int]:
        """What was passed over → how often, the most frequent first."""
        return dict(Counter(what for what, _ in self._passed_over).most_common())

    @property
    def errors(self) -> tuple[LookmlProblem, ...]:
        return _sorted(self._errors)

    @property
    def warnings(self) -> tuple[LookmlProblem, ...]:
        return _sorted(self._warnings)

    def raise_errors(self) -> None:
        if self._errors:
            raise LookmlError(self.errors)


def did_you_mean(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """` (did you mean x?)` for the candidate most like `name`, else an empty string.

    `cutoff` is difflib's ratio, from 0 (anything) to 1 (the same).
    """
    close = difflib.get_close_matches(name, _likely(name, set(candidates)), n=1, cutoff=cutoff)
    return f" (did you mean {close[0]}?)" if close else ""


def _likely(name: str, candidates: set[str]) -> list[str]:
    """Sorted. Of many only those that begin or end like the name: difflib takes 20 µs for each, and a project
    may have thousands of names and of misspellings."""
    for start, end in _ALIKE:
        if len(candidates) > _MANY:
            first, last = name[:start], name[-end:]
            candidates = {one for one in candidates if one.startswith(first) or one.endswith(last)}
    if len(candidates) > _MANY:
        candidates = set(sorted(candidates, key=lambda one: (abs(len(one) - len(name)), one))[:_MANY])
    return sorted(candidates)


def problem_at(origin: Origin, message: str) -> LookmlProblem:
    return LookmlProblem(Place(Path(origin.file), origin.line), message)


def _sorted(problems: Iterable[LookmlProblem]) -> tuple[LookmlProblem, ...]:
    return tuple(sorted(problems, key=lambda p: (str(p.where.file), p.where.line or 0)))
