"""The streams and tables of a declaration. Pure, and light: plans are made with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.names import snake
from mainstem.connectors.rest.checking import parents_of
from mainstem.connectors.rest.cursors import is_moment
from mainstem.connectors.settings import is_read
from mainstem.connectors.streams import Deletes, Stream, Table
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.connectors.rest.declaration import Child, Column, Declaration, Resource
    from mainstem.connectors.settings import Choice

KINDS = {
    "string": ColumnType.STRING,
    "int": ColumnType.INT,
    "float": ColumnType.FLOAT,
    "boolean": ColumnType.BOOLEAN,
    "datetime": ColumnType.DATETIME,
    "json": ColumnType.JSON,
    "epoch": ColumnType.DATETIME,
    "epoch_ms": ColumnType.DATETIME,
    "present": ColumnType.BOOLEAN,
}


def streams_of(declaration: Declaration) -> tuple[Stream, ...]:
    """One for each resource that is not read with another."""
    return tuple(_stream(declaration, one) for one in declaration.resources if not one.with_parent)


def tables_of(declaration: Declaration, choice: Choice) -> tuple[str, ...]:
    """Names of the tables of what is read, each once."""
    read = (one for one in streams_of(declaration) if is_read(one.name, choice))
    return tuple(dict.fromkeys(table.name for one in read for table in one.tables))


def read_with(declaration: Declaration, parent: Resource) -> Iterator[Resource]:
    """The resources that are read for every row of `parent`."""
    for one in declaration.resources:
        if one.with_parent and parent.name in parents_of(one):
            yield one


def table_name(resource: Resource) -> str:
    return resource.table or resource.name


def _stream(declaration: Declaration, resource: Resource) -> Stream:
    tables = list(_tables(resource, owned=False))
    for one in read_with(declaration, resource):
        tables += _tables(one, owned=True)
    incremental = resource.endpoint.incremental
    return Stream(
        resource.name,
        tuple({table.name: table for table in tables}.values()),
        Deletes(resource.deletes),
        ranges=incremental is not None and is_moment(incremental),
    )


def _tables(resource: Resource, *, owned: bool) -> Iterator[Table]:
    yield Table(
        table_name(resource),
        resource.primary_key,
        _kinds(resource.columns) | _flag(resource),
        version=_version(resource),
        owner=resource.owner or "",
        history=owned and resource.owner is None,
        emails=resource.emails,
    )
    for child in resource.children:
        yield _child_table(child)


def _child_table(child: Child) -> Table:
    """What belongs to no row of this stream is named by rows of others too: that this one lists it no more
    says nothing."""
    return Table(
        child.table,
        child.primary_key,
        _kinds(child.columns),
        owner=child.owner or "",
        history=child.owner is None,
        emails=child.emails,
    )


def _kinds(columns: dict[str, Column]) -> dict[str, ColumnType]:
    return {name: KINDS[column.type] for name, column in columns.items()}


def _flag(resource: Resource) -> dict[str, ColumnType]:
    return {} if resource.deleted_column is None else {resource.deleted_column: ColumnType.BOOLEAN}


def _version(resource: Resource) -> str:
    """The column of the cursor, if it stands in one."""
    incremental = resource.endpoint.incremental
    if incremental is None:
        return ""
    for name, column in resource.columns.items():
        if column.from_ == incremental.cursor_path:
            return name
    return "" if "." in incremental.cursor_path else snake(incremental.cursor_path)
