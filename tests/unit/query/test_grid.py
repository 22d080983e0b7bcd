"""An answer in long form, as it is shown; and what is worked out from what is shown."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from mainstem.errors import QueryError
from mainstem.query import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.query.calculating import calculated
from mainstem.query.execute import worked_out
from mainstem.query.grid import flattened, grid_of, rows_by_place
from mainstem.query.over_rows import over_rows
from mainstem.query.request import TableCalculation
from mainstem.query.result import Cell, CompanionKind, CompanionRows, Compiled
from mainstem.query.sheets import sheet_of

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive by contract


def column(name: str, **facts: object) -> OutputColumn:
    kind = ColumnKind.MEASURE if name.startswith("m") else ColumnKind.DIMENSION
    kind_of = OutputType.NUMBER if kind is ColumnKind.MEASURE else OutputType.STRING
    return OutputColumn(name=name, label=name, field_label=name, kind=kind, type=kind_of, **facts)  # type: ignore[arg-type] # as a test writes them


def pivoted(*rows: tuple[Cell, ...], **measure: object) -> QueryResult:
    columns = (column("row"), column("top", pivoted=True), column("m", **measure))
    return QueryResult(columns=columns, rows=list(rows), sql="", seconds=0)


def flat(*rows: tuple[Cell, ...], **measure: object) -> QueryResult:
    return QueryResult(columns=(column("row"), column("m", **measure)), rows=list(rows), sql="", seconds=0)


def test_every_cell_has_its_place_and_one_that_does_not_exist_is_none() -> None:
    grid = grid_of(pivoted(("a", "x", 1), ("a", "z", 2), ("b", "y", 3), ("b", "z", 4)))
    assert grid.rows == (("a",), ("b",))
    assert set(grid.headers) == {("x",), ("y",), ("z",)}
    cells = dict(zip(grid.headers, grid.cells["m"], strict=True))
    assert cells == {("x",): [1, None], ("y",): [None, 3], ("z",): [2, 4]}


def test_pivoted_columns_stand_in_the_order_of_every_row() -> None:
    """No row has all of them, and the first one met is not the first."""
    grid = grid_of(
        pivoted(("a", "Mar", 1), ("b", "Jan", 1), ("b", "Feb", 1), ("c", "Feb", 1), ("c", "Mar", 1))
    )
    assert grid.headers == (("Jan",), ("Feb",), ("Mar",))


def test_pivoted_columns_past_the_limit_are_counted() -> None:
    grid = grid_of(pivoted(("a", "x", 1), ("a", "y", 2), ("a", "z", 3)), column_limit=2)
    assert grid.headers == (("x",), ("y",))
    assert grid.columns_left_out == 1


def test_an_answer_that_is_not_pivoted_has_one_header() -> None:
    grid = grid_of(flat(("a", 1), ("b", 2)))
    assert grid.headers == ((),)
    assert grid.cells == {"m": [[1, 2]]}
    assert not grid.is_pivoted


def test_an_empty_answer_is_an_empty_grid() -> None:
    assert grid_of(flat()).rows == ()
    assert grid_of(flat()).headers == ((),)
    empty = grid_of(pivoted())
    assert (empty.rows, empty.headers, empty.cells) == ((), (), {"m": []})


def test_rows_keep_the_order_they_came_in() -> None:
    assert grid_of(pivoted(("b", "x", 1), ("a", "x", 2), ("b", "y", 3))).rows == (("b",), ("a",))


def test_what_came_as_null_is_told_from_what_did_not_come() -> None:
    result = pivoted(("a", "x", None), ("b", "y", 0))
    assert grid_of(result).cells == {"m": [[None, None], [None, 0]]}
    assert rows_by_place(result) == {
        (("a",), ("x",)): ("a", "x", None),
        (("b",), ("y",)): ("b", "y", 0),
    }


def test_an_empty_pivoted_answer_is_a_sheet_of_its_dimensions() -> None:
    sheet = sheet_of(pivoted())
    assert [column.name for column in sheet.columns] == ["row"]
    assert [list(batch) for batch in sheet.batches] == [[]]


def test_an_empty_pivoted_answer_can_be_calculated_with() -> None:
    share = TableCalculation(name="share", expression="${m} / sum(${m})")
    result = pivoted(over_rows="percent_of_total", direction="row")
    grid = calculated(over_rows(grid_of(result)), (share,), NOW, lambda: 0.5)
    assert flattened(grid, result).rows == []


def test_totals_stand_at_the_edges() -> None:
    result = pivoted(("a", "x", 1), ("a", "y", 2), ("b", "y", 3))
    companions = (
        CompanionRows(
            kind=CompanionKind.TOTALS, columns=(column("top"), column("m")), rows=[("y", 5), ("x", 1)]
        ),
        CompanionRows(
            kind=CompanionKind.ROW_TOTALS, columns=(column("row"), column("m")), rows=[("b", 3), ("a", 3)]
        ),
        CompanionRows(kind=CompanionKind.GRAND_TOTAL, columns=(column("m"),), rows=[(6,)]),
    )
    result = QueryResult(columns=result.columns, rows=result.rows, sql="", seconds=0, companions=companions)
    grid = grid_of(result)
    assert dict(zip(grid.headers, grid.totals["m"], strict=True)) == {("x",): 1, ("y",): 5}
    assert grid.row_totals == {"m": [3, 3]}
    assert grid.grand_totals == {"m": 6}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("running_total", [1, 1, 4, 10]),
        ("percent_of_total", [0.1, None, 0.3, 0.6]),
        ("percent_of_previous", [None, None, None, 1.0]),
    ],
)
def test_measures_over_rows_run_down_the_rows(kind: str, expected: list[Cell]) -> None:
    grid = grid_of(flat(("a", 1), ("b", None), ("c", 3), ("d", 6), over_rows=kind))
    assert over_rows(grid).cells["m"] == [expected]


def test_measures_over_rows_run_across_where_they_say_so() -> None:
    result = pivoted(
        ("a", "x", 1), ("a", "y", 3), ("b", "x", 2), ("b", "y", 2),
        over_rows="percent_of_total", direction="row",
    )  # fmt: skip
    assert over_rows(grid_of(result)).cells["m"] == [[0.25, 0.5], [0.75, 0.5]]


EDGES = [
    (None, "running_total", [3, 3], [4, 8], 6),
    (None, "percent_of_total", [1.0, 1.0], [0.5, 0.5], 1.0),
    (None, "percent_of_previous", [None, None], [None, 0.0], None),
    ("row", "percent_of_total", [0.5, 0.5], [1.0, 1.0], 1.0),
]


@pytest.mark.parametrize(("direction", "kind", "below", "beside", "corner"), EDGES)
def test_the_edges_of_measures_over_rows_are_in_their_own_terms(
    direction: str | None, kind: str, below: list[Cell], beside: list[Cell], corner: Cell
) -> None:
    measure = column("m", over_rows=kind, direction=direction)
    row, top = column("row"), column("top", pivoted=True)
    result = msgspec.structs.replace(
        pivoted(("a", "x", 1), ("a", "y", 2), ("b", "x", 2), ("b", "y", 1)),
        columns=(row, top, measure),
        companions=(
            CompanionRows(kind=CompanionKind.TOTALS, columns=(top, measure), rows=[("x", 3), ("y", 3)]),
            CompanionRows(kind=CompanionKind.ROW_TOTALS, columns=(row, measure), rows=[("a", 4), ("b", 4)]),
            CompanionRows(kind=CompanionKind.GRAND_TOTAL, columns=(measure,), rows=[(6,)]),
        ),
    )
    shown = flattened(over_rows(grid_of(result)), result)
    found = [[line[-1] for line in one.rows] for one in shown.companions]
    assert found == [below, beside, [corner]]


def test_calculations_rest_on_one_another_and_on_what_is_shown() -> None:
    share = TableCalculation(name="share", expression="${m} / sum(${m})")
    double = TableCalculation(name="double", expression="${share} * 2", label="Twice")
    grid = calculated(grid_of(flat(("a", 1), ("b", 3))), (share, double), NOW, lambda: 0.5)
    assert grid.cells["double"] == [[0.5, 1.5]]
    assert [one.label for one in grid.measures] == ["m", "share", "Twice"]
    assert grid.measures[-1].kind is ColumnKind.CALCULATION


def test_a_calculation_has_a_value_for_cells_that_the_warehouse_had_none_for() -> None:
    result = pivoted(("a", "x", 1), ("a", "y", 2), ("b", "y", 3))
    filled = TableCalculation(name="filled", expression="coalesce(${m}, 0)")
    grid = calculated(grid_of(result), (filled,), NOW, lambda: 0.5)
    again = flattened(grid, result)
    assert sorted(again.rows) == [
        ("a", "x", 1, 1), ("a", "y", 2, 2), ("b", "x", None, 0), ("b", "y", 3, 3),
    ]  # fmt: skip
    assert grid_of(again).cells["filled"] == grid.cells["filled"]


def test_an_answer_without_either_stays_as_it_came() -> None:
    result = flat(("a", 1))
    compiled = Compiled(sql="", columns=result.columns, limit=None)
    assert worked_out(compiled, result, lambda: 0.5) is result


def test_a_calculation_that_does_not_fit_says_which_field_it_misses() -> None:
    with pytest.raises(QueryError, match=r"orders\.total"):
        calculated(
            grid_of(flat(("a", 1))),
            (TableCalculation(name="c", expression="${orders.total} + 1"),),
            NOW,
            lambda: 0.5,
        )
