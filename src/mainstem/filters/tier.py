"""Tier filters: the labels of a tier dimension, `20 to 29`, `Below 10,10 to 19`, `-80 or Above`.

A label is filtered as the text it is, by the string grammar. What is special: a label of an interval or
classic tier holds a comma (`[10,20)`, `T02 [10,20)`) that does not end it, a label may begin with a minus
(`-10 to -1`) that does not refuse it, and `>= 10 and < 20` is no comparison. A tier is never wider than it
is called: `15` selects no row of `10 to 19`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import FilterError
from mainstem.filters.conditions import Condition, TextIs, included_and_excluded
from mainstem.filters.string import merged_texts, parse_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BRACKETS = re.compile(r"(?:T\d+ )?[\[(][^\[\](),\"]*,[^\[\](),\"]*[\])]")
_ITEM = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\^.|[^,])+', re.DOTALL)


def parse_tier(expression: str, labels: Sequence[str] = ()) -> Condition:
    """`labels` are the tier's own, where they are known. Raises FilterError as the string grammar does."""
    included: list[Condition] = []
    excluded: list[Condition] = []
    for at, item in _items(expression, labels):
        try:
            negated, condition = _item(item, labels)
        except FilterError as e:
            place = expression.index(e.read, at) if e.read else len(expression)
            raise FilterError(
                "tier", expression, place, e.read, e.problem, e.valid, expression[:at] + e.suggestion
            ) from e
        (excluded if negated else included).append(condition)
    return included_and_excluded(merged_texts(included), merged_texts(excluded))


def _item(item: str, labels: Sequence[str]) -> tuple[bool, Condition]:
    bare = item[1:].lstrip() if item.startswith("-") else item
    for text, negated in ((item, False), (bare, True)):
        if text in labels or _BRACKETS.fullmatch(text):
            return negated, TextIs((text,))
    return bare != item, parse_string(bare)


def _items(expression: str, labels: Sequence[str]) -> Iterable[tuple[int, str]]:
    """Each with where it begins."""
    known = sorted((label for label in labels if "," in label), key=len, reverse=True)
    whole = "|".join([*map(re.escape, known), _BRACKETS.pattern])
    item = re.compile(rf"\s*(?:(-?\s*(?:{whole}))\s*(?:,|$)|({_ITEM.pattern})?(?:,|$))", re.DOTALL)
    at = 0
    while at < len(expression):
        match = item.match(expression, at)
        assert match is not None  # noqa: S101 -- an item may be empty, and has all but commas
        text = (match[1] or match[2] or "").strip()
        if text:
            yield expression.index(text, at), text
        at = match.end()
