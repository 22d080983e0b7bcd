"""What a Looker expression says: a tree of frozen values, each with where it began in the text.

Every walker (the check, the evaluation, a compiler to SQL) matches on these classes and needs nothing of the
grammar. No node knows the type of a field: that is the check's to find out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

ArithmeticOperator: TypeAlias = Literal["+", "-", "*", "/"]
ComparisonOperator: TypeAlias = Literal["=", "!=", "<", ">", "<=", ">="]
LogicalOperator: TypeAlias = Literal["AND", "OR"]
Part: TypeAlias = Literal["value", "total", "row_total"]


class _Node(msgspec.Struct, frozen=True, kw_only=True):
    at: int = 0
    """Of its first character in the text, counted from 0; for an operator's node, of the operator."""


class Number(_Node, frozen=True, tag=True):
    """`7`, `0.25`: exact, never a float."""

    value: Decimal


class Text(_Node, frozen=True, tag=True):
    """`"Completed"`, without its quotes and escapes."""

    value: str


class YesNo(_Node, frozen=True, tag=True):
    """`yes` or `no`."""

    value: bool


class Null(_Node, frozen=True, tag=True):
    """`null`: no data."""


class FilterText(_Node, frozen=True, tag=True):
    """A filter expression between backticks, which only `matches_filter` takes."""

    value: str


class Field(_Node, frozen=True, tag=True):
    """`${view.field}` or `${calculation}`; `${view.field:total}` and `${view.field:row_total}` are parts."""

    name: str
    part: Part = "value"


class Negative(_Node, frozen=True, tag=True):
    """`-x`"""

    operand: Expression


class Not(_Node, frozen=True, tag=True):
    """`NOT x`"""

    operand: Expression


class Arithmetic(_Node, frozen=True, tag=True):
    """`left + right`: null where either is, or where the right of a division is 0."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


class Comparison(_Node, frozen=True, tag=True):
    """`left < right`: null where either is. `x = null` never gets here: it is `is_null(x)`."""

    operator: ComparisonOperator
    left: Expression
    right: Expression


class Logic(_Node, frozen=True, tag=True):
    """`left AND right`, `left OR right`, with the three values of SQL."""

    operator: LogicalOperator
    left: Expression
    right: Expression


class Branch(_Node, frozen=True, tag=True):
    """`when(condition, value)` of a case."""

    condition: Expression
    value: Expression


class Case(_Node, frozen=True, tag=True):
    """`case(when(…), …, default)`; `if(condition, value, default)` is one with a single branch."""

    branches: tuple[Branch, ...]
    default: Expression


class Call(_Node, frozen=True, tag=True):
    """A function of `FUNCTIONS` and what it is given; the name in lower case."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = (
    Number
    | Text
    | YesNo
    | Null
    | FilterText
    | Field
    | Negative
    | Not
    | Arithmetic
    | Comparison
    | Logic
    | Case
    | Call
)


def children(node: Expression) -> tuple[Expression, ...]:
    """What a node is made of, from left to right."""
    match node:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparison(_, left, right) | Logic(_, left, right):
            return (left, right)
        case Case(branches, default):
            return (*(part for branch in branches for part in (branch.condition, branch.value)), default)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """The node and all below it, in no order that anything may rest on; without recursion."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(children(found))
