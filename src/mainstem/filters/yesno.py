"""Yesno filters: `yes`, `no`, `true`, `false` in any case; nothing means both."""

from __future__ import annotations

from mainstem.errors import QueryError
from mainstem.filters.conditions import Anything, Condition, IsTrue, Not

VALID = "yes, no"
_YES = frozenset({"yes", "true"})
_NO = frozenset({"no", "false"})


def parse_yesno(expression: str) -> Condition:
    """Raises QueryError for any other word."""
    words = {word.strip().lower() for word in expression.split(",")} - {""}
    unknown = words - _YES - _NO
    if unknown:
        raise QueryError(f"yesno filter {expression!r} is not understood; valid are {VALID}")
    if not words or (words & _YES and words & _NO):
        return Anything()
    return IsTrue() if words & _YES else Not(IsTrue())
