"""The list of functions as Markdown, for docs/table-calculations.md, by family.

What an example gives is evaluated, never written down here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from mainstem.filters.calculations.examples import PIVOTED, RESULT, cell, shown
from mainstem.filters.calculations.functions import FUNCTIONS, Function
from mainstem.filters.calculations.functions.record import Family

if TYPE_CHECKING:
    from mainstem.filters.calculations.table import CalculationTable

_TITLES: Final[dict[Family, str]] = {
    "logical": "Logic",
    "mathematical": "Numbers",
    "string": "Strings",
    "date": "Dates",
    "aggregate": "Aggregates of a column or list",
    "statistical": "Ranks, regressions and tests",
    "distribution": "Distributions",
    "row": "Rows and lists",
    "pivot": "Pivot columns",
    "filter": "Filter expressions",
}


def function_tables() -> str:
    parts = ["", "## The result of the examples", "", *_result(RESULT), ""]
    parts += ["The pivot functions' examples are of the same months by status:", "", *_result(PIVOTED), ""]
    parts += [
        "`·` parts rows, `|` pivot columns. A function with ✓ is valid in custom fields and filters too."
    ]
    for family in get_args(Family):
        functions = [function for function in FUNCTIONS.values() if function.family == family]
        parts += [
            "",
            f"## {_TITLES[family]}",
            "",
            "| function | gives | example | result |",
            "|---|---|---|---|",
        ]
        parts += [_row(function) for function in functions]
    return "\n".join(parts) + "\n"


def _row(function: Function) -> str:
    everywhere = " ✓" if function.everywhere else ""
    result = shown(function) if function.family != "filter" else ""
    cells = (f"`{function.signature}`{everywhere}", function.help, f"`{function.example}`", result)
    joined = " | ".join(one.replace("|", r"\|") for one in cells)
    return f"| {joined} |"


def _result(table: CalculationTable) -> list[str]:
    """A column of the page for each column of the result, and for each pivot column of one that has them."""
    names: list[str] = []
    columns: list[list[str]] = []
    for column in table.columns:
        for pivot, values in enumerate(column.values, start=1):
            names.append(f"`{column.name}`, column {pivot}" if column.pivoted else f"`{column.name}`")
            columns.append([cell(value) for value in values])
    rows = [f"| {' | '.join(row)} |" for row in zip(*columns, strict=True)]
    return [f"| {' | '.join(names)} |", "|" + "---|" * len(names), *rows]
