from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mainstem.errors import ExpressionError, QueryError
from mainstem.filters.calculations import (
    CalculationTable,
    Column,
    evaluate,
    parse,
    pivot_dimension,
    with_calculations,
)
from mainstem.filters.calculations.parsing import DEEPEST, HIGHEST

NOW = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 # naive, in the time zone of the query

PLAIN = CalculationTable(
    rows=4,
    columns=(
        Column(
            name="o.day", kind="date", values=((date(2024, 1, 1), date(2024, 1, 2), None, date(2024, 1, 4)),)
        ),
        Column(name="o.city", kind="string", values=(("Oslo", "Rome", None, "Oslo"),)),
        Column(name="o.count", kind="number", values=((1, 2, None, 4),), totals=(7,)),
        Column(name="o.revenue", kind="number", values=((10.0, 5.0, 2.5, 0.0),), totals=(17.5,)),
        Column(name="o.cost", kind="number", values=((Decimal("0.10"), Decimal("0.20"), Decimal(3), None),)),
        Column(name="o.paid", kind="yesno", values=((True, False, None, True),)),
    ),
)
PIVOTED = CalculationTable(
    rows=2,
    pivots=3,
    columns=(
        Column(name="o.day", kind="date", values=((date(2024, 1, 1), date(2024, 1, 2)),)),
        pivot_dimension("o.status", "string", ("new", "paid", "lost"), 2),
        Column(
            name="o.count",
            kind="number",
            pivoted=True,
            values=((1, 10), (2, 20), (None, 30)),
            totals=(11, 22, 30),
            row_totals=(3, 60),
            grand_total=63,
        ),
        Column(
            name="o.revenue",
            kind="number",
            pivoted=True,
            values=((2, 20), (8, 20), (5, None)),
            totals=(22, 28, 5),
        ),
    ),
)


def column(text: str, table: CalculationTable = PLAIN) -> Column:
    return evaluate(parse(text), table, now=NOW, random=lambda: 0.25, source=text)


ROWS: dict[str, list[Any]] = {
    "${o.count} + 1": [2, 3, None, 5],
    "${o.revenue} / ${o.count}": [10, 2.5, None, 0],
    "${o.count} / ${o.revenue}": [0.1, 0.4, None, None],
    "6 / 3": [2] * 4,
    "1 / 3 * 3": [1] * 4,
    "0.1 + 0.2 = 0.3": [True] * 4,
    "${o.cost} + 0.2": [Decimal("0.30"), Decimal("0.40"), Decimal("3.2"), None],
    "${o.revenue} * 0.1 = 1": [True, False, False, False],
    "${o.count} > 1": [False, True, None, True],
    "${o.count} = null": [False, False, True, False],
    "${o.count} != null": [True, True, False, True],
    "null = null": [True] * 4,
    "${o.paid} AND ${o.count} > 0": [True, False, None, True],
    "${o.paid} OR is_null(${o.count})": [True, False, True, True],
    "no AND ${o.paid}": [False] * 4,
    "NOT ${o.paid}": [False, True, None, False],
    'if(${o.paid}, "y", "n")': ["y", "n", "n", "y"],
    'case(when(${o.count} > 3, "many"), when(${o.count} > 1, "some"), "few")': ["few", "some", "few", "many"],
    "sum(${o.count})": [7] * 4,
    "${o.count} / sum(${o.count})": [1 / 7, 2 / 7, None, 4 / 7],
    "${o.count} / ${o.count:total}": [1 / 7, 2 / 7, None, 4 / 7],
    "count(if(${o.count} > 1, 1, null)) / count(${o.count})": [2 / 3] * 4,
    "offset(${o.count}, 1)": [2, None, 4, None],
    "mean(offset_list(${o.revenue}, -1, 2))": [10, 7.5, 3.75, 1.25],
    "row() <= 2 OR row() >= max(row())": [True, True, False, True],
    "running_total(${o.count})": [1, 3, 3, 7],
    "rank(${o.revenue}, ${o.revenue})": [1, 2, 3, 4],
    "match(${o.city}, ${o.city})": [1, 2, None, 1],
    'lookup("Rome", ${o.city}, ${o.day})': [date(2024, 1, 2)] * 4,
    "${o.day} < date_time(2024, 1, 2, 0, 0, 1)": [True, True, None, False],
    "diff_days(min(${o.day}), ${o.day})": [0, 1, None, 3],
    "percentile(${o.count}, 0.5)": [2] * 4,
    "percent_rank(${o.count}, ${o.count})": [0, 0.5, None, 1],
    'concat(${o.city}, "/", ${o.revenue})': ["Oslo/10", "Rome/5", None, "Oslo/0"],
    'concat(to_string(${o.city}), "!")': ["Oslo!", "Rome!", "!", "Oslo!"],
    "to_string(${o.paid})": ["Yes", "No", "", "Yes"],
    'index(split(to_string(now()), " "), 2)': ["07:08:09"] * 4,
    "round(rand(), 1)": [0.3] * 4,
    "count_distinct(${o.city})": [2] * 4,
    "large(${o.count}, ${o.count})": [4, 2, None, None],
    "pivot_row(${o.count})": [None] * 4,
    "pivot_index(${o.count}, 1)": [None] * 4,
    "pivot_offset(${o.count}, 0)": [None] * 4,
    "pivot_where(yes, ${o.count})": [None] * 4,
    "pivot_column()": [None] * 4,
}


@pytest.mark.parametrize("text", ROWS)
def test_an_expression_gives_a_value_for_every_row(text: str) -> None:
    found = column(text)
    assert not found.pivoted
    assert list(found.values[0]) == pytest.approx(ROWS[text], nan_ok=False)


PIVOT_COLUMNS: dict[str, list[list[Any]]] = {
    "${o.count} * 2": [[2, 20], [4, 40], [None, 60]],
    "sum(${o.count})": [[11, 11], [22, 22], [30, 30]],
    "${o.count:total}": [[11, 11], [22, 22], [30, 30]],
    "${o.count} / ${o.count:row_total}": [[1 / 3, 1 / 6], [2 / 3, 1 / 3], [None, 0.5]],
    "${o.status}": [["new", "new"], ["paid", "paid"], ["lost", "lost"]],
    "pivot_column()": [[1, 1], [2, 2], [3, 3]],
    "pivot_offset(${o.count}, -1)": [[None, None], [1, 10], [2, 20]],
    "sum(pivot_offset_list(${o.count}, 1 - pivot_column(), pivot_column()))": [[1, 10], [3, 30], [3, 60]],
    "${o.count} / pivot_index(${o.count}, 1)": [[1, 1], [2, 2], [None, 3]],
    "pivot_index(${o.count}, pivot_column() - 1)": [[None, None], [1, 10], [2, 20]],
    "running_total(${o.count})": [[1, 11], [2, 22], [None, 30]],
    'if(${o.status} = "new", ${o.count}, 0)': [[1, 10], [0, 0], [0, 0]],
}
GATHERED: dict[str, list[Any]] = {
    "${o.count:row_total}": [3, 60],
    "sum(${o.count:row_total})": [63, 63],
    "pivot_index(${o.count}, 2)": [2, 20],
    "pivot_index(${o.count}, 4)": [None, None],
    'pivot_where(${o.status} = "paid", ${o.count})': [2, 20],
    'pivot_where(${o.status} != "paid", ${o.count})': [None, None],
    'pivot_where(${o.status} = "gone", ${o.count})': [None, None],
    "pivot_where(${o.count} > 20, ${o.status})": [None, "lost"],
    "pivot_where(pivot_column() = 2, mean(offset_list(${o.count}, 0, 2)))": [11, 20],
    "sum(pivot_row(${o.count}))": [3, 60],
    "max(pivot_row(${o.status}))": ["paid", "paid"],
    "extract_days(${o.day})": [1, 2],
    "count(pivot_row(${o.count} + ${o.revenue}))": [2, 2],
    "sum(pivot_row(${o.count})) / sum(sum(pivot_row(${o.count})))": [3 / 63, 60 / 63],
}


@pytest.mark.parametrize("text", PIVOT_COLUMNS)
def test_what_touches_something_pivoted_has_a_value_for_every_pivot_column(text: str) -> None:
    found = column(text, PIVOTED)
    assert found.pivoted
    assert [list(cells) for cells in found.values] == [pytest.approx(cells) for cells in PIVOT_COLUMNS[text]]


@pytest.mark.parametrize("text", GATHERED)
def test_what_gathers_pivot_columns_has_one_value_a_row(text: str) -> None:
    found = column(text, PIVOTED)
    assert not found.pivoted
    assert list(found.values[0]) == pytest.approx(GATHERED[text])


def test_a_total_is_the_expression_of_the_totals() -> None:
    assert column("${o.revenue} / ${o.count}").totals == (2.5,)
    assert column("${o.count} / ${o.count:total}").totals == (1,)
    found = column("${o.count} * 2", PIVOTED)
    assert (found.totals, found.row_totals, found.grand_total) == ((22, 44, 60), (6, 120), 126)
    assert column("sum(pivot_row(${o.count}))", PIVOTED).totals == (63,)
    assert column('if(${o.status} = "new", ${o.count}, 0)', PIVOTED).totals == (11, 0, 0)


@pytest.mark.parametrize(
    "text", ["running_total(${o.count})", "offset(${o.count}, 1)", "${o.cost}", "1", "row()"]
)
def test_a_total_is_left_out_where_it_would_be_no_total(text: str) -> None:
    assert column(text).totals is None


def test_row_totals_are_left_out_where_an_operand_has_none() -> None:
    assert column("${o.revenue}", PIVOTED).row_totals is None
    assert column("pivot_offset(${o.count}, 1)", PIVOTED).row_totals is None


@pytest.mark.parametrize("text", ["${o.cost:total}", "${o.count:row_total}"])
def test_totals_that_were_not_asked_for_are_an_error_that_says_so(text: str) -> None:
    with pytest.raises(QueryError, match="were not asked for"):
        column(text)


def test_calculations_rest_on_others_in_whatever_order_they_stand() -> None:
    calculations = {
        "share": parse("${each} / sum(pivot_row(${each}))"),
        "each": parse("${o.revenue} / ${o.count}"),
        "best": parse("max(pivot_row(${share}))"),
    }
    table = with_calculations(PIVOTED, calculations, now=NOW, random=lambda: 0.5)
    assert [one.name for one in table.columns[-3:]] == ["each", "share", "best"]
    found = table.by_name()
    assert found["each"].values == ((2, 2), (4, 1), (None, None))
    assert [list(cells) for cells in found["share"].values[:2]] == [
        pytest.approx([1 / 3, 2 / 3]),
        pytest.approx([2 / 3, 1 / 3]),
    ]
    assert found["best"].values[0] == pytest.approx((2 / 3, 2 / 3))


def test_a_calculation_of_lists_is_one_for_the_next() -> None:
    calculations = {"all": parse("pivot_row(${o.count})"), "sum": parse("sum(${all})")}
    found = with_calculations(PIVOTED, calculations, now=NOW, random=lambda: 0.5).by_name()
    assert found["all"].listed
    assert found["sum"].values == ((3, 60),)


def test_an_error_in_one_of_many_calculations_shows_its_own_text() -> None:
    sources = {"a": "1 + 1", "b": "${a} +\n smu(1)"}
    trees = {name: parse(text) for name, text in sources.items()}
    with pytest.raises(
        ExpressionError, match=r"^calculation b, line 2, column 2: .*did you mean sum"
    ) as caught:
        with_calculations(PLAIN, trees, now=NOW, random=lambda: 0.5, sources=sources)
    assert str(caught.value).endswith("smu(1)\n   ^")


def test_totals_that_are_missing_are_told_with_the_name_of_the_calculation() -> None:
    with pytest.raises(QueryError, match=r"^calculation a: \$\{o\.cost:total\} needs"):
        with_calculations(PLAIN, {"a": parse("${o.cost:total}")}, now=NOW, random=lambda: 0.5)


def test_a_calculation_may_not_hide_a_field() -> None:
    with pytest.raises(QueryError, match=r"calculation o\.count has the name of a field"):
        with_calculations(PLAIN, {"o.count": parse("1")}, now=NOW, random=lambda: 0.5)


def test_a_result_without_rows_or_pivot_columns_gives_empty_columns() -> None:
    rows = CalculationTable(rows=0, columns=(Column(name="n", kind="number", values=((),)),))
    assert column("sum(${n}) + row() + offset(${n}, 1)", rows).values == ((),)
    pivots = CalculationTable(
        rows=1, pivots=0, columns=(Column(name="n", kind="number", pivoted=True, values=()),)
    )
    assert column("${n} + 1", pivots).values == ()
    assert column("sum(pivot_row(${n}))", pivots).values == ((None,),)


def test_chance_is_asked_for_every_row_and_the_present_is_one() -> None:
    numbers = iter([0.1, 0.2, 0.3, 0.4])
    found = evaluate(parse("rand()"), PLAIN, now=NOW, random=lambda: next(numbers))
    assert found.values == ((0.1, 0.2, 0.3, 0.4),)
    assert column("now()").values == ((NOW,) * 4,)


def test_a_table_survives_serialisation() -> None:
    encoded = msgspec.json.encode(PIVOTED)
    assert msgspec.json.decode(encoded)["columns"][2]["values"] == [[1, 10], [2, 20], [None, 30]]


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["${o.count}"] * (HIGHEST - 1)),
        "if(${o.count} = 1, 1, " * (DEEPEST - 2) + "0" + ")" * (DEEPEST - 2),
        "coalesce(" * (DEEPEST - 1) + "${o.count}" + ")" * (DEEPEST - 1),
        "NOT " * (DEEPEST - 2) + "yes",
    ],
)
def test_whatever_the_grammar_lets_through_is_not_too_deep_to_evaluate(text: str) -> None:
    assert len(column(text, PIVOTED).values[0]) == PIVOTED.rows
