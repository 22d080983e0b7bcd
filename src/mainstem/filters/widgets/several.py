"""Several controls for one field: what a list of conditions says, a control each.

What is asked for are alternatives; what is refused (`is not`, `does not contain`) is taken from them, as in
every list of a filter expression. Controls read out of an expression have each operator once, with all of
its values. Yes and no, tiers and places have one control, which says all it can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mainstem.errors import QueryError
from mainstem.filters.conditions import (
    AllOf,
    AnyOf,
    Anything,
    Condition,
    Not,
    included_and_excluded,
)
from mainstem.filters.date_reading import read_date
from mainstem.filters.date_terms import DateExpression, Nothing
from mainstem.filters.date_writing import write_date
from mainstem.filters.grammar import Grammar
from mainstem.filters.inverse import expression_of
from mainstem.filters.number import merged_numbers, parse_number
from mainstem.filters.string import merged_texts, parse_string
from mainstem.filters.widgets.date import DateKind, DateWidget
from mainstem.filters.widgets.location import LocationWidget
from mainstem.filters.widgets.number import NumberWidget
from mainstem.filters.widgets.string import StringWidget
from mainstem.filters.widgets.tier import TierWidget
from mainstem.filters.widgets.yesno import YesnoWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Widget: TypeAlias = StringWidget | NumberWidget | DateWidget | YesnoWidget | TierWidget | LocationWidget


def widgets_of(grammar: Grammar, expression: str, labels: Sequence[str] = ()) -> tuple[Widget, ...] | None:
    """One that holds anything for a blank expression; None where a part of it fits no control.

    `labels` are a tier's own. Raises FilterError for what is no expression.
    """
    match grammar:
        case Grammar.STRING:
            return _conditions(parse_string(expression), StringWidget.from_condition)
        case Grammar.NUMBER:
            return _conditions(parse_number(expression), NumberWidget.from_condition)
        case Grammar.DATE:
            return _dates(read_date(expression))
        case Grammar.YESNO:
            return _alone(YesnoWidget.from_expression(expression))
        case Grammar.TIER:
            return _alone(TierWidget.from_expression(expression, labels))
        case Grammar.LOCATION:
            return _alone(LocationWidget.from_expression(expression))


def expression_of_widgets(grammar: Grammar, widgets: Sequence[Widget]) -> str:
    """Those that let anything through say nothing beside others.

    Raises QueryError for what no expression says, such as two controls where there is but one.
    """
    asked = [widget for widget in widgets if not _is_anything(widget)]
    if len(asked) <= 1:
        return asked[0].to_expression() if asked else ""
    if grammar is Grammar.DATE:
        return _date_list([widget for widget in asked if isinstance(widget, DateWidget)])
    if grammar not in (Grammar.STRING, Grammar.NUMBER):
        raise QueryError(f"a {grammar} filter takes one condition, not {len(asked)}")
    included: list[Condition] = []
    excluded: list[Condition] = []
    for widget in asked:
        if not isinstance(widget, DateWidget):
            _sort_out(widget.condition(), included, excluded)
    merge = merged_texts if grammar is Grammar.STRING else merged_numbers
    condition = included_and_excluded(_once(merge(included)), _once(merge(excluded)))
    expression = expression_of(grammar, condition)
    if expression is None:
        raise QueryError("no filter expression holds these conditions together")
    return expression


def _once(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys(conditions))


def _sort_out(condition: Condition, included: list[Condition], excluded: list[Condition]) -> None:
    match condition:
        case Not(inner):
            excluded.append(inner)
        case AllOf(conditions):
            for each in conditions:
                _sort_out(each, included, excluded)
        case AnyOf(conditions):
            included.extend(conditions)
        case _:
            included.append(condition)


def _conditions(
    condition: Condition, read: Callable[[Condition], Widget | None]
) -> tuple[Widget, ...] | None:
    """A control for the whole, where there is one, else one for each condition of the list."""
    if alone := read(condition):
        return (alone,)
    included: list[Condition] = []
    excluded: list[Condition] = []
    _sort_out(condition, included, excluded)
    found: list[Widget] = []
    for each in (*included, *map(Not, excluded)):
        widget = read(each)
        if widget is None:
            return None
        _add(found, widget)
    written = included_and_excluded(tuple(included), tuple(excluded))
    return tuple(found) if written == condition else None


def _add(found: list[Widget], widget: Widget) -> None:
    """To the control of the same operator, where their values can go together."""
    for at, known in enumerate(found):
        both = _together(known, widget)
        if both is not None:
            found[at] = both
            return
    found.append(widget)


def _together(one: Widget, other: Widget) -> Widget | None:
    match one, other:
        case StringWidget(operator, texts), StringWidget(same, more) if operator is same:
            return StringWidget(operator, tuple(dict.fromkeys((*texts, *more))))
        case NumberWidget(kind, numbers), NumberWidget(alike, further) if kind is alike and numbers:
            return NumberWidget(kind, tuple(dict.fromkeys((*numbers, *further))))
        case _:
            return None


def _dates(read: DateExpression) -> tuple[Widget, ...] | None:
    if read == DateExpression():
        return (DateWidget(),)
    found = [DateWidget.of_term(term) for term in read.included]
    if read.excluded == (Nothing(),):
        found.append(DateWidget(DateKind.NOT_NULL))
    elif read.excluded:
        return None
    kept = [widget for widget in found if widget is not None]
    return tuple(kept) if len(kept) == len(found) else None


def _date_list(widgets: Sequence[DateWidget]) -> str:
    expressions = [widget.expression() for widget in widgets]
    included = tuple(dict.fromkeys(term for each in expressions for term in each.included))
    excluded = tuple(dict.fromkeys(term for each in expressions for term in each.excluded))
    return write_date(DateExpression(included, excluded))


def _alone(widget: Widget | None) -> tuple[Widget, ...] | None:
    return None if widget is None else (widget,)


def _is_anything(widget: Widget) -> bool:
    if isinstance(widget, DateWidget):
        return widget.kind is DateKind.ANY
    return isinstance(widget.condition(), Anything)
