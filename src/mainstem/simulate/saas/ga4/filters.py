"""Filter expressions of the Data API, held against the values of a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMBERS: dict[Any, Callable[[float, float], bool]] = {
    "EQUAL": lambda a, b: a == b,
    "LESS_THAN": lambda a, b: a < b,
    "LESS_THAN_OR_EQUAL": lambda a, b: a <= b,
    "GREATER_THAN": lambda a, b: a > b,
    "GREATER_THAN_OR_EQUAL": lambda a, b: a >= b,
}
_TEXTS: dict[Any, Callable[[str, str], bool]] = {
    "EXACT": lambda value, text: value == text,
    "BEGINS_WITH": lambda value, text: value.startswith(text),
    "ENDS_WITH": lambda value, text: value.endswith(text),
    "CONTAINS": lambda value, text: text in value,
    "FULL_REGEXP": lambda value, text: re.fullmatch(text, value) is not None,
    "PARTIAL_REGEXP": lambda value, text: re.search(text, value) is not None,
}
# Clients in protobuf write the numbers of their enums.
_NUMBERS |= dict(enumerate(list(_NUMBERS.values()), start=1))
_TEXTS |= dict(enumerate(list(_TEXTS.values()), start=1))


def holds(expression: Mapping[str, Any], value_of: Callable[[str], Any]) -> bool:
    """Whether it holds of a row; `value_of` gives the value of a field. Raises KeyError for what is no
    expression, or a field that there is not."""
    if "andGroup" in expression:
        return all(holds(one, value_of) for one in expression["andGroup"]["expressions"])
    if "orGroup" in expression:
        return any(holds(one, value_of) for one in expression["orGroup"]["expressions"])
    if "notExpression" in expression:
        return not holds(expression["notExpression"], value_of)
    one = expression["filter"]
    value = value_of(one["fieldName"])
    if "numericFilter" in one:
        asked = one["numericFilter"]
        return _NUMBERS[asked["operation"]](float(value), _number(asked["value"]))
    if "betweenFilter" in one:
        asked = one["betweenFilter"]
        return _number(asked["fromValue"]) <= float(value) <= _number(asked["toValue"])
    if "emptyFilter" in one:
        return bool(value == "")
    if "inListFilter" in one:
        asked = one["inListFilter"]
        fold = _fold(asked)
        return fold(value) in {fold(text) for text in asked["values"]}
    asked = one["stringFilter"]
    fold = _fold(asked)
    return _TEXTS[asked.get("matchType", "EXACT")](fold(value), fold(asked.get("value", "")))


def _fold(asked: Mapping[str, Any]) -> Callable[[str], str]:
    return str if asked.get("caseSensitive") else str.lower


def _number(written: Mapping[str, Any]) -> float:
    return float(written.get("int64Value", written.get("doubleValue", 0)))
