"""The `${…}` references inside LookML's SQL: found, never resolved.

`${TABLE}`, `${field}`, `${view.field}`, `${field::type}` and `${view.SQL_TABLE_NAME}` are understood;
anything else between the braces is named by `malformed`, so that it cannot reach a warehouse as text.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_NAME = r"\w+"
_CAST = "::(?:date|datetime|date_time|number|string)"
_KNOWN = re.compile(rf"\s*(?:{_NAME}\.)?{_NAME}(?:{_CAST})?\s*")
_FIELD = re.compile(rf"(?:({_NAME})\.)?({_NAME})({_CAST})?")


class Table(msgspec.Struct, frozen=True, tag=True):
    """`${TABLE}`: the table of the view that holds the SQL."""


class TableName(msgspec.Struct, frozen=True, tag=True):
    """`${view.SQL_TABLE_NAME}`: what a view reads, to stand in a FROM."""

    view: str


class Field(msgspec.Struct, frozen=True, tag=True):
    """`${field}` (view is None) or `${view.field}`; `${field::date}` takes it for a date."""

    view: str | None
    name: str
    cast: str | None = None
    """date, datetime, date_time, number or string."""

    def __str__(self) -> str:
        return f"{self.view}.{self.name}" if self.view else self.name


class Malformed(msgspec.Struct, frozen=True, tag=True):
    """`${…}` around something that is no reference."""

    text: str


Part: TypeAlias = str | Table | TableName | Field | Malformed


def parts(sql: str) -> tuple[Part, ...]:
    """The SQL cut at its references; texts between them are kept to the character."""
    found: list[Part] = []
    at = 0
    for match in _REFERENCE.finditer(sql):
        if match.start() > at:
            found.append(sql[at : match.start()])
        found.append(_reference(match[1].strip()))
        at = match.end()
    if at < len(sql):
        found.append(sql[at:])
    return tuple(found)


def malformed(sql: str) -> tuple[str, ...]:
    """What stands in `${…}` and is no reference. Liquid inside is left to whoever renders it."""
    return tuple(
        match[1]
        for match in _REFERENCE.finditer(sql)
        if not _KNOWN.fullmatch(match[1]) and "{%" not in match[1] and "{{" not in match[1]
    )


def _reference(inside: str) -> Part:
    if inside == "TABLE":
        return Table()
    match = _FIELD.fullmatch(inside)
    if match is None:
        return Malformed(inside)
    if match[1] and match[2] == "SQL_TABLE_NAME":
        return TableName(match[1])
    return Field(match[1], match[2], match[3].removeprefix("::") if match[3] else None)
