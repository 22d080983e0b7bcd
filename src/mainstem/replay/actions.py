"""What a rule may do to an event: one small frozen value an action, each with what it does.

An action that does not fit an event (nothing stands there, a text that is no number, a name that is taken)
leaves it as it is: the checks and steps of its source decide afterwards whether it is good enough.
"""

from __future__ import annotations

import copy
import math
from typing import Any, Literal

import msgspec

from mainstem.replay.paths import Path, delete_at, put, set_at, spots, value_at

Kind = Literal["string", "number", "integer", "boolean"]
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
_LONGEST_NUMBER = 400
_INT64 = 2**63


class SetValue(msgspec.Struct, frozen=True):
    """Put a value there, whatever there was."""

    path: Path
    value: Any

    def apply(self, event: dict[str, Any]) -> None:
        if "*" in self.path:
            for spot in spots(event, self.path):
                set_at(spot, copy.deepcopy(self.value))
        else:
            put(event, self.path, copy.deepcopy(self.value))


class Default(msgspec.Struct, frozen=True):
    """Put a value there where there is nothing, or null."""

    path: Path
    value: Any

    def apply(self, event: dict[str, Any]) -> None:
        if all(value_at(spot) is None for spot in spots(event, self.path)):
            put(event, self.path, copy.deepcopy(self.value))


class Delete(msgspec.Struct, frozen=True):
    path: Path

    def apply(self, event: dict[str, Any]) -> None:
        for spot in reversed(spots(event, self.path)):
            delete_at(spot)


class Rename(msgspec.Struct, frozen=True):
    """Give a key another name in the same object, where that name is free."""

    path: Path
    name: str

    def apply(self, event: dict[str, Any]) -> None:
        for container, key in spots(event, self.path):
            if isinstance(container, dict) and self.name not in container:
                renamed = {self.name if k == key else k: value for k, value in container.items()}
                container.clear()
                container.update(renamed)


class Move(msgspec.Struct, frozen=True):
    """Take a value to another path, where nothing stands there."""

    path: Path
    to: Path

    def apply(self, event: dict[str, Any]) -> None:
        found = spots(event, self.path)
        if not found or spots(event, self.to) or self.to[: len(self.path)] == self.path:
            return
        if put(event, self.to, value_at(found[0])):
            delete_at(found[0])


class Cast(msgspec.Struct, frozen=True):
    """Turn a value into another type, where it can be read as one; objects and lists never can."""

    path: Path
    kind: Kind

    def apply(self, event: dict[str, Any]) -> None:
        for spot in spots(event, self.path):
            set_at(spot, cast(value_at(spot), self.kind))


class SetType(msgspec.Struct, frozen=True):
    """Make it an event of this type."""

    type: str

    def apply(self, event: dict[str, Any]) -> None:
        event["type"] = self.type


Action = SetValue | Default | Delete | Rename | Move | Cast | SetType


def cast(value: Any, kind: Kind) -> Any:
    """`value` as a `kind`, or as it was."""
    if value is None or isinstance(value, dict | list):
        return value
    if kind == "string":
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if kind == "boolean":
        return _boolean(value)
    number = _number(value)
    if number is None:
        return value
    if kind == "integer":
        whole = int(number)
        return whole if whole == number and -_INT64 <= whole < _INT64 else value
    return number


def _boolean(value: Any) -> Any:
    text = (value if isinstance(value, str) else msgspec.json.encode(value).decode()).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else value


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    text = value.strip()
    if not text or len(text) > _LONGEST_NUMBER or not text.isascii() or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    digits = text.lstrip("+-")
    if digits.isdigit() and -_INT64 <= int(text) < _INT64:
        return int(text)
    return number
