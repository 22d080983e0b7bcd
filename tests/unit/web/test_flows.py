"""A Sankey diagram: what flows in flows out, nothing overlaps, and what cannot be drawn is said."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import QueryError
from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import KNOWN_VISUALIZATIONS
from mainstem.web.charts import CUSTOM_CHARTS
from mainstem.web.charts.flows.edges import Flow, Place, read_flows
from mainstem.web.charts.flows.layout import lay_out
from mainstem.web.charts.flows.sankey import sankey


def column(name: str, *, measured: bool = False) -> OutputColumn:
    return OutputColumn(
        name=f"v.{name}",
        label=name,
        field_label=name,
        kind=ColumnKind.MEASURE if measured else ColumnKind.DIMENSION,
        type=OutputType.NUMBER if measured else OutputType.STRING,
        pivoted=False,
        timeframe=None,
    )


def result(dimensions: int, *rows: tuple[Cell, ...]) -> QueryResult:
    columns = (*(column(f"d{n}") for n in range(dimensions)), column("n", measured=True))
    return QueryResult(columns=columns, rows=list(rows), sql="", seconds=0)


@st.composite
def flows(draw: st.DrawFn) -> list[Flow]:
    """Without circles: each leads from an earlier to a later place."""
    pairs = st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1])
    ends = draw(st.sets(pairs, min_size=1, max_size=20))
    sizes = st.floats(0.01, 1e6)
    return [Flow(Place(str(low)), Place(str(high)), draw(sizes)) for low, high in sorted(ends)]


@given(flows())
def test_a_ribbon_is_as_high_at_both_ends_and_all_are_to_one_scale(given_flows: list[Flow]) -> None:
    layout = lay_out(given_flows)
    scales = set()
    for ribbon in layout.ribbons:
        assert ribbon.from_high - ribbon.from_low == pytest.approx(ribbon.to_high - ribbon.to_low)
        assert ribbon.from_column < ribbon.to_column
        scales.add((ribbon.from_high - ribbon.from_low) / ribbon.flow.value)
    assert max(scales) == pytest.approx(min(scales), rel=1e-3)
    assert len(layout.ribbons) == len(given_flows)


@given(flows())
def test_ribbons_and_boxes_lie_side_by_side_within_the_page(given_flows: list[Flow]) -> None:
    layout = lay_out(given_flows)
    columns: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for box in layout.boxes:
        columns[box.column].append((box.low, box.high))
    leaving: dict[Place, list[tuple[float, float]]] = defaultdict(list)
    arriving: dict[Place, list[tuple[float, float]]] = defaultdict(list)
    for ribbon in layout.ribbons:
        leaving[ribbon.flow.source].append((ribbon.from_low, ribbon.from_high))
        arriving[ribbon.flow.target].append((ribbon.to_low, ribbon.to_high))
    for spans in (*columns.values(), *leaving.values(), *arriving.values()):
        ordered = sorted(spans)
        assert ordered[0][0] >= -1e-9
        assert ordered[-1][1] <= 1 + 1e-9
        for (_, end), (start, _) in pairwise(ordered):
            assert start >= end - 1e-9
    boxes = {box.place: box for box in layout.boxes}
    for place, spans in (*leaving.items(), *arriving.items()):
        assert min(spans)[0] >= boxes[place].low - 1e-9
        assert max(high for _, high in spans) <= boxes[place].high + 1e-9


def test_a_place_stands_behind_all_that_lead_to_it() -> None:
    layout = lay_out(read_flows(result(2, ("a", "b", 1), ("b", "c", 1), ("a", "c", 1))).flows)
    assert {box.place.name: box.column for box in layout.boxes} == {"a": 0, "b": 1, "c": 2}


def test_ends_stand_together_in_the_last_column_unless_the_steps_are_told() -> None:
    layout = lay_out(read_flows(result(2, ("a", "b", 1), ("b", "c", 1), ("a", "left", 1))).flows)
    assert {box.place.name: box.column for box in layout.boxes} == {"a": 0, "b": 1, "c": 2, "left": 2}
    told = lay_out(read_flows(result(3, ("a", "b", "c", 1), ("a", "left", None, 1))).flows)
    assert {box.place.name: box.column for box in told.boxes} == {"a": 0, "b": 1, "c": 2, "left": 1}


def test_what_leads_in_a_circle_is_refused_by_name() -> None:
    with pytest.raises(QueryError, match=r"in a circle through blog, docs; number the steps"):
        sankey(result(2, ("ads", "blog", 1), ("blog", "docs", 2), ("docs", "blog", 1)))


def test_more_dimensions_are_steps_and_null_ends_a_way() -> None:
    rows = (("blog", "docs", "blog", 3), ("blog", "docs", None, 2), ("ads", None, None, 9))
    found = read_flows(result(3, *rows))
    assert [(f.source.name, f.target.name, f.target.step, f.value) for f in found.flows] == [
        ("blog", "docs", 1, 5),
        ("docs", "blog", 2, 3),
    ]
    assert found.missing == 1


def test_rows_without_a_value_or_an_end_are_counted_not_drawn() -> None:
    found = read_flows(result(2, ("a", "b", None), (None, "b", 2), ("a", "b", 1), ("a", "c", 0)))
    assert [(flow.target.name, flow.value) for flow in found.flows] == [("b", 1)]
    assert found.missing == 2


def test_an_amount_below_zero_and_a_result_without_two_ends_are_refused() -> None:
    with pytest.raises(QueryError, match="a → b is -1"):
        sankey(result(2, ("a", "b", -1)))
    with pytest.raises(QueryError, match="two dimensions or more"):
        sankey(result(1, ("a", 1)))


def test_it_is_told_in_words() -> None:
    spec, words, missing = sankey(result(2, ("blog", "trial", 12), ("ads", "trial", 30)))
    assert words == "Sankey diagram of n, 2 flows. ads → trial 30; blog → trial 12."
    assert missing == 0
    assert [told["label"] for told in spec["data"]["values"]] == ["blog → trial", "ads → trial"]


def test_nothing_to_draw_says_so() -> None:
    _, words, _ = sankey(result(2, ("a", "b", 0)))
    assert words == "No flows: every value is zero or missing."


def test_the_visualisations_that_reading_knows_are_those_that_are_drawn() -> None:
    assert set(CUSTOM_CHARTS) == KNOWN_VISUALIZATIONS
