"""Where a mark leads, and what the page says of what was picked.

Only those who may explore are led to rows and explores; filtering a dashboard is for all who see it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mainstem.query.liquid import Cells
from mainstem.semantics.liquid import LiquidProblem
from mainstem.web.boards.cross import Cross
from mainstem.web.boards.marks import Marks
from mainstem.web.cell_text import format_cell
from mainstem.web.explore import address_of
from mainstem.web.explore.drill import drill_address
from mainstem.web.prose import address
from mainstem.web.tile_view import without_hidden

if TYPE_CHECKING:
    from mainstem.query.explorer import Explorer
    from mainstem.query.result import QueryResult
    from mainstem.semantics.dashboard import Element
    from mainstem.web.boards.asking import Look
    from mainstem.web.boards.marks import Mark
    from mainstem.web.explore import Question


@dataclass(frozen=True)
class Choice:
    label: str
    href: str
    icon: str
    stays: bool = False
    """Leads to this dashboard, otherwise filtered."""


@dataclass(frozen=True)
class MarkMenu:
    label: str
    value: str
    """The measure and what it is."""
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Chip:
    """Something that was picked, and the way out of it."""

    label: str
    said: str
    tile: str
    """The title of the tile where it was picked."""
    without: str
    """The dashboard's address without it."""
    passed_by: int
    """Tiles that cannot follow."""


def chips_of(look: Look) -> tuple[Chip, ...]:
    crossing = look.crossing
    asking = [element for element in look.dashboard.elements if element.asks]
    titles = {element.name: element.title for element in asking}
    return tuple(
        Chip(
            *crossing.spoken(one),
            tile=titles[one.tile],
            without=look.address(tuple(other for other in crossing.crosses if other is not one)),
            passed_by=sum(one in crossing.passed_by(element) for element in asking),
        )
        for one in crossing.crosses
    )


def mark_menu(
    explorer: Explorer, look: Look, element: Element, named: tuple[str, str], *, leads: bool
) -> MarkMenu | None:
    """`named` is a label and a series; `leads` to rows and explores too. None for what is no mark of the
    tile's answer (any more). Raises what asking raises."""
    question = look.question(explorer, element)
    result = without_hidden(explorer.run(question.request), element.hidden_fields)
    marks = Marks(result, element.vis)
    label, series = named
    mark = marks.find(label, series)
    if mark is None:
        return None
    filters = marks.filters(mark)
    value = ""
    if mark.measure is not None:
        column = result.columns[mark.measure]
        value = f"{column.field_label}: {format_cell(mark.row[mark.measure], column)}"
    choices = (
        *_filtering(look, element, filters),
        *(_leading(question, result, mark, filters) if leads and not element.merged else ()),
        *_links(question, result, mark),
    )
    return MarkMenu(" · ".join(part for part in (label, series) if part), value, choices)


def _filtering(look: Look, element: Element, filters: dict[str, str] | None) -> tuple[Choice, ...]:
    """On this: the other tiles, or where marks do not filter, the dashboard's filter of that field."""
    found = []
    for field, expression in (filters or {}).items():
        if look.dashboard.crossfilter_enabled:
            others = tuple(one for one in look.crossing.crosses if one.field != field)
            own = next((one for one in look.crossing.crosses if one.field == field), None)
            one = Cross(field, (expression,), element.name)
            label, said = _spoken(look, one)
            if own is not None and expression in own.values:
                found.append(
                    Choice(f"No longer filter on {label}", look.address(others), "close", stays=True)
                )
            else:
                href = look.address((*others, one))
                found.append(Choice(f"Filter the other tiles: {label} {said}", href, "down", stays=True))
            continue
        name = next((name for name, heard in element.listen.items() if heard == field), None)
        if name is not None:
            asked = look.dashboard.filter_named(name)
            title = asked.title if asked else name
            href = replace(look, values={**look.values, name: expression}).address()
            found.append(Choice(f"Filter the dashboard: {title} {expression}", href, "down", stays=True))
    return tuple(found)


def _spoken(look: Look, one: Cross) -> tuple[str, str]:
    return look.crossing.spoken(one)


def _leading(
    question: Question, result: QueryResult, mark: Mark, filters: dict[str, str] | None
) -> tuple[Choice, ...]:
    """To the rows and to the explore."""
    found = []
    name = result.columns[mark.measure].name if mark.measure is not None else ""
    rows = drill_address(question, result.columns, mark.values, name)
    if rows:
        found.append(Choice("Show the rows behind it", rows, "table"))
    for column in result.columns:
        if column.name in mark.values and column.drill_fields:
            by = question.with_request(
                fields=tuple(dict.fromkeys((*column.drill_fields, *((name,) if name else ())))),
                filters={**question.request.filters, **(filters or {})},
                pivots=(),
                sorts=(),
                fill_fields=(),
                subtotals=(),
            ).with_look(visualization="table", vis={}, hidden_fields=())
            found.append(Choice(f"Drill into {column.field_label}", address_of(by), "table"))
    if filters is not None:
        only = question.with_request(filters={**question.request.filters, **filters})
        found.append(Choice("Explore from here, this alone", address_of(only), "cube"))
    return tuple(found)


def _links(question: Question, result: QueryResult, mark: Mark) -> list[Choice]:
    cells, found = Cells(result.columns, dict(question.request.filters)), []
    for place, column in enumerate(result.columns):
        if not column.links or (column.name not in mark.values and place != mark.measure):
            continue
        try:
            said = cells.links(place, mark.row)
        except LiquidProblem:
            continue  # the tile's table says of this cell what is wrong with its link
        found += [Choice(one.label, href, "flow") for one in said if (href := address(one.url))]
    return found
