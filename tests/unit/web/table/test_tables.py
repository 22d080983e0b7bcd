"""An answer as a table: totals where they belong, cells that lead somewhere, colours by rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from mainstem.query import Request, WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics import read_project
from mainstem.semantics.dashboard import FormatRule
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web.explore import Question
from mainstem.web.explore.drill import filter_for
from mainstem.web.table import Table, table_of
from mainstem.web.table.painting import Painter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.query import Explorer

MODEL = """
view: sales {
  derived_table: {
    sql: SELECT * FROM (VALUES
      ('EMEA', 'Berlin', '2026-01', 10), ('EMEA', 'Berlin', '2026-02', 20), ('EMEA', 'Łódź', '2026-01', 5),
      ('APAC', 'Osaka', '2026-02', 7)
    ) AS t (region, city, month, paid) ;;
  }
  dimension: region { link: { label: "Wiki" url: "https://wiki.example/{{ value }}" } }
  dimension: city { html: <b>{{ value }}</b><script>alert(1)</script> ;; }
  dimension: month {}
  measure: paid { type: sum sql: ${TABLE}.paid ;; drill_fields: [region, city, paid] }
}
explore: sales {}
"""


@pytest.fixture
def explorer(tmp_path: Path) -> Iterator[Explorer]:
    (tmp_path / "m.model.lkml").write_text(MODEL)
    project = read_project(tmp_path).project
    warehouse = MemoryWarehouse()
    yield WarehouseExplorer(lambda: project, Connections(warehouse), lambda: datetime(2026, 3, 1, tzinfo=UTC))
    warehouse.close()


def question(*fields: str, **more: object) -> Question:
    names = tuple(f"sales.{field}" for field in fields)
    return Question(request=Request(model="m", explore="sales", fields=names, **more))  # type: ignore[arg-type] # as a test writes them


def shown(explorer: Explorer, asked: Question) -> Table:
    return table_of(explorer.run(asked.request), asked)


def texts(table: Table) -> list[tuple[str, list[str]]]:
    return [(row.kind, [cell.text for cell in row.cells]) for row in table.rows]


def test_totals_stand_beneath_and_subtotals_after_the_rows_they_add_up(explorer: Explorer) -> None:
    asked = question(
        "region",
        "city",
        "paid",
        sorts=("sales.region", "sales.city"),
        totals=True,
        subtotals=("sales.region",),
    )
    assert texts(shown(explorer, asked)) == [
        ("row", ["APAC", "Osaka", "7"]),
        ("subtotal", ["APAC total", "", "7"]),
        ("row", ["EMEA", "Berlin", "30"]),
        ("row", ["EMEA", "Łódź", "5"]),
        ("subtotal", ["EMEA total", "", "35"]),
        ("total", ["Total", "", "42"]),
    ]


def test_a_pivot_has_totals_at_both_edges_and_says_what_did_not_come(explorer: Explorer) -> None:
    asked = question(
        "region",
        "month",
        "paid",
        pivots=("sales.month",),
        sorts=("sales.region", "sales.month"),
        totals=True,
        row_totals=True,
    )
    table = shown(explorer, asked)
    assert [cell.text for cell in table.head] == ["Region", "2026-01", "2026-02", "Total"]
    assert texts(table) == [
        ("row", ["APAC", "", "7", "7"]),
        ("row", ["EMEA", "15", "20", "35"]),
        ("total", ["Total", "15", "27", "42"]),
    ]
    assert table.rows[0].cells[1].state == "absent"


def test_subtotals_of_a_pivot_stand_under_each_of_its_columns(explorer: Explorer) -> None:
    asked = question(
        "region",
        "city",
        "month",
        "paid",
        pivots=("sales.month",),
        sorts=("sales.region", "sales.city", "sales.month"),
        subtotals=("sales.region",),
        row_totals=True,
    )
    subtotals = [cells for kind, cells in texts(shown(explorer, asked)) if kind == "subtotal"]
    assert subtotals == [["APAC total", "", "", "7", "7"], ["EMEA total", "", "15", "20", "35"]]


def test_a_number_leads_to_the_rows_it_was_made_of(explorer: Explorer) -> None:
    asked = question("region", "paid", filters={"sales.month": "2026-01"}, sorts=("sales.region",))
    cell = shown(explorer, asked).rows[0].cells[1]
    address = urlsplit(cell.href)
    assert address.path == "/explore/m/sales"
    assert dict(parse_qsl(address.query)) == {
        "fields": "sales.region,sales.city,sales.paid",
        "f[sales.month]": "2026-01",
        "f[sales.region]": "EMEA",
        "limit": "500",
        "vis": '{"type":"table"}',
    }


def test_a_cell_under_a_pivot_leads_to_its_own_rows(explorer: Explorer) -> None:
    asked = question(
        "region", "month", "paid", pivots=("sales.month",), sorts=("sales.region", "sales.month")
    )
    cell = shown(explorer, asked).rows[1].cells[2]
    assert dict(parse_qsl(urlsplit(cell.href).query))["f[sales.month]"] == "2026-02"


def test_what_the_model_says_of_a_cell_is_cleaned(explorer: Explorer) -> None:
    table = shown(explorer, question("region", "city", sorts=("sales.region",)))
    region, city = table.rows[0].cells
    assert region.href == "https://wiki.example/APAC"
    assert str(city.html) == "<b>Osaka</b>"


def test_who_may_not_explore_is_led_nowhere(explorer: Explorer) -> None:
    asked = question("region", "paid")
    assert table_of(explorer.run(asked.request)).rows[0].cells[1].href == ""


def column(
    type_: OutputType, timeframe: str | None = None, kind: ColumnKind = ColumnKind.DIMENSION
) -> OutputColumn:
    return OutputColumn(name="v.f", label="F", field_label="F", kind=kind, type=type_, timeframe=timeframe)


@pytest.mark.parametrize(
    ("type_", "timeframe", "value", "expression"),
    [
        (OutputType.STRING, None, "a,b", '"a,b"'),
        (OutputType.STRING, None, "", '""'),
        (OutputType.STRING, None, None, "NULL"),
        (OutputType.STRING, "month", "2026-01", "2026-01"),
        (OutputType.DATE, "date", date(2026, 1, 5), "2026-01-05"),
        (OutputType.DATE, "week", date(2026, 1, 5), "2026-01-05 for 1 week"),
        (OutputType.TIME, "hour", datetime(2026, 1, 5, 7), "2026-01-05 07:00 for 1 hour"),  # noqa: DTZ001 # as answers have it
        (OutputType.YESNO, None, False, "No"),
        (OutputType.NUMBER, None, Decimal("1.50"), "1.50"),
        (OutputType.NUMBER, "year", 2026, "2026"),
    ],
)
def test_a_value_becomes_the_filter_that_lets_just_it_through(
    type_: OutputType, timeframe: str | None, value: Cell, expression: str
) -> None:
    assert filter_for(column(type_, timeframe), value) == expression


PAID = column(OutputType.NUMBER, kind=ColumnKind.MEASURE)


def painter(*rules: FormatRule, values: tuple[Cell, ...] = (0, 50, 100)) -> Painter:
    return Painter(rules, QueryResult(columns=(PAID,), rows=[(v,) for v in values], sql="", seconds=0))


def test_a_rule_paints_what_it_is_about_with_text_that_can_be_read() -> None:
    dark = painter(FormatRule(type="greater than", values=(10.0,), background_color="#000080", bold=True))
    paint = dark.paint(PAID, 50)
    assert paint is not None
    assert (paint.background, paint.ink, paint.classes) == ("#000080", "#ffffff", "cell-bold")
    assert dark.paint(PAID, 10) is None
    assert dark.paint(PAID, None) is None


def test_the_first_rule_that_fits_counts() -> None:
    both = painter(
        FormatRule(type="null", background_color="#eeeeee"),
        FormatRule(type="between", values=(0.0, 50.0), background_color="#ffffff"),
    )
    assert [paint.background if paint else "" for paint in (both.paint(PAID, v) for v in (None, 50, 51))] == [
        "#eeeeee",
        "#ffffff",
        "",
    ]


def test_a_scale_goes_evenly_through_its_colours_and_one_value_stands_in_the_middle() -> None:
    scale = FormatRule(type="along a scale...", palette=("#000000", "#ffffff"))
    colours = [found.background for v in (0, 50, 100) if (found := painter(scale).paint(PAID, v))]
    assert colours == ["#000000", "#808080", "#ffffff"]
    single = painter(scale, values=(7,)).paint(PAID, 7)
    assert single is not None
    assert single.background == "#808080"


def test_what_is_no_colour_goes_into_no_page() -> None:
    paint = painter(FormatRule(type="not null", background_color="url(x)")).paint(PAID, 1)
    assert paint is not None
    assert (paint.background, paint.ink) == ("", "")
