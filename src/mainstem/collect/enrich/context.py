"""The `context` of an event, to add to. What is no object is left as it is."""

from __future__ import annotations

from typing import Any


def context_of(event: dict[str, Any]) -> dict[str, Any] | None:
    """The event's own; a new one where it has none; None where its `context` is something else."""
    context = event.get("context")
    if context is None:
        context = event["context"] = {}
    return context if isinstance(context, dict) else None
