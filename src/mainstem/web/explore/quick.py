"""Calculations on a measure that take one click.

Each becomes a table calculation like any other, which can be changed afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.query.request import TableCalculation
from mainstem.semantics.model import Dimension
from mainstem.web.explore.custom import name_of, with_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.model import ViewField
    from mainstem.web.explore.question import Question


@dataclass(frozen=True)
class Quick:
    label: str
    says: str
    expression: str
    """`{m}` is the measure, `{above}` how far away the row before stands."""
    pivoted: str = ""
    """Of a pivoted answer, where it is another."""
    format_name: str = ""
    """Empty: the measure's."""
    totals: bool = False
    """It reads totals, which are asked for."""
    only_pivoted: bool = False


QUICK: Mapping[str, Quick] = {
    "percent_of_total": Quick(
        "% of total",
        "of all rows, shown or not",
        "{m} / {m:total}",
        "{m} / sum({m:row_total})",
        "percent_1",
        totals=True,
    ),
    "percent_of_column": Quick("% of column", "of the rows shown", "{m} / sum({m})", "", "percent_1"),
    "percent_of_row": Quick(
        "% of row",
        "across the pivoted columns",
        "{m} / sum(pivot_row({m}))",
        "",
        "percent_1",
        only_pivoted=True,
    ),
    "running_total": Quick("Running total", "down the rows", "running_total({m})"),
    "rank": Quick("Rank", "the greatest is 1", "rank({m}, {m})", "", "decimal_0"),
    "change": Quick("Change", "from the row before in time", "{m} - offset({m}, {above})"),
    "percent_change": Quick(
        "% change",
        "from the row before in time",
        "{m} / offset({m}, {above}) - 1",
        "",
        "percent_1",
    ),
}


def with_quick(
    question: Question, kind: str, measure: str, label: str, fields: Mapping[str, ViewField]
) -> Question:
    """The question with the calculation on a measure called `label`. `fields` are the explore's. Raises
    ValueError, with the valid kinds, for one there is not."""
    quick = QUICK.get(kind)
    if quick is None:
        raise ValueError(f"“{kind}” is no quick calculation; there are {', '.join(QUICK)}")
    asked = question.request
    is_pivoted = bool(asked.pivots)
    written = (quick.pivoted if is_pivoted and quick.pivoted else quick.expression).replace(
        "{above}", "1" if falls_in_time(question, fields) else "-1"
    )
    for part in ("", ":total", ":row_total"):
        written = written.replace(f"{{m{part}}}", f"${{{measure}{part}}}")
    named = f"{label}, {quick.label}"
    own = next((one for one in asked.dynamic_fields if one.name == measure), None)
    field = own or fields.get(measure)
    kept = not quick.format_name
    made = TableCalculation(
        name=name_of(named, {one.name for one in asked.dynamic_fields}),
        label=named,
        expression=written,
        value_format_name=quick.format_name or getattr(field, "value_format_name", None),
        value_format=getattr(field, "value_format", None) if kept else None,
    )
    question = with_field(question, made)
    if quick.totals and is_pivoted:
        return question.with_request(row_totals=True)
    return question.with_request(totals=True) if quick.totals else question


def falls_in_time(question: Question, fields: Mapping[str, ViewField]) -> bool:
    """Whether what came before in time stands below: rows go from the newest to the oldest, which is what an
    answer with a date does unless it is asked otherwise."""
    asked = question.request
    dates = [name for name in asked.fields if name not in asked.pivots and _is_date(fields.get(name))]
    if not dates:
        return False
    if not asked.sorts:
        return True
    name, *rest = asked.sorts[0].split()
    return name in dates and rest[:1] == ["desc"]


def _is_date(field: ViewField | None) -> bool:
    return isinstance(field, Dimension) and (
        field.timeframe is not None or field.type.value in ("date", "date_time", "time")
    )
