"""LookML held against what is there: tables and columns of the warehouse, tests of dbt.

A view is about one table when its `sql_table_name` is a plain name; derived tables, Liquid and references
are left to the warehouse to judge when they are asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean, problem_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mainstem.artifacts import DbtProject
    from mainstem.errors import LookmlProblem
    from mainstem.semantics.model import Origin, View
    from mainstem.semantics.project import Project

_PLAIN = re.compile(r'(?:[\w$]+|"[^"]+"|`[^`]+`)(?:\.(?:[\w$]+|"[^"]+"|`[^`]+`))*')
_COLUMN = re.compile(r'\$\{TABLE\}\.(?:"([^"]+)"|(\w+))(?!\s*\(|\w)')


def untested_views(project: Project, dbt: DbtProject) -> Iterator[LookmlProblem]:
    """A warning for each view whose table is no model of dbt, or one that nothing tests."""
    for view, why in judged_views(project, dbt):
        if why is not None:
            yield problem_at(view.origin, why)


def judged_views(project: Project, dbt: DbtProject) -> Iterator[tuple[View, str | None]]:
    """Each view that an explore reads and that is about one table, with why nothing vouches for that table;
    None where a test of dbt's does."""
    for view in _views(project):
        path = table_of(view)
        if path is not None:
            yield view, _why_untested(view, path, dbt)


def _why_untested(view: View, path: tuple[str, ...], dbt: DbtProject) -> str | None:
    model = dbt.of_table(path[-2], path[-1]) if len(path) > 1 else None
    if model is None:
        model = next((m for m in dbt.models.values() if len(path) == 1 and m.table == path[0]), None)
    table = ".".join(path)
    if model is None:
        return f"view {view.name} reads {table}, which no dbt model makes"
    if not model.tests:
        return f"view {view.name} reads {table}, but no test of dbt's says anything of {model.name}"
    return None


def missing_in_warehouse(
    project: Project, columns_of: Callable[[tuple[str, ...]], Mapping[str, object] | None]
) -> Iterator[LookmlProblem]:
    """An error for each table that is not there, and for each column that a field reads of one that is.

    `columns_of` takes the path of a table (schema and name, or a name alone) and gives None where there is
    no such table.
    """
    for view in _views(project):
        path = table_of(view)
        if path is None:
            continue
        table = ".".join(path)
        columns = columns_of(path)
        if columns is None:
            yield problem_at(view.origin, f"view {view.name} reads table {table}, which the warehouse lacks")
            continue
        known = {name.lower() for name in columns}
        for field, origin, sql in _texts(view):
            for column in _columns(sql):
                if column.lower() not in known:
                    hint = did_you_mean(column, columns)
                    message = f"{view.name}.{field} reads column {column}, which {table} lacks{hint}"
                    yield problem_at(origin, message)


def table_of(view: View) -> tuple[str, ...] | None:
    """The path of the view's table; None where it is not one plain name."""
    written = view.sql_table_name.strip() if view.sql_table_name else None
    if view.derived_table is not None or written is None or not _PLAIN.fullmatch(written):
        return None
    return tuple(part.strip('"`') for part in re.findall(r'"[^"]+"|`[^`]+`|[\w$]+', written))


def _views(project: Project) -> Iterator[View]:
    """Each once, whichever models include it; only those that some explore reads, in that order."""
    seen: set[Origin] = set()
    for model in project.models.values():
        used = (name for explore in model.explores.values() for name in explore.views().values())
        for name in dict.fromkeys(used):
            view = model.views.get(name)
            if view is not None and view.origin not in seen:
                seen.add(view.origin)
                yield view


def _texts(view: View) -> Iterator[tuple[str, Origin, str]]:
    """Fields of one dimension group say the same of it once."""
    groups: set[str] = set()
    for dimension in view.dimensions.values():
        if dimension.dimension_group in groups:
            continue
        groups |= {dimension.dimension_group} if dimension.dimension_group else set()
        name = dimension.dimension_group or dimension.name
        texts = (dimension.sql, dimension.sql_start, dimension.sql_end, *(one.sql for one in dimension.case))
        yield name, dimension.origin, " ".join(filter(None, texts))
    for measure in view.measures.values():
        if measure.sql:
            yield measure.name, measure.origin, measure.sql


def _columns(sql: str) -> list[str]:
    if "{%" in sql or "{{" in sql:
        return []
    return list(dict.fromkeys(match[1] or match[2] for match in _COLUMN.finditer(sql)))
