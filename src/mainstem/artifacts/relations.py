"""The tables and words in a text of SQL, told without a parser: rather one too many than one too few.

Who asks holds what is found against the tables that there are.
"""

from __future__ import annotations

import re

_PART = r'(?:"[^"]+"|`[^`]+`|[A-Za-z_]\w*)'
_NAME = re.compile(rf"{_PART}(?:\s*\.\s*{_PART})+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_TEXT = re.compile(r"'(?:[^']|'')*'")


def relations_in(sql: str) -> frozenset[str]:
    """Everything that looks like `schema.table`, in small letters; of `lake."Website".pages` the last two
    parts."""
    found = _NAME.findall(_TEXT.sub("''", sql))
    return frozenset(
        ".".join(part.strip(' "`\n\t').lower() for part in name.split(".")[-2:]) for name in found
    )


def words_in(sql: str) -> frozenset[str]:
    """Every name in it, in small letters."""
    return frozenset(word.lower() for word in _WORD.findall(sql))
