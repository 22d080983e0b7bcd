"""Paths of properties as text: keys joined by dots, a dot within a key written `\\.`.

The one form in which plans, messages, facts and the catalogue name a place in an event.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Path = tuple[str, ...]

IRREGULAR = "<irregular>"
"""Stands for a name that looks like data."""
LONGEST_NAME = 100

_LIKE_DATA = re.compile(r"@|\d{5}|[^\w $.:/\-+()\[\]&,'!?#%]|[\s]{2}")


def join_path(path: Iterable[str]) -> str:
    return ".".join(key.replace("\\", "\\\\").replace(".", "\\.") for key in path)


def split_path(text: str) -> Path:
    """The keys that `join_path` joined."""
    keys, key, escaped = [], "", False
    for char in text:
        if escaped:
            key, escaped = key + char, False
        elif char == "\\":
            escaped = True
        elif char == ".":
            keys.append(key)
            key = ""
        else:
            key += char
    return (*keys, key)


def is_regular(name: str) -> bool:
    """Whether a name that a sender chose may be shown, logged and kept.

    Senders put data into names by mistake or on purpose (`{"ann@example.com": 1}`). What is longer than a
    name is, has an @, five digits in a row or unusual characters is taken for data.
    """
    return 0 < len(name) <= LONGEST_NAME and name.isprintable() and not _LIKE_DATA.search(name)


def regular(name: str) -> str:
    """The name, or IRREGULAR."""
    return name if is_regular(name) else IRREGULAR
