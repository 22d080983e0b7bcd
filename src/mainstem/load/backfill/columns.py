"""From a row of a table to the event it stands for.

Columns are named as an event's fields are, in camelCase or snake_case (`userId`, `user_id`); a dot leads into
an object (`context.ip`, `properties.price`). `context`, `properties`, `traits` and `integrations` may also be
whole objects, or JSON text of one. Any other column is a property of a track, page or screen event, and a
trait of an identify or group.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import UsageError
from mainstem.events import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_FIELDS = (
    "type", "event", "name", "category", "channel", "userId", "anonymousId", "groupId", "previousId",
    "messageId", "timestamp", "originalTimestamp", "sentAt", "receivedAt", "recordId",
)  # fmt: skip
_OBJECTS = ("context", "properties", "traits", "integrations")
_WITH_TRAITS = ("identify", "group")


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


_KNOWN = {spelling: name for name in _FIELDS for spelling in (name, _snake(name))} | {
    "request_ip": "request_ip",
    "requestIp": "request_ip",
}


def event_of(columns: Sequence[str], path: Path) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Raises UsageError, once for the file, where no column says what kind of event a row is, or two say the
    same."""
    fields = [_KNOWN[column] for column in columns if column in _KNOWN]
    if "type" not in fields:
        raise UsageError(
            f"{path} has no column `type` (track, page, screen, identify, group, alias);"
            f" its columns are: {', '.join(columns) or 'none'}"
        )
    twice = sorted({field for field in fields if fields.count(field) > 1})
    if twice or len(set(columns)) != len(columns):
        raise UsageError(f"{path}: two columns say the same: {', '.join(twice) or 'a name occurs twice'}")

    def to_event(values: Mapping[str, Any]) -> dict[str, Any]:
        event: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for column, raw in values.items():
            value = plain(raw)
            top, _, rest = column.partition(".")
            if column in _KNOWN:
                event[_KNOWN[column]] = value
            elif column in _OBJECTS:
                found = _object(value)
                event[column] = {**found, **event.get(column, {})} if isinstance(found, dict) else found
            elif rest and top in _OBJECTS:
                _put(event, column.split("."), value)
            else:
                others[column] = value
        if others:
            place = "traits" if event.get("type") in _WITH_TRAITS else "properties"
            standing = event.get(place)
            event[place] = {**others, **standing} if isinstance(standing, dict) else others
        return event

    return to_event


def plain(value: Any) -> Any:
    """A cell as JSON has it: moments as text in UTC, bytes as text, exact numbers as floats."""
    match value:
        case datetime():
            return format_time(value if value.tzinfo else value.replace(tzinfo=UTC))
        case date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return value


def _object(value: Any) -> Any:
    """What JSON text holds, where it is an object."""
    if not isinstance(value, str):
        return value
    try:
        found = msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return value
    return found if isinstance(found, dict) else value


def _put(event: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Where a part of the way is taken by something that is no object, the whole stays a key of its own."""
    at = event
    for number, part in enumerate(path[:-1]):
        inner = at.setdefault(part, {})
        if not isinstance(inner, dict):
            at[".".join(path[number:])] = value
            return
        at = inner
    at[path[-1]] = value
