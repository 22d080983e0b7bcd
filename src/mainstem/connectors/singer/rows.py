"""Records as rows: names of columns, types by the stream's schema, and the text that tells rows apart.

Pure. Objects and lists stay whole, in columns of JSON; a value that its schema does not allow is landed as
what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.names import snake
from mainstem.connectors.streams import ADDED, KEY, Table, key_text
from mainstem.errors import TapFailed
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mainstem.connectors.singer.messages import SchemaMessage

VERSION = "_sdc_table_version"
"""The column of ACTIVATE_VERSION's versions, as Singer's targets name it."""
_TYPES = {
    "boolean": ColumnType.BOOLEAN,
    "integer": ColumnType.INT,
    "number": ColumnType.FLOAT,
    "object": ColumnType.JSON,
    "array": ColumnType.JSON,
}
_MOMENTS = ("date-time", "date")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")


def table_name(stream: str) -> str:
    """`Account` is `account`, `public-OrderItems` is `public_order_items`."""
    return _plain(stream) or "stream"


def column_names(fields: Iterable[str], named: Mapping[str, str] | None = None) -> dict[str, str]:
    """By field, whatever their order; `named` are those that have a column already."""
    found = dict(named or {})
    taken = {*ADDED, VERSION, *found.values()}
    for field in sorted(set(fields) - found.keys()):
        column = _plain(field) or "field"
        while column in taken:
            column += "_"
        taken.add(column)
        found[field] = column
    return found


def _plain(name: str) -> str:
    found = snake(_OTHER.sub("_", name)).rstrip("_")
    return f"n_{found}" if found[:1].isdigit() else found


def column_type(schema: Any) -> ColumnType | None:
    """Of a field; None where the first value has to tell."""
    if not isinstance(schema, dict):
        return None
    said = schema.get("type")
    kinds = {kind for kind in (said if isinstance(said, list) else [said]) if kind not in ("null", None)}
    if not kinds:
        options = [one for name in ("anyOf", "oneOf") for one in schema.get(name) or ()]
        found = {column_type(one) for one in options if not _is_null(one)}
        return found.pop() if len(found) == 1 else ColumnType.STRING if len(found) > 1 else None
    if kinds == {"integer", "number"}:
        return ColumnType.FLOAT
    if len(kinds) > 1:
        return ColumnType.JSON if kinds <= {"object", "array"} else ColumnType.STRING
    [kind] = kinds
    if kind == "string":
        return ColumnType.DATETIME if schema.get("format") in _MOMENTS else ColumnType.STRING
    return _TYPES.get(str(kind))


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") in ("null", ["null"])


def table_of(name: str, properties: Mapping[str, Any], fields: Collection[str], *, keep: bool) -> Table:
    """The table of a stream, by its catalog. Its key is the text that rows bring."""
    named = column_names(properties)
    types = {named[field]: column_type(properties[field]) for field in properties if field in fields}
    known = {column: kind for column, kind in types.items() if kind is not None}
    return Table(name, (KEY,), known, history=keep, generation=VERSION)


@dataclass
class Shape:
    """Of the rows of one stream, from its SCHEMA on."""

    stream: str
    keys: tuple[str, ...]
    without: frozenset[str]
    """Fields that are left out, though the tap sends them."""
    columns: dict[str, str]
    floats: frozenset[str]

    @classmethod
    def of(cls, message: SchemaMessage, keys: tuple[str, ...], without: Collection[str]) -> Shape:
        found = message.schema.get("properties")
        properties = found if isinstance(found, dict) else {}
        return cls(
            message.stream,
            keys,
            frozenset(without),
            column_names(properties),
            frozenset(name for name, one in properties.items() if column_type(one) is ColumnType.FLOAT),
        )

    def row(self, record: Mapping[str, Any], version: int | None) -> dict[str, Any]:
        """Raises TapFailed for a record without its key."""
        kept = {name: value for name, value in record.items() if name not in self.without}
        row: dict[str, Any] = {KEY: self._key(record, kept)}
        for name, value in kept.items():
            column = self.columns.get(name) or self._new(name)
            row[column] = float(value) if name in self.floats and type(value) is int else value
        if version is not None:
            row[VERSION] = version
        return row

    def _key(self, record: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
        if not self.keys:
            return sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()
        values = [record.get(name) for name in self.keys]
        if any(value is None for value in values):
            missing = ", ".join(name for name in self.keys if record.get(name) is None)
            raise TapFailed(
                f"a record of {self.stream} lacks {missing}, of its key ({', '.join(self.keys)}); "
                f"it has {', '.join(sorted(record))}"
            )
        return key_text(values)

    def _new(self, name: str) -> str:
        """A field that the schema did not name."""
        self.columns = column_names([name], self.columns)
        return self.columns[name]
