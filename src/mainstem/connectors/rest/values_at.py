"""Values at a path of names in what JSON is read into. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MISSING: Any = object()
"""There is nothing at a path; null is something."""
Steps = tuple[str, ...]


def steps(path: str) -> Steps:
    """`customer.address` is two; `$`, the whole, is none."""
    return () if path == "$" else tuple(path.split("."))


def value_at(value: Any, path: Steps) -> Any:
    """MISSING where a name on the way is not there, or stands in something without names."""
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return MISSING
        value = value[step]
    return value


def found_at(value: Any, path: Steps) -> Any:
    """As `value_at`, with None for what is missing."""
    found = value_at(value, path)
    return None if found is MISSING else found


def holds(value: Any, conditions: Mapping[Steps, Sequence[Any]]) -> bool:
    """Whether every path has one of its values. True is not 1 here."""
    return all(
        any(found == one and isinstance(found, bool) == isinstance(one, bool) for one in allowed)
        for path, allowed in conditions.items()
        for found in (value_at(value, path),)
    )
