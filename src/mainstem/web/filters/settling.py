"""What was set in a control → the expression it makes, and back.

The expression is the truth. Where somebody wrote another one, it wins over the rows of its control; where
they only changed rows, these make the expression; and where neither was touched it stays as it was written.
What cannot be made an expression changes nothing: it is told, and kept as it was filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mainstem.errors import FilterError, QueryError
from mainstem.filters import Grammar, describe, exact_text, references
from mainstem.filters.widgets import (
    DateKind,
    DateWidget,
    NumberOperator,
    NumberWidget,
    StringOperator,
    StringWidget,
    expression_of_widgets,
    widgets_of,
)
from mainstem.web.filters import cohort, date, labels, number, place, text
from mainstem.web.filters.rows import MATCHES, Operator, Row
from mainstem.web.filters.subject import ONE_OF, SOME_OF, Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from mainstem.filters.widgets import Widget
    from mainstem.web.filters.subject import Subject

OPERATORS: Mapping[Grammar, tuple[Operator, ...]] = {
    Grammar.STRING: text.OPERATORS,
    Grammar.NUMBER: number.OPERATORS,
    Grammar.DATE: date.OPERATORS,
    Grammar.YESNO: labels.YESNO,
    Grammar.TIER: labels.TIERS,
    Grammar.LOCATION: place.OPERATORS,
}
_READ: Mapping[Grammar, Callable[[Any], Row]] = {
    Grammar.STRING: text.row_of,
    Grammar.NUMBER: number.row_of,
    Grammar.DATE: date.row_of,
    Grammar.YESNO: labels.yesno_row,
    Grammar.TIER: labels.tier_row,
    Grammar.LOCATION: place.row_of,
}
_WRITE: Mapping[Grammar, Callable[[Row, Sequence[str]], Widget | None]] = {
    Grammar.STRING: text.widget_of,
    Grammar.NUMBER: number.widget_of,
    Grammar.DATE: date.widget_of,
    Grammar.YESNO: labels.yesno_widget,
    Grammar.TIER: labels.tier_widget,
    Grammar.LOCATION: place.widget_of,
}
SEVERAL = frozenset((Grammar.STRING, Grammar.NUMBER, Grammar.DATE))
"""Grammars whose filters take more than one condition."""


@dataclass(frozen=True)
class Draft:
    """One filter as a form sent it."""

    was: str | None = None
    """The expression that the control was drawn for."""
    applied: str | None = None
    """The one that the page around it was answered with."""
    rows: tuple[Row, ...] = ()
    use: str = ""
    """A suggested expression that was taken."""
    more: bool = False
    """One more condition is wanted."""
    shaped: bool = False
    """Rows are to be drawn again as they are, for their operators were chosen."""


@dataclass(frozen=True)
class Settled:
    expression: str
    rows: tuple[Row, ...] | None = None
    """As they were filled in; None: as the expression says."""
    problem: str = ""
    """Why the rows make no expression."""


def settled(subject: Subject, typed: str, draft: Draft) -> Settled:
    if draft.use:
        return Settled(draft.use.strip())
    edited = draft.was is not None and typed != draft.was
    rows = draft.rows
    if edited or not rows:
        return Settled(typed)
    if rows[0].operator == MATCHES:
        return Settled(typed, ())
    shown = _shown(subject, (*rows, blank_row(subject)) if draft.more else rows)
    try:
        expression = expression_of_rows(subject, rows)
        if expression == _written_alike(subject, draft.was if draft.was is not None else typed):
            expression = typed
    except QueryError as e:
        return Settled(typed, shown, str(e))
    return Settled(expression, shown)


def _written_alike(subject: Subject, expression: str) -> str | None:
    """As the control itself writes it, which is how untouched rows write it again."""
    try:
        rows = rows_of(subject, expression)
        return None if rows is None else expression_of_rows(subject, rows)
    except QueryError:
        return None


def _shown(subject: Subject, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Texts that were typed beside the values are values from now on."""
    if subject.grammar is not Grammar.STRING or subject.look not in (Look.CONDITIONS, Look.TAGS):
        return rows
    return tuple(
        replace(row, values=tuple(dict.fromkeys((*row.values, row.texts["add"]))), texts={})
        if row.text("add")
        else row
        for row in rows
    )


def blank_row(subject: Subject) -> Row:
    if subject.look is Look.CONDITIONS and subject.grammar is Grammar.DATE:
        return Row(DateKind.IN_THE_LAST.name.lower())
    return Row("is")


def rows_of(subject: Subject, expression: str) -> tuple[Row, ...] | None:
    """What a control shows of an expression; None where none can. Raises FilterError."""
    grammar = subject.grammar
    if subject.look is Look.VALUE:
        return (Row("is", texts={"value": expression}),)
    if grammar is None:
        return (Row("is", (expression,) if expression.strip() else ()),)
    if references(expression):
        return None
    if subject.unit and (about := cohort.rows_of(expression)) is not None:
        return about if subject.look is Look.CONDITIONS else None
    widgets = widgets_of(grammar, expression, subject.labels)
    if widgets is None:
        return None
    if subject.look is Look.CONDITIONS:
        return tuple(_READ[grammar](widget) for widget in widgets)
    if len(widgets) > 1 and subject.look not in SOME_OF:
        return None
    return _plain_row(subject, expression, widgets)


def _plain_row(subject: Subject, expression: str, widgets: tuple[Widget, ...]) -> tuple[Row, ...] | None:
    if not expression.strip():
        return (Row("is"),)
    match subject.look, widgets[0]:
        case (Look.SLIDER, NumberWidget(operator=NumberOperator.IS, values=(value,))):
            return (Row("is", texts={"value": number.written(value)}),)
        case (Look.RANGE, NumberWidget(operator=NumberOperator.BETWEEN)):
            return (number.row_of(widgets[0]),)
        case (Look.DAY, DateWidget(kind=DateKind.IN)):
            row = date.row_of(widgets[0])
            return (Row("is", texts=row.texts),) if row.operator == "in:day" else None
        case (Look.DAYS, DateWidget(kind=DateKind.BETWEEN)):
            return (date.row_of(widgets[0]),)
        case (Look.SLIDER | Look.RANGE | Look.DAY | Look.DAYS, _):
            return None
    values = _values(subject, expression, widgets)
    if values is None or (len(values) > 1 and (subject.look in ONE_OF or not subject.many)):
        return None
    return (Row("is", values),)


def _values(subject: Subject, expression: str, widgets: tuple[Widget, ...]) -> tuple[str, ...] | None:
    """The chosen expressions, of which several stand in a list."""
    known = {given for _, given in subject.choices}
    if subject.look is Look.TAGS:
        match widgets:
            case (StringWidget(operator=StringOperator.IS, values=values),):
                return values
            case _:
                return None
    if expression in known:
        return (expression,)
    match widgets:
        case (StringWidget(operator=StringOperator.IS, values=values),):
            return tuple(exact_text(value) for value in values)
        case _:
            parts = [part.strip() for part in expression.split(",")]
            return tuple(parts) if subject.look in SOME_OF and known.issuperset(parts) else (expression,)


def expression_of_rows(subject: Subject, rows: Sequence[Row]) -> str:
    """Raises QueryError for texts that are no numbers or dates, and for half of what an operator takes."""
    first = rows[0]
    if subject.look is Look.VALUE:
        return first.text("value")
    if subject.look is not Look.CONDITIONS:
        return _plain_expression(subject, first)
    grammar = subject.grammar
    if grammar is None:
        return ",".join(first.values)
    if subject.unit and (about := cohort.expression_of(rows)) is not None:
        return about
    try:
        made = [_WRITE[grammar](row, subject.labels) for row in rows if row.operator != MATCHES]
    except (KeyError, ValueError) as e:
        raise QueryError(f"{e} is no operator of a {grammar} filter.") from e
    return expression_of_widgets(grammar, [widget for widget in made if widget is not None])


def _plain_expression(subject: Subject, row: Row) -> str:
    match subject.look:
        case Look.SLIDER:
            return number.written(number.number(row.text("value"))) if row.text("value") else ""
        case Look.RANGE:
            made: Widget | None = number.widget_of(replace(row, operator="between"))
        case Look.DAY:
            made = date.widget_of(replace(row, operator="in:day"))
        case Look.DAYS:
            made = date.widget_of(replace(row, operator="between"))
        case Look.TAGS:
            made = text.widget_of(replace(row, operator="is"))
        case _:
            return ",".join(dict.fromkeys(value for value in row.values if value))
    return made.to_expression() if made else ""


@dataclass(frozen=True)
class Problem:
    """An expression that is not understood: what stands before the place, there, and after it."""

    before: str
    read: str
    after: str
    column: int
    text: str
    valid: str
    suggestion: str


def said(subject: Subject, expression: str) -> tuple[str, Problem | None]:
    """The expression in English; or why there is none."""
    if subject.grammar is None:
        return _value_said(subject, expression), None
    if references(expression):
        return "is filled in with what is known of whoever asks", None
    if subject.unit and (about := cohort.said(expression)) is not None:
        return about, None
    try:
        return describe(subject.grammar, expression, labels=subject.labels), None
    except FilterError as e:
        end = e.at + len(e.read)
        return "", Problem(
            expression[: e.at], e.read, expression[end:], e.at + 1, e.problem, e.valid, e.suggestion
        )


def _value_said(subject: Subject, expression: str) -> str:
    chosen = expression.strip()
    if not chosen:
        labels = {given: label for label, given in subject.choices}
        default = labels.get(subject.default, subject.default)
        return f"is {default}, as by default" if default else "is as by default"
    return f"is {next((label for label, given in subject.choices if given == chosen), chosen)}"
