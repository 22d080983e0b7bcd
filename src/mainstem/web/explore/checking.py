"""Whether a draft of a field makes sense, told while it is typed: its type, or what is wrong and where.

The warehouse is not asked: names and types are enough.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import ExpressionError, QueryError
from mainstem.filters.calculations import check, parse
from mainstem.query.calculating import KINDS
from mainstem.query.request import Request, TableCalculation

if TYPE_CHECKING:
    from mainstem.filters.calculations import Kind
    from mainstem.query.explorer import Explorer
    from mainstem.query.request import DynamicField
    from mainstem.web.explore.custom import Draft
    from mainstem.web.explore.question import Question


@dataclass(frozen=True)
class Checked:
    made: DynamicField | None = None
    """The field; None where there is a problem."""
    type: str = ""
    """number, string, date, yesno, or a list of one of them."""
    problem: str = ""
    hint: str = ""
    at: int | None = None
    """The character of the expression that the problem is about, from 0."""
    line: str = ""
    """The line it stands in."""
    column: int = 0
    """Its place there, from 0."""
    is_empty: bool = False
    """Nothing is written yet, which is no mistake."""


def check_draft(explorer: Explorer, question: Question, draft: Draft) -> Checked:
    """Raises nothing that is about the draft."""
    others = [one for one in question.request.dynamic_fields if one.name != draft.name]
    try:
        made = draft.made(one.name for one in others)
    except ValueError as e:
        return Checked(problem=str(e), is_empty=not _is_begun(draft))
    try:
        if isinstance(made, TableCalculation):
            return Checked(made, str(_calculated(explorer, question, made, others)))
        return Checked(made, _compiled(explorer, question.request, made, others))
    except ExpressionError as e:
        return _told(e, made)
    except QueryError as e:
        return Checked(problem=str(e))


def _is_begun(draft: Draft) -> bool:
    written = draft.expression.strip() or draft.size.strip() or draft.breaks.strip()
    return bool(written or any(wanted.strip() for _, wanted in draft.groups))


def kinds_of(explorer: Explorer, request: Request) -> dict[str, Kind]:
    """The type of each column that an answer has without its calculations."""
    plain = tuple(one for one in request.dynamic_fields if not isinstance(one, TableCalculation))
    bare = msgspec.structs.replace(request, dynamic_fields=plain, sorts=(), totals=False, row_totals=False)
    if not bare.fields:
        return {}
    return {column.name: KINDS[column.type] for column in explorer.compile(bare).columns}


def filtered_kinds(explorer: Explorer, question: Question) -> dict[str, Kind]:
    """The types of the custom fields that are filtered by; one that cannot be worked out is left out."""
    asked = question.request
    found: dict[str, Kind] = {}
    for one in asked.dynamic_fields:
        if one.name in asked.filters and not isinstance(one, TableCalculation):
            alone = Request(
                model=asked.model,
                explore=asked.explore,
                fields=(one.name,),
                dynamic_fields=asked.dynamic_fields,
            )
            with suppress(QueryError):  # what is wrong with it is said where it is asked for
                found |= kinds_of(explorer, alone)
    return found


def _calculated(
    explorer: Explorer, question: Question, made: TableCalculation, others: list[DynamicField]
) -> object:
    fields = dict(kinds_of(explorer, question.request))
    waiting = [one for one in others if isinstance(one, TableCalculation)]
    for one in waiting:
        fields[one.name] = _kind_of(one, fields)
    tree = parse(made.expression)
    return check(tree, fields, source=made.expression)


def _kind_of(calculation: TableCalculation, fields: dict[str, Kind]) -> Kind:
    """Of one that was saved; any where it makes no sense itself, which its own form says."""
    try:
        return check(parse(calculation.expression), fields).kind
    except ExpressionError:
        return "any"


def _compiled(explorer: Explorer, asked: Request, made: DynamicField, others: list[DynamicField]) -> str:
    """What the SQL of an answer that holds the field alone would give."""
    beside = tuple(one for one in others if not isinstance(one, TableCalculation))
    request = type(asked)(
        model=asked.model,
        explore=asked.explore,
        fields=(made.name,),
        dynamic_fields=(*beside, made),
        timezone=asked.timezone,
    )
    columns = explorer.compile(request).columns
    return next((column.type.value for column in columns if column.name == made.name), "")


def _told(error: ExpressionError, made: DynamicField) -> Checked:
    text = error.expression or getattr(made, "expression", "")
    before = text[: error.at]
    start = before.rfind("\n") + 1
    line = text[start:].partition("\n")[0]
    return Checked(
        problem=error.problem,
        hint=error.hint,
        at=min(error.at, len(text)),
        line=line.replace("\t", " "),
        column=error.at - start,
    )
