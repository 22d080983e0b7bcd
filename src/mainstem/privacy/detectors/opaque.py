"""Identifiers that look like anything by chance: UUIDs, digests in hex, and our own pseudonyms.

One in some thousands of them holds twelve digits in a row that pass for a card's. No detector looks inside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPAQUE = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=[0-9]{0,127}[a-fA-F])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})"
    r")(?![0-9A-Za-z])"
)


def opaque_spans(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each."""
    return (found.span() for found in _OPAQUE.finditer(text))
