"""Liquid in SQL, rendered for one request. What comes out may hold `${…}`, which others resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.liquid.attributes import nulls_for_missing
from mainstem.query.liquid.inputs import Inputs
from mainstem.query.liquid.names import Names
from mainstem.query.predicates import condition_of, operand_of, predicate
from mainstem.semantics.liquid import LiquidProblem, render

if TYPE_CHECKING:
    from mainstem.query.clock import Clock
    from mainstem.query.context import Context
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Resolved

ANY = "1 = 1"


class LiquidTemplates:
    """Renders texts of one request; each text of a view once."""

    def __init__(
        self, resolved: Resolved, context: Context, dialect: Dialect, dialect_name: str, clock: Clock
    ) -> None:
        self._resolved = resolved
        self._context = context
        self._dialect = dialect
        self._dialect_name = dialect_name
        self._clock = clock
        self._inputs = Inputs(resolved, dialect, clock)

    def render(self, text: str, alias: str | None, field: str | None = None) -> str:
        """`field`: the filter-only field whose SQL it is, which a condition without a name means."""
        names = Names(self._resolved, self._inputs, self._context, self._dialect_name, alias)
        values = _Values(self._resolved, self._inputs, names, alias, field, self._dialect, self._clock)
        if "_user_attributes" in text:
            text = nulls_for_missing(text, self._context.liquid_attributes)
        try:
            return render(text, values)
        except LiquidProblem as e:
            where = f"{alias}.{field}" if field else alias or f"explore {self._resolved.explore.name}"
            raise QueryError(f"Liquid of {where}: {e} in {_short(text)}") from e


class _Values:
    """What the tags of one text come to."""

    def __init__(
        self,
        resolved: Resolved,
        inputs: Inputs,
        names: Names,
        alias: str | None,
        field: str | None,
        dialect: Dialect,
        clock: Clock,
    ) -> None:
        self._resolved = resolved
        self._inputs = inputs
        self._names = names
        self._alias = alias
        self._field = field
        self._dialect = dialect
        self._clock = clock

    def names(self) -> Names:
        return self._names

    def parameter(self, name: str) -> str:
        return self._inputs.parameter(self._settled(name.removesuffix("._parameter_value")))

    def condition(self, name: str, sql: str) -> str:
        wanted = self._settled(name) if name else f"{self._alias}.{self._field}"
        terms = []
        for field, expression in self._inputs.filters_of(wanted):
            meaning = condition_of(field, wanted, expression, self._clock)
            compared = sql if sql.isidentifier() else f"({sql})"
            operand = operand_of(field, compared, case_sensitive=self._resolved.case_sensitive)
            term = predicate(meaning, operand, self._dialect, self._clock)
            terms += [term] if term else []
        return f"({' AND '.join(terms)})" if terms else ANY

    def date_start(self, name: str) -> str:
        return self._inputs.bounds(self._settled(name))[0]

    def date_end(self, name: str) -> str:
        return self._inputs.bounds(self._settled(name))[1]

    def _settled(self, name: str) -> str:
        """`alias.field`: a bare name is the text's own view's, and the view's own name means its alias."""
        view, dot, field = name.rpartition(".")
        if not dot:
            return f"{self._alias or self._resolved.explore.alias}.{field}"
        own = self._resolved.views.get(self._alias) if self._alias is not None else None
        if view not in self._resolved.views and own is not None and view == own.name:
            return f"{self._alias}.{field}"
        return name


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 80 else f"{line[:77]}…")
