"""What a project's SQL says about its warehouse, so that the SQL can be judged without the warehouse.

A table has the columns that any query reads of it: by its name, or without one where no other source can
hold them; columns asked of a `SELECT *` are asked of what the star stands for, and a table function of
BigQuery ML is a table like others. Nothing is made up: a name that belongs to no source of its query, or a
column that a derived table's query does not have, stays wrong.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.qualify_tables import qualify_tables
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlglot.dialects.dialect import Dialect, DialectType

Source: TypeAlias = exp.Table | Scope
_ALIASES_IN_WHERE = ("duckdb", "redshift", "snowflake")
"""Dialects where an expression may name a column of its own SELECT."""
_UNKNOWN = exp.DataType.build("unknown")
_OF_VALUES = {"duckdb": ("col", 0), "postgres": ("column", 1), "snowflake": ("COLUMN", 1)}
"""What columns of VALUES are called, and the number of the first."""
_OF_MODEL = re.compile(r"\bML\.(\w+)\s*\((?=\s*MODEL\s)", re.IGNORECASE)
_STANDS_FOR = "mainstem_derived_"


class Warehouse(Schema):
    """Tables and their columns, as they are learned. Every table has at least one."""

    def __init__(self, dialect: str) -> None:
        self.name = dialect
        self.fields: dict[str, dict[str, None]] = defaultdict(dict)
        """Of columns that hold rows: what is read of those, by the column's name alone."""
        self.columns: dict[str, dict[str, None]] = defaultdict(lambda: {"mainstem_any": None})
        self.derived: dict[str, Callable[[], Sequence[str]]] = {}
        """Of tables that stand for derived ones: what their columns are in the end."""

    @property
    def dialect(self) -> Dialect:
        return sqlglot.Dialect.get_or_raise(self.name)

    @property
    def empty(self) -> bool:
        return False

    @property
    def supported_table_args(self) -> tuple[str, ...]:
        return ("this", "db", "catalog")

    def add_table(self, *_: object, **__: object) -> None:
        raise NotImplementedError("tables are learned from SQL")

    def column_names(
        self,
        table: exp.Table | str,
        only_visible: bool = False,
        dialect: DialectType = None,
        normalize: bool | None = None,
    ) -> Sequence[str]:
        key = _key(table)
        return self.derived[key]() if key in self.derived else list(self.columns[key])

    def get_column_type(
        self, table: exp.Table | str, column: exp.Column | str, *_: object, **__: object
    ) -> exp.DataType:
        fields = self.fields.get(column if isinstance(column, str) else column.name)
        if not fields:
            return _UNKNOWN
        return exp.DataType.build(
            "array",
            nested=True,
            expressions=[
                exp.DataType.build(
                    "struct",
                    nested=True,
                    expressions=[
                        exp.ColumnDef(this=exp.to_identifier(field), kind=_UNKNOWN.copy()) for field in fields
                    ],
                )
            ],
        )

    def has_column(self, table: exp.Table | str, column: exp.Column | str, *_: object, **__: object) -> bool:
        return (column if isinstance(column, str) else column.name) in self.column_names(table)

    def learn(self, table: exp.Table, column: str) -> None:
        self.columns[_key(table)][column] = None

    def holds(self, table: exp.Table, column: str) -> bool:
        return column in self.columns[_key(table)]


def _key(table: exp.Table | str) -> str:
    if isinstance(table, str):
        return table.lower()
    if isinstance(table.this, exp.Func):
        # What it reads changes as its own query is qualified; what it is does not.
        return f"{type(table.this).__name__} of {table.this.this}".lower()
    return ".".join(part.name for part in table.parts).lower()


@dataclass(frozen=True)
class _Unqualified:
    scope: Scope
    name: str


class Inference:
    """`read` every query, then `settle`; then `qualified` raises sqlglot's error for SQL that is wrong."""

    def __init__(self, dialect: str) -> None:
        self.warehouse = Warehouse(dialect)
        self._dialect = dialect
        self._views: set[str] = set()
        self._open: dict[tuple[int, str], _Unqualified] = {}
        self._required: set[tuple[int, str]] = set()
        self._derived: dict[str, Scope] = {}

    def read(self, sql: str, views: Collection[str]) -> exp.Expr:
        """`views`: names that are never taken for a column with fields of its own. Raises what sqlglot raises
        for text it cannot parse."""
        self._views = {view.lower() for view in views}
        if self._dialect == "bigquery":
            sql = _without_models(sql)
        tree = sqlglot.parse_one(sql, dialect=self._dialect)
        tree = normalize_identifiers(tree, dialect=self._dialect)
        if self._dialect == "bigquery":
            _group_by_what_is_selected(tree)
        _name_columns_of_values(tree, self._dialect)
        tree = qualify_tables(tree, dialect=self._dialect)
        seen: set[int] = set()
        self._required.clear()  # of scopes that are gone, whose ids others may have
        for scope in traverse_scope(tree):
            self._using(scope)
            self._numbered(scope)
            for column in scope.columns:
                if id(column) not in seen:
                    seen.add(id(column))
                    self._column(scope, column)
        return tree

    def settle(self) -> None:
        """Columns named alone go where they can be, those with one possible place first."""
        self._required.clear()
        waiting = sorted(self._open.values(), key=lambda one: len(_from(one.scope)) > 1)
        for one in waiting:
            self._place(one.scope, one.name)
        self._open.clear()

    def stub(self, tree: exp.Expr, number: int) -> str:
        """What stands for the last derived table of `tree` in other queries: its columns, or where some of
        them are a warehouse's, all columns of a table of that number."""
        scope = next(one for one in traverse_scope(tree) if one.is_root)
        name = tree.args["with_"].expressions[-1].alias
        derived = scope.cte_sources[name]
        if not isinstance(derived, Scope):
            raise TypeError(f"{name} is no query")
        columns = _columns(derived)
        if columns is None:
            table = f"{_STANDS_FOR}{number}"
            self._derived[table] = derived
            self.warehouse.derived[table] = cache(lambda: self._named(tree))
            return f"SELECT * FROM {table}"
        quoted = [exp.alias_(exp.null(), column, quoted=True) for column in columns]
        return exp.select(*quoted).sql(dialect=self._dialect)

    def qualified(self, tree: exp.Expr) -> exp.Expr:
        return qualify(tree.copy(), schema=self.warehouse, dialect=self._dialect, quote_identifiers=False)

    def _named(self, tree: exp.Expr) -> Sequence[str]:
        """The columns of the last derived table, every star made into what it stands for."""
        names: Sequence[str] = self.qualified(tree).args["with_"].expressions[-1].this.named_selects
        return names

    def _column(self, scope: Scope, column: exp.Column) -> None:
        if isinstance(column.this, exp.Star):
            return
        if not column.table:
            if not _is_alias(scope, column, self._dialect):
                self._note(scope, column.name)
            return
        first, second, *_ = column.parts
        source = _named(scope, first.name)
        if source is not None:
            self._require(source, second.name)
        elif self._dialect == "bigquery" and first.name.lower() not in self._views:
            self._note(scope, first.name)

    def _using(self, scope: Scope) -> None:
        """Both sides of a join have the columns it uses."""
        sources: dict[str, Source] = {name: source for name, (_, source) in scope.selected_sources.items()}
        for join in scope.expression.args.get("joins") or ():
            for column in join.args.get("using") or ():
                if join.alias_or_name in sources:
                    self._require(sources[join.alias_or_name], column.name)
                self._among([one for name, one in sources.items() if name != join.alias_or_name], column.name)

    def _numbered(self, scope: Scope) -> None:
        """`GROUP BY 7` behind a star says that there are seven columns."""
        group = scope.expression.args.get("group")
        numbers = [int(one.name) for one in (group.expressions if group else ()) if one.is_int]
        for source in _starred(scope):
            if isinstance(source, exp.Table):
                for number in range(1, max(numbers, default=0)):
                    self.warehouse.learn(source, f"mainstem_{number}")

    def _note(self, scope: Scope, name: str) -> None:
        self._open.setdefault((id(scope), name), _Unqualified(scope, name))

    def _require(self, source: Source, name: str) -> None:
        if isinstance(source, exp.Table) and (derived := self._derived.get(_key(source))):
            self._require(derived, name)
        elif isinstance(source, exp.Table):
            self.warehouse.learn(source, name)
        elif isinstance(source.expression, exp.Unnest):
            self._unnested(source.expression, name)
        elif (id(source), name) not in self._required:
            self._required.add((id(source), name))  # a recursive query reads itself
            if isinstance(source.expression, exp.SetOperation):
                for branch in source.set_operation_scopes:
                    self._require(branch, name)
            elif name not in _outputs(source):
                self._among(_starred(source), name)

    def _unnested(self, unnest: exp.Unnest, name: str) -> bool:
        """A field of the rows that a column holds, where it is a column."""
        held = unnest.expressions[0] if unnest.expressions else None
        if not isinstance(held, exp.Column) or held.name == name:
            return False
        if name not in unnest.alias_column_names:
            self.warehouse.fields[held.name][name] = None
        return True

    def _among(self, sources: Sequence[Source], name: str) -> bool:
        """Whether one of them has the column, or could be given it."""
        if any(self._provides(source, name) for source in sources):
            return True
        tables = [source for source in sources if isinstance(source, exp.Table)]
        unnested = [
            one for one in sources if isinstance(one, Scope) and isinstance(one.expression, exp.Unnest)
        ]
        if len(unnested) == len(sources) == 1 and isinstance(unnested[0].expression, exp.Unnest):
            return self._unnested(unnested[0].expression, name)
        open_scopes = [one for one in sources if isinstance(one, Scope) and _is_open(one)]
        possible: list[Source] = [*tables, *open_scopes]
        if possible:
            self._require(possible[0], name)
        return bool(possible)

    def _provides(self, source: Source, name: str) -> bool:
        if isinstance(source, exp.Table) and (derived := self._derived.get(_key(source))):
            return self._provides(derived, name)
        if isinstance(source, exp.Table):
            return self.warehouse.holds(source, name)
        if isinstance(source.expression, exp.Unnest):
            return name in _outputs(source) or self._holds_rows_with(source.expression, name)
        first = _first(source)
        return name in _outputs(first) or any(
            self._provides(one, name) for one in _starred(first) if one is not source
        )

    def _holds_rows_with(self, unnest: exp.Unnest, name: str) -> bool:
        held = unnest.expressions[0] if unnest.expressions else None
        return isinstance(held, exp.Column) and name in self.warehouse.fields.get(held.name, ())

    def _place(self, scope: Scope, name: str) -> None:
        around = [
            [source for source in _from(one) if not _is_itself(source, scope)] for one in _around(scope)
        ]
        for sources in around:
            if any(self._provides(source, name) for source in sources):
                return
        for sources in around:
            if self._among(sources, name):
                return


def _without_models(sql: str) -> str:
    """With a table in the place of each table function of BigQuery ML: what columns one gives, its model
    says alone."""
    while found := _OF_MODEL.search(sql):
        depth, end = 1, found.end()
        while depth and end < len(sql):
            depth += (sql[end] == "(") - (sql[end] == ")")
            end += 1
        sql = f"{sql[: found.start()]}mainstem_ml_{found[1]}{sql[end:]}"
    return sql


def _group_by_what_is_selected(tree: exp.Expr) -> None:
    """BigQuery takes a name in GROUP BY that two tables have for the column that is selected."""
    for select in tree.find_all(exp.Select):
        shown = {one.name: one for one in select.selects if isinstance(one, exp.Column) and one.table}
        group = select.args.get("group")
        for one in group.expressions if group else ():
            if isinstance(one, exp.Column) and not one.table and one.name in shown:
                one.replace(shown[one.name].copy())


def _name_columns_of_values(tree: exp.Expr, dialect: str) -> None:
    """As the warehouse does where the query does not."""
    name, first = _OF_VALUES.get(dialect, ("", 0))
    for values in tree.find_all(exp.Values):
        row = values.expressions[0] if values.expressions else None
        if not name or not isinstance(row, exp.Tuple) or values.alias_column_names:
            continue
        alias = values.args.get("alias") or exp.TableAlias()
        numbers = range(first, first + len(row.expressions))
        alias.set("columns", [exp.to_identifier(f"{name}{number}") for number in numbers])
        values.set("alias", alias)


def _around(scope: Scope) -> Iterator[Scope]:
    """A query, and those whose columns it may read as well."""
    yield scope
    while (scope.can_be_correlated or scope.is_udtf) and scope.parent is not None:
        scope = scope.parent
        yield scope


def _is_itself(source: Source, scope: Scope) -> bool:
    """What is unnested does not come out of it, though its column may be called the same."""
    return isinstance(source, Scope) and source.expression is scope.expression


def _from(scope: Scope) -> list[Source]:
    return [source for _, source in scope.selected_sources.values()] + list(scope.lateral_sources.values())


def _named(scope: Scope, name: str) -> Source | None:
    for one in _around(scope):
        if name in one.selected_sources:
            return one.selected_sources[name][1]
        if name in one.lateral_sources:
            return one.lateral_sources[name]
    return None


def _outputs(scope: Scope) -> set[str]:
    expression = scope.expression
    names = set(expression.named_selects) if isinstance(expression, exp.Query | exp.UDTF) else set()
    return (names | set(expression.alias_column_names)) - {"*"}


def _starred(scope: Scope) -> list[Source]:
    """What the stars of a SELECT stand for."""
    if not isinstance(scope.expression, exp.Select):
        return []
    found: list[Source] = []
    for one in scope.expression.selects:
        if isinstance(one, exp.Star):
            found += _from(scope)
        elif isinstance(one, exp.Column) and isinstance(one.this, exp.Star):
            source = _named(scope, one.table)
            found += [source] if source is not None else []
    return found


def _columns(scope: Scope) -> list[str] | None:
    """In order; None where some are a table's, which has those that are read of it."""
    first = _first(scope)
    if not isinstance(first.expression, exp.Select):
        return None
    found: list[str] = []
    for number, one in enumerate(first.expression.selects):
        held = _held(first, one) if one.is_star else [one.alias_or_name or f"_col_{number}"]
        if held is None:
            return None
        found += held
    return found


def _held(scope: Scope, star: exp.Expr) -> list[str] | None:
    """The columns of a star that stands for one query, without exceptions."""
    if any((star.this if isinstance(star, exp.Column) else star).args.values()):
        return None
    sources = _from(scope)
    if isinstance(star, exp.Column):
        sources = [named] if (named := _named(scope, star.table)) is not None else []
    only = sources[0] if len(sources) == 1 else None
    return _columns(only) if isinstance(only, Scope) else None


def _is_open(scope: Scope) -> bool:
    """Whether a SELECT may have columns that it does not name."""
    found = _starred(_first(scope))
    return any(isinstance(one, exp.Table) or (one is not scope and _is_open(one)) for one in found)


def _first(scope: Scope) -> Scope:
    """The SELECT that names the columns of a union."""
    while scope.set_operation_scopes:
        scope = scope.set_operation_scopes[0]
    return scope


def _is_alias(scope: Scope, column: exp.Column, dialect: str) -> bool:
    """Whether a column named alone is another expression of its SELECT."""
    if not isinstance(scope.expression, exp.Select):
        return False
    clause = column.find_ancestor(exp.Where, exp.Join, exp.Order, exp.Group, exp.Having, exp.Qualify)
    if dialect not in _ALIASES_IN_WHERE and isinstance(clause, exp.Where | exp.Join):
        return False
    if dialect not in _ALIASES_IN_WHERE and clause is None:
        return False
    own = column.find_ancestor(exp.Alias)
    return column.name in {
        one.alias for one in scope.expression.selects if isinstance(one, exp.Alias) and one is not own
    }
