"""Of every type of chart: its spec compiles, its words are there, and its tooltip has rows to show."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
import vl_convert

from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import CHART_TYPES, OTHER_TYPES, make_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.result import Cell
    from tests.unit.web.charts.conftest import Answer

PAGES: tuple[str, Sequence[Sequence[Cell]]] = ("Page, =Visitors $0", [("/", 5), (None, 0), ("/a", None)])
PLACES: tuple[str, Sequence[Sequence[Cell]]] = ("Location, =Servers", [("1,2", 3), (None, 4)])
DRAWN: dict[ElementType, tuple[str, Sequence[Sequence[Cell]]]] = {
    ElementType.DONUT: ("Plan, =Open, =Done", [("Free", 1, 2)]),
    ElementType.BOXPLOT: ("Plan, =a, =b, =c, =d, =e", [("Free", 1, 2, 3, 4, 5)]),
    ElementType.TIMELINE: ("Plan, Start:date, End:date", [("Free", date(2026, 3, 1), None)]),
    ElementType.MAP: PLACES,
    ElementType.GOOGLE_MAP: PLACES,
    ElementType.GEO_COORDINATES: PLACES,
}
TYPES = [*CHART_TYPES, *OTHER_TYPES]


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_compiles_with_words_and_a_tooltip(answer: Answer, kind: ElementType) -> None:
    chart = make_chart(kind, answer(*DRAWN.get(kind, PAGES)), {})
    assert vl_convert.vegalite_to_vega(chart.spec)["marks"]
    assert re.fullmatch(r"[A-Z1].+\.", chart.description)
    assert all({"label", "series", "text"} <= set(row) for row in chart.spec["data"]["values"])
    assert chart.spec["data"]["values"]


@pytest.mark.parametrize("kind", TYPES)
def test_no_type_falls_over_an_answer_of_nulls(answer: Answer, kind: ElementType) -> None:
    columns, rows = DRAWN.get(kind, PAGES)
    blank = [(*("x" for _ in row[:1]), *(None for _ in row[1:])) for row in rows[:1]]
    if kind in (ElementType.MAP, ElementType.GOOGLE_MAP, ElementType.GEO_COORDINATES):
        blank = [("1,2", None)]
    chart = make_chart(kind, answer(columns, blank), {})
    assert vl_convert.vegalite_to_vega(chart.spec)
    assert chart.missing or chart.notes
