"""Yesno filters: `yes`, `no`, `true`, `false`, `NULL` in any case; nothing means any.

`no` holds for NULL too, as in Looker, where a yesno is a condition that is met or not. `not` and `-` before a
word refuse it; commas join alternatives.
"""

from __future__ import annotations

import re

from mainstem.errors import FilterError
from mainstem.filters.conditions import (
    Anything,
    Condition,
    IsNull,
    IsTrue,
    Not,
    included_and_excluded,
)
from mainstem.filters.near_misses import suggestion

VALID = "yes, no, true, false, NULL, NOT NULL, any value"
_NO = Not(IsTrue())
_WORDS: dict[str, Condition] = {
    "yes": IsTrue(),
    "true": IsTrue(),
    "no": _NO,
    "false": _NO,
    "null": IsNull(),
}
_ANYTHING = frozenset({"any", "any value"})
_REWRITES = ((r"^(?:1|y|t|on|is yes|is true)$", "yes"), (r"^(?:0|n|f|off|is no|is false)$", "no"))
_ITEM = re.compile(r"[^,]+")


def parse_yesno(expression: str) -> Condition:
    """Raises FilterError for any other word."""
    items = [(_condition(expression, item), item) for item in _ITEM.finditer(expression) if item[0].strip()]
    conditions = [condition for condition, _ in items]
    if Anything() in conditions or (IsTrue() in conditions and _NO in conditions):
        return Anything()
    refused = [c for c in conditions if isinstance(c, Not) and c != _NO]
    included = [c for c in dict.fromkeys(conditions) if c not in refused]
    return included_and_excluded(tuple(included), tuple(dict.fromkeys(c.condition for c in refused)))


def _condition(expression: str, item: re.Match[str]) -> Condition:
    text = " ".join(item[0].lower().split())
    if text in _ANYTHING:
        return Anything()
    word = re.sub(r"^(?:not |- ?)", "", text)
    if word not in _WORDS:
        at = item.start() + len(item[0]) - len(item[0].lstrip())
        hint = suggestion(text, tuple(_WORDS), _WORDS.__contains__, _REWRITES)
        raise FilterError("yesno", expression, at, item[0].strip(), "it is neither yes nor no", VALID, hint)
    condition = _WORDS[word]
    if word == text:
        return condition
    return condition.condition if isinstance(condition, Not) else Not(condition)
