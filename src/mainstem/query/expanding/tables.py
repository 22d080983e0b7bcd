"""What stands in FROM: tables by their names, derived tables by those of their CTEs.

A derived table is one CTE however many views and joins read it, after all it reads itself.
"""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.expanding.text import parts
from mainstem.query.templates import has_liquid
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.references import TableName

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Resolved
    from mainstem.query.templates import SourceSql, Templates
    from mainstem.semantics.model import View


class Tables:
    def __init__(
        self, resolved: Resolved, templates: Templates, source_sql: SourceSql, dialect: Dialect
    ) -> None:
        self.resolved = resolved
        self.templates = templates
        self.source_sql = source_sql
        self.dialect = dialect
        self.ctes: dict[str, str] = {}
        """Name → query, each after those it reads."""
        self._known: dict[str, str] = {}
        self._within: list[str] = []

    def of(self, alias: str) -> str:
        """Raises QueryError for a view that is not there, and for derived tables that read each other."""
        explore = self.resolved.explore
        view = self.resolved.views.get(alias)
        if view is None:
            missing = explore.views().get(alias, alias)
            raise QueryError(f"{explore.origin}: view {missing} of explore {explore.name} is missing")
        source = explore if alias == explore.alias else explore.joins[alias]
        if source.sql_table_name:
            return self._replaced(view, source.sql_table_name, alias)
        return self._read(view, alias)

    def named(self, name: str, where: str) -> str:
        """Of `${name.SQL_TABLE_NAME}`."""
        view = self.resolved.model_views.get(name) or self.resolved.views.get(name)
        if view is None:
            hint = did_you_mean(name, self.resolved.model_views)
            raise QueryError(f"{where}: unknown view {name} in ${{{name}.SQL_TABLE_NAME}}{hint}")
        return self._read(view, None)

    def _read(self, view: View, alias: str | None) -> str:
        known = self._known.get(view.name)
        if known is not None:
            return known
        if view.name in self._within:
            raise QueryError(f"derived tables read each other: {' → '.join((*self._within, view.name))}")
        self._within.append(view.name)
        try:
            self._known[view.name] = self._table(view, alias or view.name)
        finally:
            self._within.pop()
        return self._known[view.name]

    def _table(self, view: View, alias: str) -> str:
        derived = view.derived_table
        if derived is None:
            return self._replaced(view, view.sql_table_name or view.name, alias)
        if derived.explore_source is not None:
            sql = self.source_sql(view, derived.explore_source)
        else:
            sql = self._replaced(view, derived.sql or "", alias)
        sql = cleandoc(sql).rstrip().removesuffix(";").rstrip()
        name = self._free(view.name, sql)
        self.ctes[name] = sql
        return self.dialect.name(name)

    def _replaced(self, view: View, text: str, alias: str) -> str:
        rendered = self.templates.render(text, alias) if has_liquid(text) else text
        pieces: list[str] = []
        for part in parts(cleandoc(rendered)):
            if isinstance(part, str):
                pieces.append(part)
            elif isinstance(part, TableName):
                pieces.append(self.named(part.view, str(view.origin)))
            else:
                raise QueryError(f"{view.origin}: a table takes ${{view.SQL_TABLE_NAME}} only, not a field")
        return "".join(pieces).strip()

    def _free(self, name: str, sql: str) -> str:
        """A name that hides no table some query reads."""
        texts = [sql, *self.ctes.values(), *(f"FROM {table}" for table in self._known.values())]
        taken = re.compile(rf"\b(?:FROM|JOIN|,)\s+\"?{re.escape(name)}\"?(?![\w.\"])", re.IGNORECASE)
        own = self.dialect.name(name)
        while any(taken.search(text) for text in texts) or own in self._known.values():
            name, own = f"{name}_derived", self.dialect.name(f"{name}_derived")
            taken = re.compile(rf"\b(?:FROM|JOIN)\s+\"?{re.escape(name)}\"?(?![\w.\"])", re.IGNORECASE)
        return name
