"""Values of user attributes: which are valid, and how each is matched.

Promise: a value that a user set themself can end no text in SQL: letters, digits and a few signs, or a value
somebody else has allowed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.errors import FilterError
from mainstem.filters import Grammar, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.settings import AttributeType, UserAttribute

LONGEST = 1000
"""Characters of a value."""
BUILT_IN = ("login", "email")
"""What everybody has without being given it."""

_GRAMMARS: dict[AttributeType, Grammar] = {
    "string_filter": Grammar.STRING,
    "number_filter": Grammar.NUMBER,
    "date_filter": Grammar.DATE,
}
_SHAPES: dict[AttributeType, tuple[re.Pattern[str], str]] = {
    "number": (re.compile(r"-?\d{1,30}(\.\d{1,30})?"), "a number, such as 12 or -0.5"),
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), "a date, such as 2026-01-31"),
    "yesno": (re.compile(r"yes|no"), "yes or no"),
}
_HARMLESS = re.compile(r"[\w .,:@+/&()-]*")
_A_MOMENT = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def problem_with(attribute: UserAttribute, value: str, *, chosen: bool = False) -> str | None:
    """Why it cannot have that value, None where it can; `chosen` by the user it is of."""
    if attribute.allowed and value not in attribute.allowed:
        return f"Valid is one of: {', '.join(attribute.allowed)}."
    if not value.strip():
        return "A value is not empty; remove it instead."
    if len(value) > LONGEST or any(ord(character) < 32 for character in value):
        return f"A value is one line of at most {LONGEST} characters."
    if "{{" in value or "{%" in value:
        return "A value is no Liquid."
    if chosen and not attribute.allowed and (not _HARMLESS.fullmatch(value) or "--" in value):
        return "A value that you set yourself has letters, digits, spaces and . , : @ + / & ( ) - only."
    return _problem_of_type(attribute.type, value)


def is_plain(attribute: UserAttribute) -> bool:
    """Whether its value is matched as it stands, and is no filter expression."""
    return attribute.type not in _GRAMMARS


def plain_names(attributes: Mapping[str, UserAttribute]) -> frozenset[str]:
    """Of all attributes, those whose values are matched as they stand; the built-in ones among them."""
    return frozenset(BUILT_IN) | {name for name, one in attributes.items() if is_plain(one)}


def _problem_of_type(kind: AttributeType, value: str) -> str | None:
    if kind in _SHAPES:
        shape, valid = _SHAPES[kind]
        return None if shape.fullmatch(value) else f"Valid is {valid}."
    if kind in _GRAMMARS:
        try:
            parse(_GRAMMARS[kind], value, _A_MOMENT)
        except FilterError as e:
            return str(e)
    return None
