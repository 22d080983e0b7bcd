"""Which JSON types a decoded value has, and whether it is of a type that a plan names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.events import parse_time

if TYPE_CHECKING:
    from mainstem.tracking.plan import JsonType

NULL = "null"
JSON_TYPES: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): NULL,
}
"""What a decoder of JSON gives → the name that plans, messages and the catalogue use."""

_TAKES: dict[str, frozenset[type]] = {
    "string": frozenset({str}),
    "integer": frozenset({int, float}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "object": frozenset({dict}),
    "array": frozenset({list}),
    "datetime": frozenset({str}),
    "any": frozenset({str, int, float, bool, dict, list}),
}
_NEEDS_VALUE: dict[tuple[str, type], Any] = {
    ("integer", float): float.is_integer,
    ("datetime", str): lambda value: parse_time(value) is not None,
}
"""Where the Python type leaves it open: 3.0 is an integer, and not every text is a datetime."""


def takes(name: JsonType, kind: type) -> bool:
    """Whether some value of the Python type `kind` is of the named type."""
    return kind in _TAKES[name]


def needs_value(name: JsonType, kind: type) -> bool:
    """Whether only the value can tell."""
    return (name, kind) in _NEEDS_VALUE


def is_of_type(name: JsonType, value: Any) -> bool:
    kind = type(value)
    if kind not in _TAKES[name]:
        return False
    look = _NEEDS_VALUE.get((name, kind))
    return look is None or bool(look(value))


def json_type(value: Any) -> str:
    return JSON_TYPES[type(value)]
