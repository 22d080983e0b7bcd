"""Looker's expressions, whatever is written and whatever a result holds; against slow references."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mainstem.errors import ExpressionError, QueryError
from mainstem.filters.calculations import (
    FUNCTIONS,
    Arithmetic,
    CalculationTable,
    Column,
    Comparison,
    Expression,
    Field,
    Logic,
    Negative,
    Not,
    Null,
    Number,
    check,
    depends_on,
    evaluate,
    parse,
    pivot_dimension,
)
from mainstem.filters.calculations.functions import special

if TYPE_CHECKING:
    from mainstem.filters.calculations.kinds import Kind

NOW = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 # naive, in the time zone of the query

WORDS = st.sampled_from(
    [
        *"+-*/(),=<>!#%",
        "<=",
        "!=",
        "<>",
        " ",
        "\n",
        "1",
        "2.5",
        "1e9",
        '"a"',
        "'",
        '"',
        "`x`",
        "${a.b}",
        "${c:total}",
        "yes",
        "null",
        "AND",
        "OR",
        "NOT",
        "and",
        "if(",
        "case(",
        "when(",
        "sum(",
        "offset(",
        "pivot_row(",
        "mod(",
        "${",
        "é",
    ]
)


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(), st.lists(WORDS, max_size=40).map("".join), st.lists(WORDS, max_size=40).map(" ".join)
    )
)
def test_any_text_is_a_tree_or_an_error_with_its_place(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError as error:
        assert 0 <= error.at <= len(text)
        assert str(error).startswith(f"line {error.line}, column {error.column}: ")
    else:
        depends_on(tree)


# Every function, given whatever its parameters allow

ROWS, PIVOTS = 4, 3

CELLS: dict[Kind, list[Any]] = {
    "number": [
        0,
        1,
        1,
        2,
        3,
        -1,
        7,
        2.5,
        -0.0,
        0.25,
        Decimal("0.5"),
        Decimal("-3.10"),
        Decimal(2),
        0.999,
        10**300,
        -(10**308),
        10**400,
        1e308,
        5e-324,
        math.inf,
        math.nan,
        Decimal("1e-400"),
        Decimal("Infinity"),
        Decimal("sNaN"),
        2**63,
        12345.678,
        "12.5",
    ],
    "date": [
        date(1, 1, 1),
        date(9999, 12, 31),
        date(2024, 2, 29),
        NOW,
        NOW.replace(tzinfo=UTC),
        "2024-01-31",
        datetime.max,  # noqa: DTZ901 # naive, as all moments of a result
        datetime.min,  # noqa: DTZ901 # likewise
    ],
    "string": [
        "",
        "a",
        "ab,c",
        ",",
        "12.5",
        "1e999",
        "nan",
        "٣",
        "2024-02-30",
        "2024-02-28 10:30",
        "\x00",
        "é" * 5,
        7,
    ],
    "yesno": [True, False, "Yes", "no", 1, 0],
}
LITERALS: dict[Kind, list[str]] = {
    "number": ["0", "1", "2", "3", "-1", "0.5", "1e300", "-2.75", "row()", "pivot_column()", "null"],
    "date": ["date(2024, 2, 29)", "date(9999, 12, 31)", "date(1, 1, 1)", "now()", "null"],
    "string": ['""', '"a"', '"2024-01"', '","', "null"],
    "yesno": ["yes", "no", "null"],
}
KINDS: list[Kind] = ["number", "date", "string", "yesno"]


def table_of(chance: Random) -> CalculationTable:
    """A column of every kind, pivoted and not, of cells as a database may give them."""

    def cells(kind: Kind, count: int) -> tuple[Any, ...]:
        return tuple(chance.choice([None, *CELLS[kind]]) for _ in range(count))

    columns = [pivot_dimension("v.pivot", "string", ("x", "y", None), ROWS)]
    for kind in KINDS:
        columns += [
            Column(name=f"v.{kind}", kind=kind, values=(cells(kind, ROWS),), totals=cells(kind, 1)),
            Column(
                name=f"p.{kind}",
                kind=kind,
                pivoted=True,
                values=tuple(cells(kind, ROWS) for _ in range(PIVOTS)),
                totals=cells(kind, PIVOTS),
                row_totals=cells(kind, ROWS),
                grand_total=cells(kind, 1)[0],
            ),
        ]
    return CalculationTable(rows=ROWS, pivots=PIVOTS, columns=tuple(columns))


def text_of(chance: Random, kind: Kind, listed: bool = False) -> str:
    """An expression of a kind."""
    known = chance.choice(KINDS) if kind == "any" else kind
    if listed:
        single = ", ".join(text_of(chance, known) for _ in range(chance.randint(1, 3)))
        return chance.choice(
            [f"list({single})", f"pivot_row(${{p.{known}}})", f"offset_list(${{v.{known}}}, -1, 3)"]
        )
    fields = [f"${{v.{known}}}", f"${{v.{known}:total}}", f"${{p.{known}}}", f"${{p.{known}:row_total}}"]
    return chance.choice([*fields, *LITERALS[known]])


def call_of(chance: Random, name: str) -> str:
    """A call with arguments of the kinds it takes; columns as columns, or all as lists."""
    listed = chance.random() < 0.5 and not name.startswith(("running", "pivot", "offset"))
    shared = chance.choice(KINDS)
    arguments: list[str] = []
    for parameter in FUNCTIONS[name].parameters:
        kind = shared if parameter.kind == "any" else parameter.kind
        if not (parameter.optional and chance.random() < 0.5):
            as_list = listed and parameter.role == "column"
            count = chance.randint(1, 3) if parameter.repeated else 1
            arguments += [text_of(chance, kind, as_list) for _ in range(count)]
    return f"{name}({', '.join(arguments)})"


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in ("if", "case", "matches_filter")])
@settings(max_examples=10)
@given(seed=st.integers(0, 10**9))
def test_a_function_gives_a_column_of_its_type_whatever_it_is_given(name: str, seed: int) -> None:
    chance = Random(seed)
    table, text = table_of(chance), call_of(chance, name)
    tree = parse(text)
    found = check(tree, {column.name: column.type for column in table.columns}, source=text)
    try:
        column = evaluate(tree, table, now=NOW, random=lambda: 0.5, source=text)
    except QueryError as error:
        assert "10,000 are allowed" in str(error) or "cannot be evaluated" in str(error)
        return
    assert column.type == found
    assert {len(cells) for cells in column.values} == {ROWS}
    assert len(column.values) == (PIVOTS if column.pivoted else 1)
    for cells in column.values:
        for cell in cells:
            for value in cell if isinstance(cell, tuple) and column.listed else (cell,):
                assert _is_of(value, column.kind), (text, value)


def _is_of(value: object, kind: Kind) -> bool:
    if value is None:
        return True
    match kind:
        case "number":
            return (
                isinstance(value, int | float | Decimal)
                and not isinstance(value, bool)
                and math.isfinite(value)
            )
        case "string":
            return isinstance(value, str)
        case "date":
            return isinstance(value, date)
        case "yesno":
            return isinstance(value, bool)
        case "any":
            return False


# Arithmetic, comparisons and logic against a reference of fractions

FIELDS: dict[str, tuple[Any, ...]] = {
    "n.a": (1, -2, None, 0, 7),
    "n.b": (3, 3, 3, None, -7),
    "n.c": (Decimal("0.1"), Decimal("-2.50"), Decimal(0), None, Decimal(7)),
}
EXACT = CalculationTable(
    rows=5, columns=tuple(Column(name=name, kind="number", values=(cells,)) for name, cells in FIELDS.items())
)

number_trees: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(
        st.sampled_from(sorted(FIELDS)).map(Field),
        st.integers(-20, 20).map(lambda value: Number(Decimal(value))),
        st.just(Number(Decimal("0.25"))),
        st.just(Null()),
    ),
    lambda inner: st.one_of(
        inner.map(Negative), st.builds(Arithmetic, st.sampled_from(["+", "-", "*"]), inner, inner)
    ),
    max_leaves=8,
)
yesno_trees: st.SearchStrategy[Expression] = st.recursive(
    st.builds(Comparison, st.sampled_from(["=", "!=", "<", ">", "<=", ">="]), number_trees, number_trees),
    lambda inner: st.one_of(inner.map(Not), st.builds(Logic, st.sampled_from(["AND", "OR"]), inner, inner)),
    max_leaves=5,
)


def reference(tree: Any, row: int) -> Any:
    """One row, by hand: fractions for numbers, None for null, three-valued logic by its truth table."""
    match tree:
        case Number(value):
            return Fraction(value)
        case Null():
            return None
        case Field(name):
            cell = FIELDS[name][row]
            return None if cell is None else Fraction(cell)
        case Negative(operand):
            inner = reference(operand, row)
            return None if inner is None else -inner
        case Not(operand):
            inner = reference(operand, row)
            return None if inner is None else not inner
        case Logic(operator, left, right):
            both = [reference(left, row), reference(right, row)]
            decides = operator == "OR"
            return decides if decides in both else None if None in both else not decides
        case Arithmetic(operator, left, right) | Comparison(operator, left, right):
            one, other = reference(left, row), reference(right, row)
            return None if one is None or other is None else OPERATORS[operator](one, other)


OPERATORS: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


@settings(max_examples=150)
@given(st.one_of(number_trees, yesno_trees))
def test_arithmetic_and_logic_are_exact_with_every_null(tree: Expression) -> None:
    found = evaluate(tree, EXACT, now=NOW, random=lambda: 0.5).values[0]
    assert [None if one is None else Fraction(one) for one in found] == [  # type: ignore[arg-type] # numbers, yesnos
        None if one is None else Fraction(one) for one in (reference(tree, row) for row in range(EXACT.rows))
    ]


def written(tree: Any) -> str:
    match tree:
        case Number(value):
            return f"{value:f}" if value >= 0 else f"({value:f})"
        case Null():
            return "null"
        case Field(name):
            return f"${{{name}}}"
        case Negative(operand):
            return f"-({written(operand)})"
        case Not(operand):
            return f"NOT ({written(operand)})"
        case (
            Logic(operator, left, right)
            | Arithmetic(operator, left, right)
            | Comparison(operator, left, right)
        ):
            return f"({written(left)}) {operator} ({written(right)})"
    raise AssertionError(tree)


@settings(max_examples=100)
@given(st.one_of(number_trees, yesno_trees))
def test_a_tree_that_is_written_out_and_read_again_means_the_same(tree: Expression) -> None:
    read = evaluate(parse(written(tree)), EXACT, now=NOW, random=lambda: 0.5)
    assume("null)" not in written(tree))  # `x = (null)` asks whether x is null, where a tree compares
    assert read == evaluate(tree, EXACT, now=NOW, random=lambda: 0.5)


# Rows, pivots, aggregates

small = st.one_of(st.none(), st.integers(-9, 9))


@settings(max_examples=60)
@given(st.lists(small, max_size=8), st.integers(-9, 9), st.integers(0, 5))
def test_offsets_and_running_totals_are_those_of_a_plain_list(
    cells: list[Any], step: int, count: int
) -> None:
    def at(place: int) -> Any:
        return cells[place] if 0 <= place < len(cells) else None

    rows = range(len(cells))
    assert column(f"offset(${{n}}, {step})", cells) == [at(row + step) for row in rows]
    assert column(f"offset_list(${{n}}, {step}, {count})", cells) == [
        tuple(at(row + step + more) for more in range(count)) for row in rows
    ]
    assert column("running_total(${n})", cells) == [
        sum(one for one in cells[: row + 1] if one is not None)
        if any(one is not None for one in cells[: row + 1])
        else None
        for row in rows
    ]
    assert column("rank(${n}, ${n})", cells) == [
        None if one is None else 1 + sum(other > one for other in cells if other is not None) for one in cells
    ]


@settings(max_examples=60)
@given(st.lists(small, min_size=1, max_size=8))
def test_aggregates_of_a_column_and_of_a_list_agree(cells: list[Any]) -> None:
    found = [one for one in cells if one is not None]
    listed = f"list({', '.join('null' if one is None else str(one) for one in cells)}, null)"
    expected = {
        "sum": sum(found) if found else None,
        "count": len(found),
        "count_distinct": len(set(found)),
        "max": max(found, default=None),
        "min": min(found, default=None),
        "product": math.prod(found) if found else None,
    }
    for name, value in expected.items():
        assert column(f"{name}(${{n}})", cells) == [value] * len(cells)
        assert column(f"{name}({listed})", cells) == [value] * len(cells)
    if found:
        assert column("mean(${n}) * count(${n})", cells)[0] == pytest.approx(sum(found))


def column(text: str, cells: list[Any]) -> list[Any]:
    table = CalculationTable(
        rows=len(cells), columns=(Column(name="n", kind="number", values=(tuple(cells),)),)
    )
    return list(evaluate(parse(text), table, now=NOW, random=lambda: 0.5, source=text).values[0])


@settings(max_examples=60)
@given(st.lists(st.lists(small, min_size=3, max_size=3), min_size=1, max_size=4), st.integers(-3, 5))
def test_pivot_functions_gather_what_stands_in_the_row(pivots: list[list[Any]], step: int) -> None:
    wide = len(pivots)
    table = CalculationTable(
        rows=3,
        pivots=wide,
        columns=(
            Column(name="n", kind="number", pivoted=True, values=tuple(map(tuple, pivots))),
            pivot_dimension("key", "number", tuple(range(wide)), 3),
        ),
    )

    def at(pivot: int, row: int) -> Any:
        return pivots[pivot][row] if 0 <= pivot < wide else None

    def gives(text: str) -> Any:
        return evaluate(parse(text), table, now=NOW, random=lambda: 0.5, source=text).values

    rows = range(3)
    assert gives("pivot_row(${n})") == (tuple(tuple(at(p, row) for p in range(wide)) for row in rows),)
    assert gives(f"pivot_index(${{n}}, {step})") == (tuple(at(step - 1, row) for row in rows),)
    assert gives(f"pivot_where(${{key}} = {step}, ${{n}})") == (tuple(at(step, row) for row in rows),)
    assert gives(f"pivot_offset(${{n}}, {step})") == tuple(
        tuple(at(p + step, row) for row in rows) for p in range(wide)
    )


# Dates

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@settings(max_examples=80)
@given(days, st.integers(-500, 500))
def test_a_difference_is_what_was_added(start: date, months: int) -> None:
    written = f"date({start.year}, {start.month}, {start.day})"
    assert column(f"diff_months({written}, add_months({months}, {written}))", [0]) == [months]
    assert column(f"diff_days({written}, add_days({months}, {written}))", [0]) == [months]
    assert column(f"add_days({months}, {written})", [0]) == [start + timedelta(days=months)]


# Distributions

shares = st.floats(0.001, 0.999)
shapes = st.floats(0.3, 60)


def number_of(text: str) -> float:
    [value] = column(text, [0])
    assert value is not None, text
    return float(value)


@settings(max_examples=40, deadline=None)
@given(shares, shapes, shapes)
def test_an_inverse_leads_back_to_its_share(share: float, one: float, other: float) -> None:
    for inverse, below in {
        f"norm_inv({share!r}, {one!r}, {other!r})": f"norm_dist(?, {one!r}, {other!r}, yes)",
        f"t_inv({share!r}, {one!r})": f"t_dist(?, {one!r}, yes)",
        f"chisq_inv({share!r}, {one!r})": f"chisq_dist(?, {one!r}, yes)",
        f"f_inv({share!r}, {one!r}, {other!r})": f"f_dist(?, {one!r}, {other!r}, yes)",
        f"beta_inv({share!r}, {one!r}, {other!r})": f"beta_dist(?, {one!r}, {other!r}, yes)",
        f"gamma_inv({share!r}, {one!r}, {other!r})": f"gamma_dist(?, {one!r}, {other!r}, yes)",
    }.items():
        assert number_of(below.replace("?", inverse)) == pytest.approx(share, abs=1e-7), inverse


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 12), shapes)
def test_distributions_that_are_one_another_agree(value: float, dof: float) -> None:
    pairs = {
        f"t_dist({value!r}, 1, yes)": 0.5 + math.atan(value) / math.pi,
        f"t_dist({value!r}, 1, no)": 1 / (math.pi * (1 + value * value)),
        f"chisq_dist({value!r}, 2, yes)": -math.expm1(-value / 2),
        f"gamma_dist({value!r}, 1, {dof!r}, yes)": number_of(f"expon_dist({value!r}, 1 / {dof!r}, yes)"),
        f"weibull_dist({value!r}, 1, {dof!r}, yes)": number_of(f"expon_dist({value!r}, 1 / {dof!r}, yes)"),
        f"chisq_dist({value!r}, {dof!r}, yes)": number_of(f"gamma_dist({value!r}, {dof!r} / 2, 2, yes)"),
        f"f_dist({value * value!r}, 1, {dof!r}, yes)": 1 - 2 * number_of(f"t_dist({-value!r}, {dof!r}, yes)"),
        f"norm_s_dist({value!r}, yes)": 1 - number_of(f"norm_s_dist({-value!r}, yes)"),
        f"chisq_dist({value * value!r}, 1, yes)": 1 - 2 * number_of(f"norm_s_dist({-value!r}, yes)"),
        "beta_dist(0.3, 1, 1, yes)": 0.3,
    }
    for text, expected in pairs.items():
        assert number_of(text) == pytest.approx(expected, rel=1e-9, abs=1e-12), text


@settings(max_examples=30, deadline=None)
@given(st.floats(-6, 6), st.floats(19_000, 21_000))
def test_the_expansion_for_large_shapes_goes_on_where_the_series_ends(
    deviations: float, shape: float
) -> None:
    x = shape + deviations * math.sqrt(shape)
    series = special._gamma_series if x < shape + 1 else lambda a, b: 1 - special._gamma_fraction(a, b)
    expanded = special._gamma_expansion(shape, x, below=True)
    assert expanded == pytest.approx(series(shape, x), rel=1e-8, abs=1e-11)
    assert special._gamma_expansion(shape, x, below=False) == pytest.approx(1 - expanded, abs=1e-14)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.3, 6), shapes, shapes)
def test_a_density_is_how_fast_its_share_grows(value: float, one: float, other: float) -> None:
    step = 1e-5
    for function in (
        f"norm_dist(?, {one!r}, {other!r}, !)",
        f"t_dist(?, {one!r}, !)",
        f"gamma_dist(?, {one!r}, {other!r}, !)",
        f"f_dist(?, {one!r}, {other!r}, !)",
        f"weibull_dist(?, {min(one, 5)!r}, {other!r}, !)",
    ):
        higher, lower = (
            number_of(function.replace("?", repr(value + move)).replace("!", "yes")) for move in (step, -step)
        )
        density = number_of(function.replace("?", repr(value)).replace("!", "no"))
        assert (higher - lower) / (2 * step) == pytest.approx(density, rel=1e-3, abs=1e-6), function


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 25), st.integers(1, 25), st.floats(0.05, 0.95))
def test_counts_add_up_to_their_cumulative_probability(count: int, size: int, share: float) -> None:
    for function in (
        f"binom_dist(?, {size}, {share!r}, !)",
        f"negbinom_dist(?, {size}, {share!r}, !)",
        f"poisson_dist(?, {share * size!r}, !)",
        f"hypgeom_dist(?, {min(size, 20)}, {size}, {size + count}, !)" if size + count >= 20 else "",
    ):
        if function:
            each = [function.replace("?", str(one)).replace("!", "no") for one in range(count + 1)]
            whole = function.replace("?", str(count)).replace("!", "yes")
            assert number_of(whole) == pytest.approx(math.fsum(map(number_of, each)), abs=1e-9), whole
    exact = Fraction(share)
    chosen = sum(
        math.comb(size, one) * exact**one * (1 - exact) ** (size - one) for one in range(min(count, size) + 1)
    )
    assert number_of(f"binom_dist({min(count, size)}, {size}, {share!r}, yes)") == pytest.approx(
        float(chosen)
    )


def test_what_would_fill_memory_or_time_is_refused_or_null() -> None:
    with pytest.raises(QueryError, match="10,000 are allowed"):
        column("offset_list(${n}, 0, 1000000000)", [1])
    with pytest.raises(QueryError, match="32,767 are allowed"):
        column(
            "replace(replace(" * 3
            + 'concat("'
            + "a" * 99
            + '")'
            + ', "a", "'
            + "b" * 99
            + '"), "b", "'
            + "a" * 99
            + '")'
            + (', "a", "' + "b" * 99 + '"), "b", "' + "a" * 99 + '")') * 2,
            [1],
        )
    for text in (
        "power(10, 1000000000)",
        "fact(1000000000)",
        "combin(1000000000, 500000000)",
        "power(power(9, 300), 9)",
    ):
        assert column(text, [1]) == [None]
