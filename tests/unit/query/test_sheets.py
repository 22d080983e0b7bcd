"""Answers as sheets, and sheets as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from mainstem.query import Request, WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.query.formats.sheet_csv import csv_pieces
from mainstem.query.formats.sheet_json import json_pieces
from mainstem.query.formats.sheet_xlsx import write_xlsx
from mainstem.query.request import TableCalculation
from mainstem.query.sheets import open_sheet
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.query import Explorer
    from mainstem.query.sheets import Sheet
    from mainstem.semantics import Project

MODEL = """
view: sales {
  derived_table: {
    sql: SELECT * FROM (VALUES
      (DATE '2024-05-17', '=1+1', 2.5, -1),
      (DATE '2024-05-17', 'b', 3.5, 2),
      (DATE '2024-05-16', 'b', 1.0, NULL)
    ) AS t (day, shop, paid, change) ;;
  }
  dimension_group: day { timeframes: [date] datatype: date sql: ${TABLE}.day ;; }
  dimension: shop {}
  measure: paid { type: sum sql: ${TABLE}.paid ;; value_format: "$#,##0.00" }
  measure: change { type: sum sql: ${TABLE}.change ;; }
}
view: many {
  derived_table: { sql: SELECT range AS n FROM range(25000) ;; }
  dimension: n { type: number primary_key: yes }
}
explore: sales {}
explore: many {}
"""


@pytest.fixture
def explorer(project: Callable[[str], Project]) -> Iterator[Explorer]:
    warehouse = MemoryWarehouse()
    known = project(MODEL)
    yield WarehouseExplorer(lambda: known, Connections(warehouse), lambda: datetime(2024, 5, 18, tzinfo=UTC))
    warehouse.close()


def sales(*fields: str, **more: object) -> Request:
    names = tuple(f"sales.{field}" for field in fields)
    return Request(model="m", explore="sales", fields=names, **more)  # type: ignore[arg-type] # as a test writes them


def lines(sheet: Sheet) -> list[tuple[object, ...]]:
    return [line for batch in sheet.batches for line in batch]


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_rows_come_in_pieces_where_nothing_is_worked_out_over_all_of_them(explorer: Explorer) -> None:
    asked = Request(model="m", explore="many", fields=("many.n",), sorts=("many.n",), limit=-1)
    with open_sheet(explorer, asked) as sheet:
        batches = [len(batch) for batch in sheet.batches]
    assert sum(batches) == 25_000
    assert len(batches) > 10


def test_a_pivoted_answer_has_a_column_for_each_value_and_its_totals_at_the_edges(explorer: Explorer) -> None:
    asked = sales(
        "day_date",
        "shop",
        "paid",
        pivots=("sales.shop",),
        totals=True,
        row_totals=True,
        sorts=("sales.day_date",),
    )
    with open_sheet(explorer, asked) as sheet:
        assert [column.name for column in sheet.columns] == [
            "sales.day_date",
            "sales.paid|=1+1",
            "sales.paid|b",
            "sales.paid|total",
        ]
        assert lines(sheet) == [(date(2024, 5, 16), None, 1.0, 1.0), (date(2024, 5, 17), 2.5, 3.5, 6.0)]
        assert sheet.totals == (None, 2.5, 4.5, 7.0)


def test_a_calculation_is_worked_out_and_a_hidden_one_left_out(explorer: Explorer) -> None:
    calculations = (
        TableCalculation(name="half", expression="${sales.paid} / 2", hidden=True),
        TableCalculation(name="quarter", expression="${half} / 2", label="A quarter"),
    )
    asked = sales("day_date", "paid", dynamic_fields=calculations, sorts=("sales.day_date",), limit=-1)
    with open_sheet(explorer, asked) as sheet:
        assert [column.label for column in sheet.columns][-1] == "A quarter"
        assert lines(sheet) == [(date(2024, 5, 16), 1.0, 0.25), (date(2024, 5, 17), 6.0, 1.5)]


def test_rows_that_a_limit_left_out_are_told(explorer: Explorer) -> None:
    asked = sales("day_date", "paid", totals=True, limit=1)
    with open_sheet(explorer, asked) as sheet:
        assert "Only the first 1 rows" in sheet.notes[0]


def test_a_text_that_a_spreadsheet_would_run_is_written_as_text_and_a_negative_number_stays_one(
    explorer: Explorer,
) -> None:
    asked = sales("shop", "change", sorts=("sales.shop",))
    with open_sheet(explorer, asked) as sheet:
        found = read_csv("".join(csv_pieces(sheet, formatted=False, names=True)))
    assert found == [["sales.shop", "sales.change"], ["'=1+1", "-1"], ["b", "2"]]


def test_csv_has_labels_and_formats_for_people(explorer: Explorer) -> None:
    with open_sheet(explorer, sales("day_date", "paid", sorts=("sales.day_date",), totals=True)) as sheet:
        found = read_csv("".join(csv_pieces(sheet, formatted=True, names=False)))
    assert found == [
        ["Sales Day Date", "Sales Paid"],
        ["2024-05-16", "$1.00"],
        ["2024-05-17", "$6.00"],
        ["", "$7.00"],
    ]


@pytest.mark.parametrize("rows", [0, 1, 2500])
def test_json_is_one_list_however_it_is_cut(explorer: Explorer, rows: int) -> None:
    asked = Request(
        model="m",
        explore="many",
        fields=("many.n",),
        filters={"many.n": f"<{rows}"},
        sorts=("many.n",),
        limit=-1,
    )
    with open_sheet(explorer, asked) as sheet:
        found = json.loads("".join(json_pieces(sheet)))
    assert found == [{"many.n": n} for n in range(rows)]


def test_a_workbook_holds_numbers_dates_and_texts_as_such_and_says_where_they_come_from(
    explorer: Explorer, tmp_path: Path
) -> None:
    asked = sales("day_date", "shop", "paid", sorts=("sales.day_date", "sales.shop"))
    with open_sheet(explorer, asked) as sheet:
        write_xlsx(sheet, tmp_path / "a.xlsx", {"Explore": "m.sales"})
    book = ZipFile(tmp_path / "a.xlsx")
    rows = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in rows, "no text became a formula"
    assert "=1+1" in rows
    assert "<v>2.5</v>" in rows
    assert "<v>45429</v>" in rows, "2024-05-17 as Excel counts days"
    assert "$#,##0.00" in book.read("xl/styles.xml").decode().replace("&quot;", "")
    assert "m.sales" in book.read("xl/worksheets/sheet2.xml").decode()


def test_rows_past_what_a_worksheet_holds_go_on_in_another(explorer: Explorer, tmp_path: Path) -> None:
    asked = Request(model="m", explore="many", fields=("many.n",), sorts=("many.n",), limit=250)
    with open_sheet(explorer, asked) as sheet:
        write_xlsx(sheet, tmp_path / "a.xlsx", {}, rows_a_sheet=101)
    book = ZipFile(tmp_path / "a.xlsx")
    sheets = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2, 3)]
    assert [text.count("<row ") for text in sheets] == [101, 101, 51]
