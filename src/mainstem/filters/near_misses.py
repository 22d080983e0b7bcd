"""What somebody may have meant by an expression that a grammar does not have.

A suggestion is made only of what the grammar itself accepts; none is better than a wrong one.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LONGEST = 200
"""Characters; nobody wants a suggestion for more, and closeness is costly to find."""


def suggestion(
    text: str,
    vocabulary: Sequence[str],
    accepts: Callable[[str], bool],
    rewrites: Sequence[tuple[str, str]] = (),
) -> str:
    """An expression close to `text` that `accepts` takes, or an empty text.

    `rewrites` are regular expressions with what people mean by them, for the ways of saying it that no
    spelling leads to.
    """
    if len(text) > _LONGEST:
        return ""
    return next((c for c in _candidates(text, vocabulary, rewrites) if c != text and accepts(c)), "")


def unknown_word(text: str, vocabulary: Sequence[str]) -> tuple[int, str] | None:
    """The first word that the grammar does not know, and where it stands."""
    for word in _WORD.finditer(text):
        if word[0].lower() not in vocabulary:
            return word.start(), word[0]
    return None


def _candidates(text: str, vocabulary: Sequence[str], rewrites: Sequence[tuple[str, str]]) -> Iterator[str]:
    plain = " ".join(text.lower().split())
    counted = _WORD.sub(lambda m: str(_COUNTS.index(m[0])) if m[0] in _COUNTS else m[0], plain)
    for form in dict.fromkeys((plain, counted)):
        for candidate in (form, _spelled(form, vocabulary)):
            yield candidate
            yield from _rewritten(candidate, rewrites)


def _rewritten(text: str, rewrites: Sequence[tuple[str, str]]) -> Iterator[str]:
    """By one rule, by each in its turn, by all of them."""
    all_of_them = text
    for pattern, meant in rewrites:
        yield re.sub(pattern, meant, text)
        all_of_them = re.sub(pattern, meant, all_of_them)
    yield all_of_them


def _spelled(text: str, vocabulary: Sequence[str]) -> str:
    def known(match: re.Match[str]) -> str:
        close = difflib.get_close_matches(match[0], vocabulary, n=1, cutoff=0.6)
        return close[0] if close else match[0]

    return " ".join(_WORD.sub(known, re.sub(r"(?<=\d)(?=[a-z])", " ", text)).split())
