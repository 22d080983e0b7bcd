"""`matches (advanced)`: an expression in the field's plain grammar, written by hand, with references in it.

The grammar is that of the type; there is no further one. What is special are references, which have to be
replaced by values before a grammar reads the rest: `{{ _user_attributes['region'] }}` by what that attribute
is for the person who asks, `{% date_start orders.created %}` and `{% date_end orders.created %}` by the
bounds of another filter. A value stands for exactly itself and never becomes an operator, a wildcard or a
second item, but for attributes whose values are filter expressions of their own. One that is missing is an
error, so that nobody sees more for having less.
"""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from mainstem.errors import FilterError
from mainstem.filters.conditions import IsTrue, LocationIs, Not, NumberIs
from mainstem.filters.date_reading import read_date
from mainstem.filters.date_terms import Absolute
from mainstem.filters.date_writing import write_term
from mainstem.filters.grammar import Grammar
from mainstem.filters.inverse import moment
from mainstem.filters.location import parse_location
from mainstem.filters.number import parse_number
from mainstem.filters.string import item_spans
from mainstem.filters.string_writing import escaped_text, exact_text
from mainstem.filters.yesno import parse_yesno

if TYPE_CHECKING:
    from collections.abc import Mapping

Bounds: TypeAlias = tuple[datetime | None, datetime | None]
_REFERENCE = re.compile(
    r"\{\{-?\s*_user_attributes(?:\[\s*(?:'([^'\]]+)'|\"([^\"\]]+)\")\s*\]|\.(\w+))\s*-?\}\}"
    r"|\{%-?\s*date_(start|end)\s+([\w.]+)\s*-?%\}"
)
_TEXTS = (Grammar.STRING, Grammar.TIER)


class AttributeValue(msgspec.Struct, frozen=True):
    """What a user attribute is for one person: alternatives, each taken literally.

    An advanced one holds filter expressions, of the type "string filter (advanced)" and the like.
    """

    values: tuple[str, ...]
    advanced: bool = False


class _Reference(NamedTuple):
    start: int
    end: int
    attribute: str
    side: str
    filter: str


class _Item(NamedTuple):
    """A part of an expression that alternatives can multiply."""

    start: int
    end: int
    quoted: bool


def references(expression: str) -> tuple[str, ...]:
    """The names of the user attributes it needs, each once, in their order."""
    names = [reference.attribute for reference in _references(expression)]
    return tuple(dict.fromkeys(name for name in names if name))


def settle(
    grammar: Grammar,
    expression: str,
    attributes: Mapping[str, AttributeValue],
    dates: Mapping[str, Bounds] | None = None,
) -> str:
    """The expression with values for its references; `dates` are other filters' bounds by field.

    Raises FilterError for what has no value, or one that is none of the grammar's.
    """
    found = _references(expression)
    return _Settling(grammar, expression, attributes, dates or {}).settled(found) if found else expression


def _references(expression: str) -> list[_Reference]:
    return [
        _Reference(m.start(), m.end(), m[1] or m[2] or m[3] or "", m[4] or "", m[5] or "")
        for m in _REFERENCE.finditer(expression)
    ]


class _Settling:
    def __init__(
        self,
        grammar: Grammar,
        expression: str,
        attributes: Mapping[str, AttributeValue],
        dates: Mapping[str, Bounds],
    ) -> None:
        self.grammar = grammar
        self.expression = expression
        self.attributes = attributes
        self.dates = dates

    def settled(self, found: list[_Reference]) -> str:
        """Of a list, each item once for every value of its references."""
        items: list[str] = []
        for item in self._items(found):
            own = [r for r in found if item.start <= r.start < item.end]
            choices = [self._choices(reference, item) for reference in own]
            items += [self._filled(item, own, values) for values in itertools.product(*choices)]
        return ",".join(items)

    def _items(self, found: list[_Reference]) -> list[_Item]:
        """The whole is one item where commas have meanings of their own, as in `[1,5)`."""
        if self.grammar not in _TEXTS:
            return [_Item(0, len(self.expression), quoted=False)]
        masked = list(self.expression)
        for reference in found:
            masked[reference.start : reference.end] = "x" * (reference.end - reference.start)
        return [_Item(*span) for span in item_spans("".join(masked))]

    def _filled(self, item: _Item, own: list[_Reference], values: tuple[str, ...]) -> str:
        text, at = "", item.start
        for reference, value in zip(own, values, strict=True):
            text += self.expression[at : reference.start] + value
            at = reference.end
        return text + self.expression[at : item.end]

    def _choices(self, reference: _Reference, item: _Item) -> list[str]:
        if reference.filter:
            return [self._date(reference)]
        value = self._attribute(reference)
        before = self.expression[item.start : reference.start].strip()
        whole = not before and not self.expression[reference.end : item.end].strip()
        if value.advanced:
            if not whole:
                raise self._error(reference, "its values are filter expressions, and stand alone in theirs")
            if not all(v.strip() for v in value.values):
                raise self._error(reference, "a blank value would let anything through; `%` says that")
            return [",".join(value.values)]
        if self.grammar in _TEXTS:
            return [self._text(v, reference, item, alone=whole or before == "-") for v in value.values]
        literals = [self._literal(v, reference) for v in value.values]
        if len(literals) > 1 and not whole:
            raise self._error(reference, "it has several values, and only one fits here")
        return [",".join(literals)]

    def _attribute(self, reference: _Reference) -> AttributeValue:
        value = self.attributes.get(reference.attribute)
        if value is None:
            raise self._error(reference, f"there is no user attribute {reference.attribute!r}")
        if not value.values:
            raise self._error(reference, f"the user attribute {reference.attribute!r} has no value")
        return value

    def _text(self, value: str, reference: _Reference, item: _Item, *, alone: bool) -> str:
        if item.quoted:
            return value.replace("\\", "\\\\").replace('"', '\\"')
        if alone:
            return exact_text(value)
        if not value.strip():
            raise self._error(reference, "its value is blank, and a pattern around it would match anything")
        ends_item = reference.end == item.end and value.endswith("  ")
        return escaped_text(value) + ("^ " if ends_item else "")

    def _literal(self, value: str, reference: _Reference) -> str:
        try:
            if self._is_literal(value):
                return value.strip()
        except FilterError as e:
            raise self._error(reference, f"its value {value!r} is no {self.grammar}") from e
        raise self._error(reference, f"its value {value!r} is no {self.grammar}")

    def _is_literal(self, value: str) -> bool:
        match self.grammar:
            case Grammar.NUMBER:
                condition = parse_number(value)
                return isinstance(condition, NumberIs) and len(condition.values) == 1
            case Grammar.DATE:
                read = read_date(value)
                return len(read.included) == 1 and isinstance(read.included[0], Absolute)
            case Grammar.YESNO:
                return parse_yesno(value) in (IsTrue(), Not(IsTrue()))
            case _:
                return isinstance(parse_location(value), LocationIs)

    def _date(self, reference: _Reference) -> str:
        bounds = self.dates.get(reference.filter)
        if bounds is None:
            raise self._error(reference, f"there is no date filter on {reference.filter}")
        bound = bounds[0] if reference.side == "start" else bounds[1]
        if bound is None:
            raise self._error(reference, f"the filter on {reference.filter} has no {reference.side}")
        return write_term(moment(bound))

    def _error(self, reference: _Reference, problem: str) -> FilterError:
        read = self.expression[reference.start : reference.end]
        known = self.dates if reference.filter else self.attributes
        valid = ", ".join(sorted(known)) or "none, for there are none"
        return FilterError(self.grammar, self.expression, reference.start, read, problem, valid)
