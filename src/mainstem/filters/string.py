"""String filters: `FOO`, `FOO,BAR`, `%FOO%`, `FOO%`, `F_O`, `-FOO`, `EMPTY`, `NULL`, `"quoted, text"`.

`^` before a character takes that character literally, within quotes everything is literal but `\\`. Spaces
around an item do not belong to it unless escaped (`^ `) or quoted. Case matters. Every text is a valid
expression except one with an open quote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.conditions import (
    Anything,
    Condition,
    IsEmpty,
    IsNull,
    TextIs,
    TextLike,
    included_and_excluded,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

VALID = 'FOO, "FOO,BAR", FOO%, %FOO%, -FOO, EMPTY, NULL, and lists of these with commas'
_QUOTED = re.compile(r'\s*(-?)"((?:[^"\\]|\\.)*)"\s*(?:,|$)', re.DOTALL)
_PLAIN = re.compile(r"((?:\^.|[^,^]|\^$)*)(?:,|$)", re.DOTALL)
_SPECIAL = re.compile(r"\^(.)|([%_])", re.DOTALL)


def parse_string(expression: str) -> Condition:
    """Raises QueryError for a quote that is never closed."""
    if not expression.strip():
        return Anything()
    included: list[Condition] = []
    excluded: list[Condition] = []
    for negated, condition in _items(expression):
        (excluded if negated else included).append(condition)
    return included_and_excluded(_merged(included), _merged(excluded))


def _items(expression: str) -> Iterable[tuple[bool, Condition]]:
    at = 0
    while at < len(expression):
        quoted = _QUOTED.match(expression, at)
        if quoted:
            at = quoted.end()
            yield bool(quoted[1]), TextIs((re.sub(r"\\(.)", r"\1", quoted[2]),))
            continue
        plain = _PLAIN.match(expression, at)
        assert plain is not None  # noqa: S101 -- the pattern matches the empty text
        at = plain.end()
        item = _stripped(plain[1])
        if item.removeprefix("-").startswith('"'):
            message = f"string filter {expression!r} has a quote that is not closed; valid are {VALID}"
            raise QueryError(message)
        if item:
            negated = item.startswith("-") and len(item) > 1
            yield negated, _condition(item[1:].lstrip() if negated else item)


def _condition(item: str) -> Condition:
    if item.upper() == "NULL":
        return IsNull()
    if item.upper() == "EMPTY":
        return IsEmpty()
    if any(match[2] for match in _SPECIAL.finditer(item)):
        return TextLike(_pattern(item))
    return TextIs((_SPECIAL.sub(lambda m: m[1], item),))


def _pattern(item: str) -> str:
    """As a LIKE pattern, in which only `%`, `_` and `^` need their escape."""
    return _SPECIAL.sub(lambda m: m[2] or (f"^{m[1]}" if m[1] in "%_^" else m[1]), item)


def _stripped(item: str) -> str:
    """Without the spaces around it, except one that is escaped at its end."""
    left = item.lstrip()
    right = left.rstrip()
    ends_escaped = re.search(r"(?:^|[^^])(?:\^\^)*\^$", right)
    return right + " " if ends_escaped and len(left) > len(right) else right


def _merged(conditions: list[Condition]) -> tuple[Condition, ...]:
    """All plain texts as one list, first; order is kept otherwise."""
    texts = tuple(value for c in conditions if isinstance(c, TextIs) for value in c.values)
    rest = tuple(c for c in conditions if not isinstance(c, TextIs))
    return ((TextIs(tuple(dict.fromkeys(texts))),) if texts else ()) + rest
