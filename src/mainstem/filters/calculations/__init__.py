"""Looker's expression language: table calculations evaluated here, custom fields and filters read for SQL.

    tree = parse("${orders.revenue} / sum(${orders.revenue})")     # frozen nodes, or an ExpressionError
    check(tree, {"orders.revenue": "number"})                      # its type, or an ExpressionError
    depends_on(tree)                                               # fields, totals, pivots, other rows
    evaluate(tree, table, now=now, random=random)                  # a Column for a CalculationTable
    with_calculations(table, {"share": tree}, now=…, random=…)     # the table with more columns

A custom field, custom filter or `filter_expression` is the same grammar without table functions
(`is_row_wise`, and `check(…, place="custom_field")`); who turns it into SQL matches on the nodes:

    match node:
        case Number(value) | Text(value) | YesNo(value): …         # Decimal, str, bool
        case Null(): …
        case Field(name): …                                        # part is "value" in a custom field
        case Negative(operand) | Not(operand): …
        case Arithmetic(operator, left, right): …                  # + - * /, null by zero
        case Comparison(operator, left, right): …                  # = != < > <= >=
        case Logic(operator, left, right): …                       # AND OR
        case Case(branches, default): …                            # if(), case(); Branch(condition, value)
        case Call("matches_filter", (field, Text(f) | FilterText(f))): …
        case Call(function, arguments): …                          # lower case, a key of FUNCTIONS

Whatever can be simplified is already: `x = null` is `Call("is_null", (x,))`, `<>` is `!=`, `if` is a `Case`.
No SQL is written here, nothing reads a clock, and nothing but an ExpressionError or QueryError is raised.
"""

from __future__ import annotations

from mainstem.filters.calculations.checking import check
from mainstem.filters.calculations.dependencies import Dependencies, depends_on, in_order, is_row_wise
from mainstem.filters.calculations.evaluation import evaluate, with_calculations
from mainstem.filters.calculations.expression import (
    Arithmetic,
    Branch,
    Call,
    Case,
    Comparison,
    Expression,
    Field,
    FilterText,
    Logic,
    Negative,
    Not,
    Null,
    Number,
    Text,
    YesNo,
    children,
    walk,
)
from mainstem.filters.calculations.functions import FUNCTIONS, Function, Parameter
from mainstem.filters.calculations.kinds import Kind, ValueType
from mainstem.filters.calculations.parsing import parse
from mainstem.filters.calculations.table import CalculationTable, Column, pivot_dimension

__all__ = [
    "FUNCTIONS",
    "Arithmetic",
    "Branch",
    "CalculationTable",
    "Call",
    "Case",
    "Column",
    "Comparison",
    "Dependencies",
    "Expression",
    "Field",
    "FilterText",
    "Function",
    "Kind",
    "Logic",
    "Negative",
    "Not",
    "Null",
    "Number",
    "Parameter",
    "Text",
    "ValueType",
    "YesNo",
    "check",
    "children",
    "depends_on",
    "evaluate",
    "in_order",
    "is_row_wise",
    "parse",
    "pivot_dimension",
    "walk",
    "with_calculations",
]
