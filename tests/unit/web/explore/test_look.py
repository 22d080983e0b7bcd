from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mainstem.query.request import Request
from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import KNOWN_VISUALIZATIONS, ElementType
from mainstem.web.charts import is_chart
from mainstem.web.explore import Question
from mainstem.web.explore.look import CHOICES, look_of, suiting

if TYPE_CHECKING:
    from collections.abc import Sequence


def result(types: Sequence[OutputType], *rows: tuple[Cell, ...], measures: int = 1) -> QueryResult:
    """`types` of the dimensions, behind which stand the measures."""
    columns = [
        *((f"d{n}", ColumnKind.DIMENSION, kind) for n, kind in enumerate(types)),
        *((f"m{n}", ColumnKind.MEASURE, OutputType.NUMBER) for n in range(measures)),
    ]
    return QueryResult(
        columns=tuple(
            OutputColumn(name=f"v.{name}", label=name, field_label=name, kind=kind, type=type_)
            for name, kind, type_ in columns
        ),
        rows=list(rows),
        sql="",
        seconds=0,
    )


@pytest.mark.parametrize(
    ("answer", "suits"),
    [
        (result([], (1,)), ElementType.SINGLE_VALUE),
        (result([OutputType.STRING], ("a", 1)), ElementType.BAR),
        (result([OutputType.STRING], *((f"p{n}", n) for n in range(40))), ElementType.COLUMN),
        (result([OutputType.STRING], *((f"p{n}", n) for n in range(90))), ElementType.TABLE),
        (result([OutputType.DATE], *((date(2026, 3, n), n) for n in (1, 2))), ElementType.LINE),
        (result([OutputType.NUMBER], *((n, n) for n in range(40))), ElementType.SCATTER),
        (result([OutputType.STRING], ("52.5,13.4", 1), (None, 2)), ElementType.MAP),
        (result([OutputType.STRING, OutputType.STRING], ("a", "b", 1)), ElementType.TABLE),
    ],
)
def test_the_fields_suggest_a_drawing(answer: QueryResult, suits: ElementType) -> None:
    assert suiting(answer) is suits


def test_every_choice_is_drawn() -> None:
    plain = {"default", "table", "single_value", "looker_single_record"}
    for name, _ in CHOICES:
        is_custom = name in KNOWN_VISUALIZATIONS
        assert name in plain or is_chart(ElementType.CUSTOM if is_custom else ElementType(name), name)


def test_what_was_chosen_is_drawn_and_what_is_unknown_is_a_table() -> None:
    answer = result([OutputType.STRING], ("a", 1))

    def drawn(visualization: str) -> tuple[ElementType, str]:
        asked = Question(request=Request(model="m", explore="e", fields=()), visualization=visualization)
        return look_of(asked, answer)

    assert drawn("looker_pie") == (ElementType.PIE, "looker_pie")
    assert drawn("sankey") == (ElementType.CUSTOM, "sankey")
    assert drawn("hologram") == (ElementType.TABLE, "table")
    assert drawn("") == (ElementType.BAR, "looker_bar")
