"""An event on its way through the rules: the message, what is known about it, and the rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.load.schema.options import EventMetadata
    from mainstem.load.schema.rules import Rules


@dataclass(frozen=True, slots=True)
class Event:
    """What every event type's module gets."""

    type: str
    message: Mapping[str, Any]
    metadata: EventMetadata
    rules: Rules
    message_id: Any
    """The sender's, or one made for it."""
    received_at: str
    """The event's own, the pipeline's, or the moment of the transform."""

    def part(self, *path: str) -> Any:
        """What stands at a path of keys in the message; None where there is nothing."""
        value: Any = self.message
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value
