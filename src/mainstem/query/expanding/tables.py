"""What stands in FROM: tables by their names, derived tables by those of their CTEs.

A derived table is one CTE however many views and joins read it, after all it reads itself.
"""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
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

_READ = re.compile(r"(?:\b(?:FROM|JOIN)|,)\s+\"?(\w+)\"?(?![\w.\"])", re.IGNORECASE)
_FOR_PRODUCTION = re.compile(r"--[ \t]*if[ \t]+prod[ \t]*--", re.IGNORECASE)
_IN_DEVELOPMENT = re.compile(r"--[ \t]*if[ \t]+dev[ \t]*--[^\n]*", re.IGNORECASE)

cleandoc = lru_cache(maxsize=10_000)(inspect.cleandoc)


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
        self._taken: set[str] = set()
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
            table = self._table(view, alias or view.name)
        finally:
            self._within.pop()
        self._known[view.name] = table
        self._taken |= {table.lower(), *_tables_in(f"FROM {table}")}
        return table

    def _table(self, view: View, alias: str) -> str:
        derived = view.derived_table
        if derived is None:
            return self._replaced(view, view.sql_table_name or view.name, alias)
        if derived.explore_source is not None:
            sql = self.source_sql(view, derived.explore_source)
        else:
            sql = self._replaced(view, derived.sql or "", alias)
        sql = cleandoc(sql).rstrip().removesuffix(";").rstrip()
        self._taken |= _tables_in(sql)
        name = self._free(view.name)
        self.ctes[name] = sql
        return self.dialect.name(name)

    def _replaced(self, view: View, text: str, alias: str) -> str:
        rendered = in_production(self.templates.render(text, alias) if has_liquid(text) else text)
        pieces: list[str] = []
        for part in parts(cleandoc(rendered)):
            if isinstance(part, str):
                pieces.append(part)
            elif isinstance(part, TableName):
                pieces.append(self.named(part.view, str(view.origin)))
            else:
                raise QueryError(f"{view.origin}: a table takes ${{view.SQL_TABLE_NAME}} only, not a field")
        return "".join(pieces).strip()

    def _free(self, name: str) -> str:
        """A name that hides no table some query reads."""
        while {name.lower(), self.dialect.name(name).lower()} & self._taken:
            name = f"{name}_derived"
        return name


def in_production(text: str) -> str:
    """With what stands behind `-- if prod --` in its line, without what stands behind `-- if dev --`: there
    is no other mode here."""
    return _FOR_PRODUCTION.sub("", _IN_DEVELOPMENT.sub("", text)) if "--" in text else text


@lru_cache(maxsize=10_000)
def _tables_in(sql: str) -> frozenset[str]:
    """Names without a schema where tables are read, and some of columns: too many do no harm. A derived table
    may be thousands of lines and read by every query: its text is gone through once a process."""
    return frozenset(found.lower() for found in _READ.findall(sql))
