"""Fields and conditions of a request alone: expressions over fields of the explore become SQL."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.calculations import Field, Logic, parse, walk
from mainstem.query.expanding import moments
from mainstem.query.expanding.calculations import CalculationSql
from mainstem.query.expanding.text import operand
from mainstem.query.plan import Expression, MeasureExpression, MeasurePart
from mainstem.query.predicates import condition_of, operand_of, predicate
from mainstem.semantics.model import Datatype, Dimension, Measure, Timeframe

if TYPE_CHECKING:
    from mainstem.filters.calculations import Expression as Tree
    from mainstem.query.dialects.times import Unit
    from mainstem.query.expanding.expansion import Expansion
    from mainstem.query.expanding.measures import MeasureSql

_STARTS: dict[Timeframe, Unit] = {Timeframe.MONTH: "month", Timeframe.QUARTER: "quarter"}
"""Shown as text, reckoned with as the date they begin on."""
_MEASURE = re.compile("\0([^\0]+)\0")

_parsed = lru_cache(maxsize=1000)(parse)


class Customs:
    def __init__(self, expansion: Expansion) -> None:
        self._expansion = expansion
        self._known: dict[str, Expression] = {}

    def expression(self, name: str) -> Expression:
        """Of a custom dimension."""
        if name not in self._known:
            reads: set[str] = set()
            sql = self.sql(_parsed(self._expansion.resolved.expressions[name]), reads)
            reads = reads or {self._expansion.resolved.explore.alias}
            self._known[name] = Expression(sql=sql, compared=operand(sql), aliases=tuple(sorted(reads)))
        return self._known[name]

    def condition(self, text: str, reads: set[str]) -> str:
        """Over rows: which of them a custom measure takes."""
        return self.sql(_parsed(text), reads)

    def filters(self, text: str, measures: MeasureSql) -> tuple[Expression | None, MeasureExpression | None]:
        """The request's condition in two parts: what is asked of rows, and what is asked of groups."""
        terms = list(_terms(_parsed(text)))
        of_rows = [term for term in terms if not self._of_measures(term)]
        of_groups = [term for term in terms if self._of_measures(term)]
        reads: set[str] = set()
        where = " AND ".join(self.sql(term, reads) for term in of_rows)
        rows = Expression(sql=where, compared=where, aliases=tuple(sorted(reads))) if where else None
        return rows, self._grouped(of_groups, measures) if of_groups else None

    def sql(self, tree: Tree, reads: set[str]) -> str:
        expansion = self._expansion
        calculation = CalculationSql(
            expansion.dialect,
            expansion.clock,
            lambda name: self._field(name, reads),
            lambda name, expression: self._matches(name, expression, reads),
        )
        return calculation.sql(tree)

    def _grouped(self, terms: list[Tree], measures: MeasureSql) -> MeasureExpression:
        """Measures are marked in the SQL, and the marks replaced by what they are made of. Dimensions beside
        them must be those of the groups."""
        selected = {use.name for use in self._expansion.resolved.dimensions}
        for name in (node.name for term in terms for node in walk(term) if isinstance(node, Field)):
            if name not in selected and (
                self._is_custom(name) or isinstance(self._named(name)[1], Dimension)
            ):
                raise QueryError(
                    f"filter_expression asks {name} and a measure in one condition, which takes a query that "
                    f"selects {name}; join conditions on rows and on measures with AND instead of OR"
                )
        reads: set[str] = set()
        sql = " AND ".join(self.sql(term, reads) for term in terms)
        parts: list[MeasurePart] = []
        unguarded: set[str] = set()
        for at, piece in enumerate(_MEASURE.split(sql)):
            if at % 2 == 0:
                parts += [piece] if piece else []
                continue
            alias, field = self._named(piece)
            if isinstance(field, Measure):
                inner = measures.expression(alias, field)
                parts += ["(", *inner.parts, ")"]
                reads |= set(inner.aliases)
                unguarded |= set(inner.unguarded)
        return MeasureExpression(
            parts=tuple(parts), aliases=tuple(sorted(reads)), unguarded=tuple(sorted(unguarded))
        )

    def _of_measures(self, tree: Tree) -> bool:
        names = [node.name for node in walk(tree) if isinstance(node, Field)]
        return any(not self._is_custom(name) and isinstance(self._named(name)[1], Measure) for name in names)

    def _is_custom(self, name: str) -> bool:
        return "." not in name and name in self._expansion.resolved.expressions

    def _named(self, name: str) -> tuple[str, Dimension | Measure]:
        alias, _, field_name = name.partition(".")
        view = self._expansion.resolved.views.get(alias)
        field = view.field(field_name) if view else None
        if field is None:
            raise QueryError(f"unknown field {name} in an expression")
        return alias, field

    def _field(self, name: str, reads: set[str]) -> str:
        if self._is_custom(name):
            found = self.expression(name)
            reads |= set(found.aliases)
            return found.compared
        alias, field = self._named(name)
        if isinstance(field, Measure):
            return f"\0{name}\0"
        found = self._expansion.dimension(alias, field)
        reads |= set(found.aliases)
        if field.timeframe in _STARTS:
            return self._beginning(field, found.compared)
        return operand(found.sql)

    def _beginning(self, field: Dimension, raw: str) -> str:
        dialect, clock = self._expansion.dialect, self._expansion.clock
        datatype = field.datatype or Datatype.TIMESTAMP
        seen = moments.seen(raw, datatype, field.convert_tz, dialect, clock)
        unit = _STARTS[field.timeframe or Timeframe.MONTH]
        return dialect.date_of(dialect.truncated(unit, seen))

    def _matches(self, name: str, expression: str, reads: set[str]) -> str:
        expansion = self._expansion
        alias, field = self._named(name)
        if isinstance(field, Measure):
            compared, place = f"\0{name}\0", None
        else:
            found = expansion.dimension(alias, field)
            reads |= set(found.aliases)
            compared, place = found.compared, found.place
        meaning = condition_of(field, name, expression, expansion.clock)
        left = operand_of(field, compared, place=place, case_sensitive=expansion.resolved.case_sensitive)
        sql = predicate(meaning, left, expansion.dialect, expansion.clock)
        return f"({sql})" if sql else "TRUE"


def _terms(tree: Tree) -> list[Tree]:
    """What is joined by AND at the top."""
    if isinstance(tree, Logic) and tree.operator == "AND":
        return [*_terms(tree.left), *_terms(tree.right)]
    return [tree]
