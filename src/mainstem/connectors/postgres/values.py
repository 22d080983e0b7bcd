"""Values as they come from Postgres as values of rows, none of them bent.

Moments that Python has not (infinity, before the year 1, after 9999) stay as Postgres writes them; JSON keeps
its digits; a number with more digits than a double is had as text beside it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
from psycopg.adapt import Loader
from psycopg.pq import Format

from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import Buffer
    from psycopg.adapt import AdaptersMap

    from mainstem.connectors.postgres.plans import PlannedColumn

EXACT = "__v_string"
"""What the column is called that holds all digits of a number: the sibling that misfits have."""
_DAY = len("2026-01-31")
_JSON = ("json", "jsonb")
_MOMENTS = ("date", "timestamp", "timestamptz")


def prepare(adapters: AdaptersMap) -> None:
    """Read JSON as it is written, and moments beyond Python's as text."""
    for name in _JSON:
        adapters.register_loader(name, _RawJson)
    for name in _MOMENTS:
        adapters.register_loader(name, _patient(name))


class _RawJson(Loader):
    def load(self, data: Buffer) -> Any:
        return msgspec.Raw(bytes(data))


def _patient(name: str) -> type[Loader]:
    oid = psycopg.adapters.types[name].oid
    usual = psycopg.adapters.get_loader(oid, Format.TEXT)
    if usual is None:
        raise LookupError(f"psycopg has no loader for {name}")
    make = usual

    class Patient(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._load = make(oid, context).load

        def load(self, data: Buffer) -> Any:
            try:
                return self._load(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return Patient


def row_maker(columns: Sequence[PlannedColumn]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """What makes a row of the values of `columns`."""
    names = [one.column for one in columns]
    whole = [
        one.column
        for one in columns
        if one.mapped.kind is ColumnType.INT and one.source.found.name == "numeric"
    ]
    long = [one.column for one in columns if one.mapped.keeps_digits]

    def made(values: Sequence[Any]) -> dict[str, Any]:
        row = dict(zip(names, values, strict=False))
        for name in whole:
            row[name] = _whole(row[name])
        for name in long:
            if (number := row[name]) is not None and not _is_exact(number):
                row[name + EXACT] = str(number)
        return row

    return made


def key_text_of(value: Any) -> str:
    """As Postgres reads it again."""
    return value.isoformat() if isinstance(value, date) else str(value)


def key_value(kind: ColumnType, stands: Any) -> Any:
    """A value of a key as it stood in a row, of what its key's text holds of it."""
    match kind:
        case ColumnType.INT:
            return int(stands)
        case ColumnType.DATETIME if isinstance(stands, str):
            try:
                return (date if len(stands) == _DAY else datetime).fromisoformat(stands)
            except ValueError:
                return stands
        case ColumnType.FLOAT if isinstance(stands, str):
            return Decimal(stands)
        case _:
            return stands


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, Decimal) and number.is_finite() else number


def _is_exact(number: Decimal) -> bool:
    return not number.is_finite() or Decimal(repr(float(number))) == number
