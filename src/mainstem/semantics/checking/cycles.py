"""Things that need themselves to be worked out: fields of a view, and derived tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.checking.references import fields_in
from mainstem.semantics.references import TableName, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mainstem.semantics.model import Model, View
    from mainstem.semantics.problems import Problems


def check_field_cycles(view: View, problems: Problems) -> None:
    edges = {
        field.name: [
            reference.name
            for reference in fields_in(field.sql)
            if reference.view in (None, view.name) and view.field(reference.name)
        ]
        for field in view.fields
        if field.sql and "${" in field.sql
    }
    for path in _cycles(edges, lambda name: edges.get(name, ())):
        field = view.field(path[0])
        if field is not None:
            chain = " → ".join([*path, path[0]])
            problems.error(field.origin, f"{chain}: these fields refer to each other")


def check_table_cycles(model: Model, problems: Problems) -> None:
    """Derived tables that read each other, by `${view.SQL_TABLE_NAME}` or through the explore they query."""
    edges = {view.name: _tables_of(model, view) for view in model.views.values() if view.derived_table}
    for path in _cycles(edges, lambda name: edges.get(name, ())):
        chain = " → ".join([*path, path[0]])
        problems.error(model.views[path[0]].origin, f"{chain}: these derived tables read each other")


def _tables_of(model: Model, view: View) -> list[str]:
    table = view.derived_table
    if table is None:
        return []
    found = [part.view for part in parts(table.sql or "") if isinstance(part, TableName)]
    explore = model.explores.get(table.explore_source.explore) if table.explore_source else None
    if explore is not None and table.explore_source is not None:
        aliases = explore.views()
        read = {
            column.field.partition(".")[0] for column in table.explore_source.columns if "." in column.field
        }
        found += [explore.view, *(aliases[alias] for alias in sorted(read) if alias in aliases)]
    return found


def _cycles(names: Iterable[str], following: Callable[[str], Iterable[str]]) -> list[tuple[str, ...]]:
    """Circles, each once and beginning with its least name; at least one wherever there are any. Every name
    is walked through once: what was left without a circle is not entered again."""
    found: set[tuple[str, ...]] = set()
    left: set[str] = set()
    for start in names:
        path: dict[str, Iterator[str]] = {}
        if start not in left:
            path[start] = iter(following(start))
        while path:
            name = next(reversed(path))
            child = next(path[name], None)
            if child is None:
                left.add(name)
                del path[name]
            elif child in path:
                found.add(_from_least([*path][[*path].index(child) :]))
            elif child not in left:
                path[child] = iter(following(child))
    return sorted(found)


def _from_least(circle: list[str]) -> tuple[str, ...]:
    first = circle.index(min(circle))
    return (*circle[first:], *circle[:first])
