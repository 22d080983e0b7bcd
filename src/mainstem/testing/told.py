"""What an SDK was told to send, against what arrived of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def not_as_told(event: Any, told: Any, at: str = "") -> list[str]:
    """The paths at which `event` lacks what was told or has another value; an SDK may add to any object."""
    return list(_differences(event, told, at))


def _differences(event: Any, told: Any, at: str) -> Iterator[str]:
    if not isinstance(told, dict) or not isinstance(event, dict):
        if event != told:
            yield at
        return
    for name, value in told.items():
        if name in event:
            yield from _differences(event[name], value, f"{at}.{name}")
        else:
            yield f"{at}.{name}"
