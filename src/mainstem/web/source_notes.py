"""What became of an accepted event on its way, in words: what privacy rules did, what is not as planned.

Read from the event itself (`context.privacy`, `context.violationErrors`), so it says what holds for this one
event. Senders can write anything there where no rule of ours does: nothing of it makes this raise, and it is
only ever text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_NAMES = 6
"""Told of each deed in one line; the event itself has the rest."""
_DEEDS = ("removed", "masked", "hashed", "pseudonymised")
_CARRIERS = ("properties.", "traits.", "context.traits.")


def notes_of(event: Any) -> tuple[str, ...]:
    """A line for what privacy rules did, and one for what is not as planned; none for an untouched event."""
    context = _context_of(event)
    return tuple(line for line in (_privacy_line(_privacy_of(context)), _plan_line(context)) if line)


def removed_names(event: Any) -> tuple[str, ...]:
    """Properties (or traits) that privacy rules took away, by name."""
    found = _names(_privacy_of(_context_of(event)).get("removed"))
    return tuple(
        name.removeprefix(carrier) for name in found for carrier in _CARRIERS if name.startswith(carrier)
    )


def _context_of(event: Any) -> Mapping[str, Any]:
    context = event.get("context") if isinstance(event, Mapping) else None
    return context if isinstance(context, Mapping) else {}


def _privacy_of(context: Mapping[str, Any]) -> Mapping[str, Any]:
    privacy = context.get("privacy")
    return privacy if isinstance(privacy, Mapping) else {}


def _privacy_line(privacy: Mapping[str, Any]) -> str:
    deeds = [f"{deed} {_listed(names)}" for deed in _DEEDS if (names := _names(privacy.get(deed)))]
    if privacy.get("consent") == "anonymised":
        deeds.append("anonymised, for consent was refused")
    return f"Privacy rules ({privacy.get('profile', '?')}): {'; '.join(deeds)}" if deeds else ""


def _plan_line(context: Mapping[str, Any]) -> str:
    errors = context.get("violationErrors")
    found = errors if isinstance(errors, list) else []
    told = [error.get("message") for error in found if isinstance(error, Mapping)]
    messages = [message for message in told if isinstance(message, str)]
    return f"Tracking plan: {_listed(messages, '; ')}" if messages else ""


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _listed(texts: list[str], between: str = ", ") -> str:
    more = len(texts) - MOST_NAMES
    return between.join(texts[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
