"""Ids, moments and CSV of Salesforce. Pure."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT = 15


def long_id(text: str) -> str:
    """Of an id of 15 characters the 18, of which case says nothing; others as they are."""
    if len(text) != _SHORT:
        return text
    parts = (text[at : at + 5] for at in range(0, _SHORT, 5))
    return text + "".join(
        _CHECK[sum(1 << bit for bit, letter in enumerate(part) if letter.isupper())] for part in parts
    )


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def csv_records(text: str) -> Iterator[dict[str, str]]:
    """Of a part of a Bulk result. Raises ValueError for one that does not end as CSV does."""
    if text and not text.endswith("\n"):
        raise ValueError("its last line does not end")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(f"line {reader.line_num} has not as many values as columns")
            yield row
    except csv.Error as e:
        raise ValueError(f"line {reader.line_num}: {e}") from e
