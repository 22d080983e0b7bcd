"""What mending changed in an event: one line for each place, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_MISSING = object()


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """JSON text on both sides; None where there is nothing."""

    path: str
    before: str | None = None
    after: str | None = None


def differences(before: bytes, after: bytes) -> tuple[Difference, ...]:
    """In the order of the event; nothing when both are the same bytes."""
    if before == after:
        return ()
    return tuple(_compared("", _decoded(before), _decoded(after)))


def _decoded(event: bytes) -> Any:
    try:
        return msgspec.json.decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return event.decode("utf-8", "backslashreplace")


def _compared(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _compared(_joined(path, key), before.get(key, _MISSING), after.get(key, _MISSING))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _compared(_joined(path, str(index)), old, new)
    elif type(before) is not type(after) or before != after:
        yield Difference(path, _json(before), _json(after))


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _json(value: Any) -> str | None:
    return None if value is _MISSING else msgspec.json.encode(value).decode()
