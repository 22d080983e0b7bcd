"""Where an export is: a moment and an id, as Zendesk's cursors hold them. Pure."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Place = tuple[int, int]
"""Milliseconds since 1970, and the id of the row."""


def seconds(text: str) -> int:
    """As Zendesk reads a moment: the digits that it begins with, whatever follows."""
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0


def place(at: datetime, row: dict[str, Any]) -> Place:
    return int(at.timestamp() * 1000), int(row["id"])


def values(rows: Sequence[tuple[Place, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for _, row in rows]


def cursor_of(at: Place) -> str:
    return urlsafe_b64encode(f"{at[0]}|{at[1]}".encode()).decode()


def read_cursor(text: str) -> Place:
    moment, _, number = urlsafe_b64decode(text).decode().partition("|")
    return int(moment), int(number)
