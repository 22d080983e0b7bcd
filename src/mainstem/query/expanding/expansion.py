"""References → SQL, for one request: every `${…}` a text holds is replaced, down to columns.

Each field is worked out once. Which views a text reads is noted on the way: that is what the joins are
chosen by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.expanding.custom import Customs
from mainstem.query.expanding.dimensions import DimensionSql
from mainstem.query.expanding.tables import Tables
from mainstem.query.expanding.text import closed, operand, parts
from mainstem.query.plan import CUSTOM, Expression
from mainstem.query.templates import has_liquid
from mainstem.semantics.fields import UnknownField, find_field, why_missing
from mainstem.semantics.model import Dimension, DimensionType, Measure
from mainstem.semantics.references import Field, Malformed, Table, TableName

if TYPE_CHECKING:
    from mainstem.query.clock import Clock
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Resolved
    from mainstem.query.templates import SourceSql, Templates


class Expansion:
    def __init__(
        self,
        resolved: Resolved,
        dialect: Dialect,
        clock: Clock,
        templates: Templates,
        source_sql: SourceSql,
    ) -> None:
        self.resolved = resolved
        self.dialect = dialect
        self.clock = clock
        self.templates = templates
        self.tables = Tables(resolved, templates, source_sql, dialect)
        self.customs = Customs(self)
        self._by_type = DimensionSql(self)
        self._known: dict[tuple[str, str], Expression] = {}
        self._within: list[str] = []
        self.guarded = True
        """Whether fields may read only what the asker may see; what guards an explore may read anything."""

    def dimension(self, alias: str, dimension: Dimension) -> Expression:
        """Raises QueryError for a dimension that leads back to itself."""
        key = (alias, dimension.name)
        known = self._known.get(key)
        if known is not None:
            return known
        name = f"{alias}.{dimension.name}"
        if name in self._within:
            raise QueryError(f"dimensions refer to each other: {' → '.join((*self._within, name))}")
        self._within.append(name)
        try:
            self._known[key] = self._by_type.expression(alias, dimension)
        finally:
            self._within.pop()
        return self._known[key]

    def selected(self, alias: str, dimension: Dimension) -> Expression:
        """As `dimension`, with what it is sorted by."""
        return self._by_type.ordered(alias, dimension)

    def condition(self, alias: str | None, text: str, field: str | None = None) -> Expression:
        """A condition that is written out: of a join, of an explore, of the filter-only field `field`."""
        reads: set[str] = set()
        sql = self.sql(alias, self.rendered(alias, text, field), reads)
        return Expression(sql=sql, compared=sql, aliases=tuple(sorted(reads)))

    def sql(self, alias: str | None, text: str, reads: set[str]) -> str:
        """Dimension SQL without references. `alias` is None in an explore's own SQL."""
        found = parts(self.rendered(alias, text))
        if len(found) == 1 and not isinstance(found[0], str):
            return self.part(alias, found[0], reads)
        pieces = [
            operand(self.part(alias, part, reads))
            if isinstance(part, Field)
            else self.part(alias, part, reads)
            for part in found
        ]
        return closed("".join(pieces))

    def rendered(self, alias: str | None, text: str, field: str | None = None) -> str:
        return self.templates.render(text, alias, field) if has_liquid(text) else text

    def part(self, alias: str | None, part: object, reads: set[str]) -> str:
        match part:
            case str():
                return part
            case Field():
                sql = self._reference(alias, part, reads)
                return self._cast(operand(sql), part.cast) if part.cast else sql
            case Table() if alias is not None:
                reads.add(alias)
                return self.dialect.name(alias)
            case TableName(view):
                return self.tables.named(view, self._owner(alias))
            case Malformed(text):
                raise QueryError(f"${{{text}}} is no reference")
            case _:
                raise QueryError(f"{self.resolved.explore.origin}: ${{TABLE}} has no meaning in an explore")

    def find(self, alias: str | None, reference: Field) -> tuple[str, Dimension | Measure]:
        """A view's own name means the alias it stands under here, so that `from` keeps its SQL working;
        unless another view of the explore is called so. Without a view it is the text's own, in an explore
        the base view's."""
        views = self.resolved.views
        if alias is None and reference.view is None:
            alias = self.resolved.explore.alias
        own = views.get(alias) if alias is not None else None
        here = reference.view in (None, alias) or (
            own is not None and reference.view == own.name and reference.view not in views
        )
        if alias is not None and own is not None and here:
            field = own.field(reference.name)
            if field is not None:
                return self._readable(alias, field)
            if reference.name in own.filters:
                raise QueryError(
                    f"{self._place(alias)}: ${{{reference}}} in view {own.name} is only filtered by and has "
                    f"no SQL; write {{% condition {reference.name} %}}"
                )
            missing = why_missing(own, alias, reference.name)
            raise QueryError(
                f"{self._place(alias)}: unknown field ${{{reference}}} in view {own.name}{missing}"
            )
        try:
            return self._readable(*find_field(views, str(reference)))
        except UnknownField as e:
            explore = self.resolved.explore.name
            raise QueryError(f"{self._place(alias)}: explore {explore}: {e}") from e

    def _place(self, alias: str | None) -> str:
        """Where the text stands that is being read: a field's, else its view's or the explore's."""
        owner, _, name = self._within[-1].partition(".") if self._within else ("", "", "")
        view = self.resolved.views.get(owner)
        field = view.any_field(name) if view else None
        return str(field.origin) if field else self._owner(alias)

    def _readable(self, alias: str, field: Dimension | Measure) -> tuple[str, Dimension | Measure]:
        """A field does not show what it reads to somebody who may not see that; nor is it named."""
        held = self.resolved.held_grants
        if held is None or not self.guarded:
            return alias, field
        join = self.resolved.explore.joins.get(alias)
        required = {*field.required_access_grants, *self.resolved.views[alias].required_access_grants}
        if required | set(join.required_access_grants if join else ()) <= held:
            return alias, field
        reader = self._within[-1] if self._within else "this query"
        raise QueryError(f"{reader} reads what you may not see; it cannot be asked for")

    def _owner(self, alias: str | None) -> str:
        view = self.resolved.views.get(alias) if alias is not None else None
        return str(view.origin if view else self.resolved.explore.origin)

    def _reference(self, alias: str | None, reference: Field, reads: set[str]) -> str:
        if reference.view == CUSTOM:
            found = self.customs.expression(reference.name)
            reads.update(found.aliases)
            return found.sql
        filtering = self._filter_sql(alias, reference, reads)
        if filtering is not None:
            return filtering
        if self._is_parameter(alias, reference):
            return self.rendered(alias, f"{{% parameter {reference} %}}")
        owner, field = self.find(alias, reference)
        if isinstance(field, Measure):
            raise QueryError(
                f"{self._place(alias)}: ${{{reference}}} is a measure, where only a dimension can stand"
            )
        found = self.dimension(owner, field)
        reads.update(found.aliases)
        return found.compared if field.type is DimensionType.YESNO else found.sql

    def _filter_sql(self, alias: str | None, reference: Field, reads: set[str]) -> str | None:
        """A filter-only field stands for its own condition, where it has one."""
        owner = reference.view or alias or self.resolved.explore.alias
        view = self.resolved.views.get(owner)
        field = view.filters.get(reference.name) if view else None
        if field is None or field.sql is None:
            return None
        name = f"{owner}.{field.name}"
        if name in self._within:
            raise QueryError(f"fields refer to each other: {' → '.join((*self._within, name))}")
        self._within.append(name)
        try:
            return self.sql(owner, self.rendered(owner, field.sql, field.name), reads)
        finally:
            self._within.pop()

    def _is_parameter(self, alias: str | None, reference: Field) -> bool:
        """A parameter stands for its value."""
        view = self.resolved.views.get(reference.view or alias or self.resolved.explore.alias)
        return view is not None and reference.name in view.parameters

    def _cast(self, sql: str, kind: str) -> str:
        """`${field::type}`"""
        match kind:
            case "date":
                return self.dialect.date_of(sql)
            case "number":
                return self.dialect.as_float(sql)
            case "string":
                return self.dialect.as_text(sql)
            case _:
                return self.dialect.time_of(sql)
