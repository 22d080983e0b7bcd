from __future__ import annotations

from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.web.cell_text import text_of_key
from mainstem.web.table import table_of


def dimension(name: str, *, pivoted: bool = False) -> OutputColumn:
    return OutputColumn(
        name=f"v.{name}",
        label=name,
        field_label=name,
        kind=ColumnKind.DIMENSION,
        type=OutputType.STRING,
        pivoted=pivoted,
    )


def measure(name: str) -> OutputColumn:
    return OutputColumn(
        name=f"v.{name}", label=name, field_label=name, kind=ColumnKind.MEASURE, type=OutputType.NUMBER
    )


def pivoted(*measures: str, rows: list[tuple[Cell, ...]]) -> QueryResult:
    columns = (dimension("day"), dimension("version", pivoted=True), *map(measure, measures))
    return QueryResult(columns=columns, rows=rows, sql="", seconds=0)


def test_a_combination_that_did_not_arrive_is_absent_and_null_is_null() -> None:
    table = table_of(pivoted("n", rows=[("mon", "4", None), ("tue", "5", 0)]))
    assert [[cell.state for cell in row.cells[1:]] for row in table.rows] == [
        ["null", "absent"],
        ["absent", "value"],
    ]
    assert [[cell.text for cell in row.cells[1:]] for row in table.rows] == [["–", ""], ["", "0"]]


def test_one_measure_is_headed_by_its_pivots() -> None:
    table = table_of(pivoted("n", rows=[("mon", "4", 1), ("mon", "5", 2)]))
    assert [cell.text for cell in table.head] == ["day", "4", "5"]
    assert table.groups == ()


def test_several_measures_are_grouped_under_their_pivots() -> None:
    table = table_of(pivoted("n", "m", rows=[("mon", "4", 1, 2), ("mon", "5", 3, 4)]))
    assert [cell.text for cell in table.head] == ["day", "n", "m", "n", "m"]
    assert (table.lead, table.groups) == (1, (("4", 2), ("5", 2)))


def test_a_long_text_is_cut_where_it_is_shown() -> None:
    result = QueryResult(columns=(dimension("a"),), rows=[("x" * 1000,)], sql="", seconds=0)
    assert len(table_of(result).rows[0].cells[0].text) == 300


def test_null_in_a_key_is_called_by_its_name() -> None:
    assert text_of_key((None,), [dimension("a")]) == "NULL"


def test_an_empty_answer_has_its_dimensions_and_totals_alone() -> None:
    table = table_of(pivoted("n", rows=[]))
    assert [cell.text for cell in table.head] == ["day"]
    assert table.rows == ()
