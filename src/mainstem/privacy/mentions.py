"""An id that stands in other text by itself: `user-3` does in `"user-3",` and does not in `user-30`.

Patterns of what Python, Postgres and RE2 (DuckDB) all understand. A letter or digit next to an id makes it
part of another word: that word may be somebody else's id, and is left alone. The end of an escape is no such
letter: `%27user-3`, and the line break of JSON before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = "[0-9A-Za-z]"
_NO_WORD = "[^0-9A-Za-z]"
_ESCAPES = ("%[0-9A-Fa-f]{2}", r"\\[bfnrt]", r"\\u[0-9A-Fa-f]{4}")
_BEFORE = "|".join(("^", _NO_WORD, *_ESCAPES))
_NOT_WITHIN = "|".join((f"(?<!{_WORD})", *(f"(?<={escape})" for escape in _ESCAPES)))
_SPECIAL = re.compile(r"([^0-9A-Za-z_\x80-\U0010ffff])")


def mention(texts: Iterable[str]) -> str:
    """A pattern that is found where one of `texts` stands by itself, with the character on either side."""
    return "|".join(f"(?:{_BEFORE}){one}(?:$|{_NO_WORD})" for one in _escaped(texts))


def mention_alone(texts: Iterable[str]) -> str:
    """The same without the characters around it, to be replaced; not for RE2, which cannot look around."""
    return "|".join(f"(?:{_NOT_WITHIN}){one}(?!{_WORD})" for one in _escaped(texts))


def mention_bytes(texts: Iterable[str], folded: Iterable[str] = ()) -> re.Pattern[bytes]:
    """What finds `texts`, and `folded` in any case of ASCII, in bytes of UTF-8; one of both at least."""
    parts = [mention_alone(texts), *(f"(?i:{part})" for part in [mention_alone(folded)] if part)]
    return re.compile("|".join(filter(None, parts)).encode("utf-8", "surrogatepass"))


def _escaped(texts: Iterable[str]) -> list[str]:
    """Longest first, for the first that fits is taken."""
    return [_SPECIAL.sub(r"\\\1", text) for text in sorted({*texts} - {""}, key=lambda t: (-len(t), t))]
