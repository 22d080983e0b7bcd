"""Objects of an API as rows of tables, as their declaration has it. Pure.

Columns are worked out once; a field nobody speaks of becomes a column of its name in snake_case, an object
JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.connectors.names import snake
from mainstem.connectors.rest.values_at import MISSING, found_at, steps, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mainstem.connectors.rest.declaration import Child, Column, Resource
    from mainstem.connectors.rest.values_at import Steps

Object = dict[str, Any]


class Shape:
    """What becomes of the objects of one table."""

    def __init__(self, declared: Resource | Child) -> None:
        self._own: list[tuple[str, Steps, Callable[[Any], Any]]] = []
        self._of_parent: list[tuple[str, Steps, Callable[[Any], Any]]] = []
        self._taken: set[Steps] = {steps(path) for path in declared.exclude}
        for name, column in declared.columns.items():
            self._declare(name, column)
        self._flatten = {steps(path) for path in declared.flatten}

    def _declare(self, name: str, column: Column) -> None:
        convert = _CONVERT.get(column.type, _as_it_is)
        if column.from_parent is not None:
            self._of_parent.append((name, steps(column.from_parent), convert))
            return
        path = steps(column.from_) if column.from_ is not None else (name,)
        self._own.append((name, path, convert))
        self._taken.add(path)

    def row(self, found: Any, parent: Any = None) -> Object:
        """Raises nothing: what is missing is None, and what does not fit its column is told when it lands."""
        row = dict(self._others(found, (), flattened=False)) if isinstance(found, dict) else {}
        for name, path, convert in self._own:
            row[name] = convert(found_at(found, path))
        for name, path, convert in self._of_parent:
            row[name] = convert(found_at(parent, path))
        return row

    def without(self, path: Steps) -> None:
        """What stands there has a table of its own."""
        self._taken.add(path)

    def _others(self, found: Mapping[str, Any], at: Steps, *, flattened: bool) -> Iterator[tuple[str, Any]]:
        for name, value in found.items():
            path = (*at, name)
            if path in self._taken:
                continue
            named = path in self._flatten
            if isinstance(value, dict) and (flattened or named):
                yield from self._others(value, path, flattened=True)
            elif not (named and value is None):
                yield "_".join(snake(step) for step in path), value


class ResourceShape:
    """Of a resource: its own row, and those of the lists in it."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self._shape = Shape(resource)
        self._children = [(child, steps(child.path), Shape(child)) for child in resource.children]
        for child, path, _ in self._children:
            declared = {column.from_ for column in resource.columns.values()}
            if path and child.path not in declared:
                self._shape.without(path)
            for length in range(1, len(path)):  # what only holds the list says nothing more
                if ".".join(path[:length]) not in (*resource.flatten, *declared):
                    self._shape.without(path[:length])

    def row(self, found: Object, parent: Any = None) -> Object:
        return self._shape.row(found, parent)

    def children(self, found: Object, key: Any) -> Iterator[tuple[Child, list[Object]]]:
        """For each table of a list, its rows; `key` is of the row they belong to."""
        for child, path, shape in self._children:
            yield child, list(self._rows(child, shape, value_at(found, path), found, key))

    def _rows(self, child: Child, shape: Shape, held: Any, parent: Object, key: Any) -> Iterator[Object]:
        if held is MISSING or held is None:
            return
        for number, one in enumerate(held if isinstance(held, list) else [held]):
            row = shape.row(one, parent)
            if child.owner is not None:
                row[child.owner] = key
            if child.index is not None:
                row[child.index] = number
            yield row


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    """Numbers and truths as JSON writes them."""
    if value is None or isinstance(value, str | dict | list):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _epoch(value: Any) -> Any:
    return _moment(value, 1)


def _epoch_ms(value: Any) -> Any:
    return _moment(value, 1000)


def _moment(value: Any, divisor: int) -> Any:
    """What is no number stays, for its column's sibling."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return datetime.fromtimestamp(value / divisor, UTC)
    except (OverflowError, OSError, ValueError):
        return value


def _is_there(value: Any) -> bool:
    return value is not None


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "epoch": _epoch,
    "epoch_ms": _epoch_ms,
    "present": _is_there,
}
