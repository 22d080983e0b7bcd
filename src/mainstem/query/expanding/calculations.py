"""The language of table calculations → SQL, of custom fields and custom filters: what the database can work
out row by row.

It means the same as where it is evaluated on a result: division is exact and NULL by zero, halves round away
from zero, whole units pass between two moments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.calculations import (
    Arithmetic,
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
)
from mainstem.query.expanding.calculation_functions import DATES, FUNCTIONS
from mainstem.semantics.model import Datatype

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query.clock import Clock
    from mainstem.query.dialects import Dialect


class CalculationSql:
    def __init__(
        self,
        dialect: Dialect,
        clock: Clock,
        field: Callable[[str], str],
        matches: Callable[[str, str], str],
    ) -> None:
        """`field` gives an operand for a name, `matches` a predicate for a name and a filter expression."""
        self._dialect = dialect
        self._clock = clock
        self._field = field
        self._matches = matches

    def sql(self, node: Expression) -> str:
        """An operand. Raises QueryError for what only a result can say."""
        match node:
            case Number(value):
                return self._dialect.number(value) if value >= 0 else f"({self._dialect.number(value)})"
            case Text(value):
                return self._dialect.text(value)
            case YesNo(value):
                return "TRUE" if value else "FALSE"
            case Null():
                return "NULL"
            case Field(name, "value"):
                return self._field(name)
            case Negative(operand):
                return f"(-{self.sql(operand)})"
            case Not(operand):
                return f"(NOT {self.sql(operand)})"
            case Arithmetic():
                return self._arithmetic(node)
            case Comparison(operator, left, right):
                sign = "<>" if operator == "!=" else operator
                return f"({self.sql(left)} {sign} {self.sql(right)})"
            case Logic(operator, left, right):
                return f"({self.sql(left)} {operator} {self.sql(right)})"
            case Case(branches, default):
                whens = [f"WHEN {self.sql(b.condition)} THEN {self.sql(b.value)}" for b in branches]
                return f"(CASE {' '.join(whens)} ELSE {self.sql(default)} END)"
            case Call():
                return self._call(node)
            case Field(name, part):
                raise QueryError(f"${{{name}:{part}}} is known only of a result, not in the database")
            case FilterText(value):
                raise QueryError(f"`{value}` stands only in matches_filter()")

    def _arithmetic(self, node: Arithmetic) -> str:
        left, right = self.sql(node.left), self.sql(node.right)
        if node.operator == "/":
            return f"(1.0 * {left} / NULLIF({right}, 0))"
        return f"({left} {node.operator} {right})"

    def _call(self, node: Call) -> str:
        if node.function == "matches_filter":
            return self._matched(node)
        if node.function == "now":
            return self._dialect.timestamp(self._clock.now, Datatype.DATETIME)
        arguments = [self.sql(argument) for argument in node.arguments]
        written = FUNCTIONS.get(node.function) or DATES.get(node.function)
        if written is None:
            raise QueryError(f"{node.function}() is worked out on a result only, not in the database")
        return written(self._dialect, *arguments)

    def _matched(self, node: Call) -> str:
        match node.arguments:
            case (Field(name), Text(expression) | FilterText(expression)):
                return self._matches(name, expression)
            case _:
                raise QueryError("matches_filter() takes a field and a filter expression")
