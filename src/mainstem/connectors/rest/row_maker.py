"""Objects of a list as rows of all their tables, with the rest of cut lists and what is read below them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mainstem.connectors.rest.asking import asking_of
from mainstem.connectors.rest.declaration import Endpoint
from mainstem.connectors.rest.rows import ResourceShape
from mainstem.connectors.rest.streams import read_with, table_name
from mainstem.connectors.rest.values_at import found_at, holds, steps
from mainstem.connectors.streams import DELETED, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.connectors.rest.declaration import Child, Declaration, Resource
    from mainstem.connectors.rest.paging import Pages

Object = dict[str, Any]


class Gone(dict[str, Any]):
    """An object that the service has no more."""


@dataclass
class Read:
    """Rows by table, and the owners of which all rows are there."""

    rows: dict[str, list[Object]] = field(default_factory=dict)
    owners: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, table: str, rows: list[Object]) -> None:
        self.rows.setdefault(table, []).extend(rows)

    def own(self, table: str, owner: Any) -> None:
        self.owners.setdefault(table, []).append(owner)


class RowMaker:
    """Of one resource."""

    def __init__(self, declaration: Declaration, resource: Resource, pages: Pages) -> None:
        self._client = declaration.client
        self._resource = resource
        self._pages = pages
        self._shape = ResourceShape(resource)
        self._deleted = {steps(path): values for path, values in resource.deleted.items()}
        self._below = [(one, RowMaker(declaration, one, pages)) for one in read_with(declaration, resource)]

    def made(self, found: list[Any], known: Mapping[str, Any], parent: Any = None) -> Read:
        read = Read()
        read.add(table_name(self._resource), [])
        for one in found:
            self._add(read, one, known, parent)
        return read

    def key_of(self, found: Object) -> str:
        """As it will stand in the table."""
        row = self._shape.row(found)
        return key_text([row.get(column) for column in self._resource.primary_key])

    def gone(self, found: Object) -> Object:
        """Marked, for `made`."""
        return Gone(found)

    def _add(self, read: Read, found: Object, known: Mapping[str, Any], parent: Any) -> Object:
        row = self._shape.row(found, parent)
        is_gone = isinstance(found, Gone) or (bool(self._deleted) and holds(found, self._deleted))
        if self._resource.deletes == "told":
            row[DELETED] = is_gone
        if self._resource.deleted_column is not None:
            row[self._resource.deleted_column] = is_gone
        read.add(table_name(self._resource), [row])
        key = self._owner_key(row)
        if is_gone:
            self._disown(read, key)
            return row
        whole = self._completed(found, known)
        for child, rows in self._shape.children(whole, key):
            read.add(child.table, rows)
            if child.owner is not None:
                read.own(child.table, key)
        for one, maker in self._below:
            maker.read_below(read, one, {**known, "resources": {self._resource.name: found}}, found, key)
        return row

    def read_below(
        self, read: Read, resource: Resource, known: Mapping[str, Any], parent: Object, key: Any
    ) -> None:
        """Every row of this resource that belongs to `parent`."""
        read.add(table_name(resource), [])
        for answer in self._pages.read(asking_of(self._client, resource.endpoint, known)):
            for found in answer.rows:
                row = self._add(read, found, known, parent)
                if resource.owner is not None:
                    row[resource.owner] = key
        if resource.owner is not None:
            read.own(table_name(resource), key)

    def _owner_key(self, row: Object) -> Any:
        values = [row.get(column) for column in self._resource.primary_key]
        return values[0] if len(values) == 1 else key_text(values)

    def _disown(self, read: Read, key: Any) -> None:
        """What belongs to a row that is gone is gone."""
        for child in self._resource.children:
            if child.owner is not None:
                read.own(child.table, key)
        for one, _ in self._below:
            if one.owner is not None:
                read.own(table_name(one), key)

    def _completed(self, found: Object, known: Mapping[str, Any]) -> Object:
        """With the rest of lists of which only the beginning came."""
        for child in self._resource.children:
            if child.more is not None and found_at(found, steps(child.more.when)) is True:
                path = str(found_at(found, steps(child.more.path)))
                found = _put(found, steps(child.path), list(self._rest(path, child, known)))
        return found

    def _rest(self, path: str, child: Child, known: Mapping[str, Any]) -> Iterator[Any]:
        endpoint = self._resource.endpoint
        like = Endpoint(
            path=path.replace("{", "{{").replace("}", "}}"),
            params=endpoint.params,
            headers=endpoint.headers,
            paginator=endpoint.paginator,
            data_selector=endpoint.data_selector,
        )
        for answer in self._pages.read(asking_of(self._client, like, known)):
            yield from answer.rows


def _put(found: Object, path: tuple[str, ...], value: Any) -> Object:
    """A copy with another value at `path`."""
    first, *rest = path
    return {**found, first: _put(found.get(first) or {}, tuple(rest), value) if rest else value}
