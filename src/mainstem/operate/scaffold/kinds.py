"""What kind of field a column makes, by its type in the warehouse."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    STRING = "string"
    NUMBER = "number"
    YESNO = "yesno"
    DATE = "date"
    TIME = "time"


_KINDS = (
    (re.compile(r"bool", re.IGNORECASE), Kind.YESNO),
    (re.compile(r"timestamp|datetime", re.IGNORECASE), Kind.TIME),
    (re.compile(r"^date", re.IGNORECASE), Kind.DATE),
    (re.compile(r"int|numeric|number|decimal|double|float|real|money", re.IGNORECASE), Kind.NUMBER),
)

_NOT_PLAIN = re.compile(r"^interval|struct|\[|map\(|array|json|variant|object", re.IGNORECASE)


def kind_of(data_type: str | None) -> Kind:
    """A type nobody knows is text, which every value can be shown as; so is one made of others."""
    if data_type is None or _NOT_PLAIN.search(data_type):
        return Kind.STRING
    return next((kind for pattern, kind in _KINDS if pattern.search(data_type)), Kind.STRING)
