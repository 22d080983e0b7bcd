"""Number filters: `5`, `1, 2`, `>5`, `>=1 AND <10`, `1 to 10`, `[0,10)`, `(5,inf)`, `NOT 5`, `NULL`.

`,` and `OR` join alternatives; `AND` binds tighter. Each NOT refuses its item from what the others ask for.
Looker's exception, kept: where there is only one NOT, it negates all the plain numbers next to its own, on
either side, so that `NOT 66, 99, 4` is none of the three, and `5, NOT 6` is neither.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, TypeGuard

from mainstem.errors import FilterError
from mainstem.filters.conditions import (
    AllOf,
    Anything,
    Condition,
    IsNull,
    Not,
    NumberIs,
    NumberRange,
    included_and_excluded,
)
from mainstem.filters.near_misses import suggestion

VALID = (
    "5, 1,2,3, NOT 5, >5, >=1 AND <10, <1 OR >9, 1 to 10, [0,10), (5,inf), NULL, NOT NULL, "
    "and lists of these with commas"
)
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_INFINITY = r"inf(?:inity)?"
_SEPARATOR = re.compile(r"\s*(?:,|\bOR\b)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*\bAND\b\s*", re.IGNORECASE)
_NOT = re.compile(r"\s*(?:\bNOT\b|<>|!=|-(?=\s*NULL\b))\s*", re.IGNORECASE)
_NULL = re.compile(r"NULL\b", re.IGNORECASE)
_INTERVAL = re.compile(
    rf"([\[(])\s*({_NUMBER}|-\s*{_INFINITY})?\s*,\s*({_NUMBER}|\+?\s*{_INFINITY})?\s*([\])])", re.IGNORECASE
)
_TO = re.compile(rf"(?:({_NUMBER})\s*)?\bto\b(?:\s*({_NUMBER}))?", re.IGNORECASE)
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)\s*({_NUMBER})")
_VALUE = re.compile(_NUMBER)
_LARGEST_EXPONENT = 308
"""As of a double: SQL writes numbers out, and no column holds longer ones."""
_WORDS = ("not", "null", "and", "or", "to", "inf")
_REWRITES = (
    (r"^(?:is )?between (.+) and (.+)$", r"\1 to \2"),
    (r"^from (.+) to (.+)$", r"\1 to \2"),
    (r"(\d)\s*(?:-|–|\.\.+)\s*(\d)", r"\1 to \2"),
    (r"=>", ">="),
    (r"=<", "<="),
    (r"==", ""),
    (r"^(?:is )?(?:more|greater|larger) than ", ">"),
    (r"^(?:is )?(?:less|fewer|smaller) than ", "<"),
    (r"^at least ", ">="),
    (r"^at most ", "<="),
    (r"^(.+?) or more$", r">=\1"),
    (r"^(.+?) or less$", r"<=\1"),
    (r"&&?", " and "),
    (r"\|\|?|;", ","),
    (r"^is ", ""),
    (r"^(?:empty|none|is null)$", "null"),
    (r"(\d)[_ '](?=\d{3}\b)", r"\1"),
    (r"[$€£%]", ""),
    (r"^[\s,]*(.*?)[\s,]*$", r"\1"),
    (r"(?:,\s*)+", ","),
    (r"(\d)\s+(?=-?\d)", r"\1, "),
)


class _Item(NamedTuple):
    negated: bool
    condition: Condition


def parse_number(expression: str) -> Condition:
    """Raises FilterError for what is no number filter."""
    if not expression.strip():
        return Anything()
    try:
        items = _spread(_Reader(expression).items())
    except _NotUnderstood as e:
        raise _error(expression, e) from e
    included = merged_numbers([item.condition for item in items if not item.negated])
    excluded = merged_numbers([item.condition for item in items if item.negated])
    return included_and_excluded(included, excluded)


def merged_numbers(conditions: list[Condition]) -> tuple[Condition, ...]:
    """All plain numbers as one list, first; order is kept otherwise."""
    numbers = tuple(value for c in conditions if isinstance(c, NumberIs) for value in c.values)
    rest = tuple(dict.fromkeys(c for c in conditions if not isinstance(c, NumberIs)))
    return ((NumberIs(tuple(dict.fromkeys(numbers))),) if numbers else ()) + rest


def _spread(items: list[_Item]) -> list[_Item]:
    """A single NOT, if of a plain number, over the run of plain numbers in which it stands."""
    negated = [at for at, item in enumerate(items) if item.negated]
    if len(negated) != 1:
        return items
    first = last = negated[0]
    if not _is_number(items[first]):
        return items
    while first > 0 and _is_number(items[first - 1]):
        first -= 1
    while last + 1 < len(items) and _is_number(items[last + 1]):
        last += 1
    run = [_Item(True, item.condition) for item in items[first : last + 1]]
    return [*items[:first], *run, *items[last + 1 :]]


def _is_number(item: _Item) -> bool:
    return isinstance(item.condition, NumberIs)


class _NotUnderstood(Exception):
    def __init__(self, at: int, problem: str) -> None:
        self.at = at
        self.problem = problem
        super().__init__(problem)


class _Reader:
    def __init__(self, expression: str) -> None:
        self._text = expression
        self._end = len(expression.rstrip())
        self._at = len(expression) - len(expression.lstrip())

    def items(self) -> list[_Item]:
        found = [self._item()]
        while self._at < self._end:
            if not self._skips(_SEPARATOR):
                raise _NotUnderstood(self._at, "a comma, OR or AND must stand between two numbers")
            found.append(self._item())
        return found

    def _item(self) -> _Item:
        negated = self._skips(_NOT)
        terms = [self._term()]
        while self._skips(_AND):
            refused = self._skips(_NOT)
            term = self._term()
            terms.append(Not(term) if refused else term)
        return _Item(negated, _joined(terms))

    def _term(self) -> Condition:
        if self._read(_NULL):
            return IsNull()
        if match := self._read(_INTERVAL):
            return self._interval(match)
        if (match := _TO.match(self._text, self._at)) and (match[1] or match[2]):
            self._at = match.end()
            return NumberRange(low=self._bound(match[1]), high=self._bound(match[2]))
        if match := self._read(_COMPARISON):
            return _comparison(match[1], self._number(match[2]))
        if match := self._read(_VALUE):
            return NumberIs((self._number(match[0]),))
        ended = self._at >= self._end
        raise _NotUnderstood(
            self._at, "it ends where a number was expected" if ended else "a number was expected"
        )

    def _interval(self, match: re.Match[str]) -> NumberRange:
        if not (match[2] or match[3]):
            self._at = match.start()
            raise _NotUnderstood(self._at, "a range needs a number on one side at least")
        low, high = self._bound(match[2]), self._bound(match[3])
        return NumberRange(
            low=low,
            high=high,
            low_included=low is None or match[1] == "[",
            high_included=high is None or match[4] == "]",
        )

    def _bound(self, text: str | None) -> Decimal | None:
        return None if text is None or "inf" in text.lower() else self._number(text)

    def _number(self, text: str) -> Decimal:
        number = Decimal(text)
        if abs(number.adjusted()) > _LARGEST_EXPONENT:
            self._at -= len(text)
            raise _NotUnderstood(
                self._at, f"numbers have at most {_LARGEST_EXPONENT} digits on either side of the point"
            )
        return number

    def _read(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _skips(self, pattern: re.Pattern[str]) -> bool:
        return self._read(pattern) is not None


def _reads(text: str) -> bool:
    try:
        return bool(_Reader(text).items())
    except _NotUnderstood:
        return False


def _error(expression: str, reason: _NotUnderstood) -> FilterError:
    rest = expression[reason.at :]
    at = len(expression) - len(rest.lstrip())
    hint = suggestion(expression.strip(), _WORDS, _reads, _REWRITES)
    return FilterError("number", expression, at, rest.strip(), reason.problem, VALID, hint)


def _comparison(operator: str, number: Decimal) -> Condition:
    match operator:
        case "=":
            return NumberIs((number,))
        case ">" | ">=":
            return NumberRange(low=number, low_included=operator == ">=")
        case _:
            return NumberRange(high=number, high_included=operator == "<=")


def _joined(terms: list[Condition]) -> Condition:
    """`>=1 AND <10` as one range."""
    if len(terms) == 2:
        for low, high in (terms, terms[::-1]):
            if _bounds_below(low) and _bounds_above(high):
                return _between(low, high)
    return terms[0] if len(terms) == 1 else AllOf(tuple(terms))


def _bounds_below(term: Condition) -> TypeGuard[NumberRange]:
    return isinstance(term, NumberRange) and term.high is None


def _bounds_above(term: Condition) -> TypeGuard[NumberRange]:
    return isinstance(term, NumberRange) and term.low is None


def _between(low: NumberRange, high: NumberRange) -> NumberRange:
    return NumberRange(
        low=low.low, high=high.high, low_included=low.low_included, high_included=high.high_included
    )
