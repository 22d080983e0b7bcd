"""Rows that have no place along the axis: a chart without a point, and not an error."""

from __future__ import annotations

import pytest

from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import make_chart

DAY = OutputColumn(
    name="v.day",
    label="Day",
    field_label="Day",
    kind=ColumnKind.DIMENSION,
    type=OutputType.DATE,
    timeframe="date",
)
SERVERS = OutputColumn(
    name="v.n", label="Servers", field_label="Servers", kind=ColumnKind.MEASURE, type=OutputType.NUMBER
)


@pytest.mark.parametrize(
    "kind", [ElementType.LINE, ElementType.AREA, ElementType.COLUMN, ElementType.BAR], ids=str
)
def test_rows_without_a_day_make_a_chart_without_a_point(kind: ElementType) -> None:
    chart = make_chart(kind, QueryResult(columns=(DAY, SERVERS), rows=[(None, 1)], sql="", seconds=0), {})
    assert "Day" in chart.description
