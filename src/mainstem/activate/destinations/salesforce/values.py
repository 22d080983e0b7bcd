"""Values of plans as Salesforce takes them, in JSON and in CSV, and its answers as plans hold them. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mainstem.activate.shapes import Kind, comparable, fitted
from mainstem.saas.salesforce import long_id

if TYPE_CHECKING:
    from mainstem.activate.contract import Write
    from mainstem.activate.destinations.salesforce.describing import Described
    from mainstem.activate.shapes import Field, Value

NULL = "#N/A"
"""What a CSV has for a value that is to be cleared; a blank leaves it as it is."""
_ESCAPES = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
ID = "Id"


def held(value: Any, field: Field) -> Value:
    """A value of JSON or CSV as plans hold it. Raises Unfitting for what the field's own type cannot be."""
    if value is None or (value == "" and field.kind is not Kind.TEXT):
        return None
    if field.kind is Kind.REFERENCE:
        return long_id(str(value))
    # What stands there is not held to what may be written: a value of a list may have been taken off it.
    return fitted(value, _loose(field))


def form(key: str, field: Field) -> str:
    """What keys are compared by. Raises Unfitting for one that no record can have."""
    if field.kind is Kind.REFERENCE:
        return long_id(key)
    if field.kind in (Kind.TEXT, Kind.CHOICE, Kind.CHOICES):
        return comparable(key, field)
    return str(fitted(key, _loose(field)))


def literal(key: str, field: Field) -> str:
    """A key in SOQL. Raises Unfitting."""
    if field.kind in (Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN):
        return csv_text(fitted(key, _loose(field)))
    if field.kind in (Kind.DAY, Kind.MOMENT):
        return str(fitted(key, field))
    return f"'{key.strip().translate(_ESCAPES)}'"


def csv_text(value: Value) -> str:
    match value:
        case None:
            return NULL
        case bool():
            return "true" if value else "false"
        case float():
            return format(Decimal(repr(value)), "f")
        case _:
            return str(value)


def record(write: Write, found: Described, match: str) -> dict[str, Any]:
    """As a collection has it. Of a parent stands its key, in an object of its own."""
    fields: dict[str, Any] = {"attributes": {"type": found.shape.name}}
    if write.id:
        fields["id"] = write.id
    else:
        fields[match] = write.key
    fields |= write.values
    for name, parent in write.parents.items():
        if parent.by == ID:
            fields[name] = parent.value
        elif name in found.relations:
            named = {"attributes": {"type": parent.object}, parent.by: parent.value}
            fields[found.relations[name]] = named
    return fields


def csv_row(write: Write, found: Described, match: str) -> dict[str, str]:
    """As a file has it, by column."""
    fields = {ID: write.id} if write.id else {match: write.key}
    # A new record has nothing to clear.
    new = {name: value for name, value in write.values.items() if write.id or value is not None}
    fields |= {name: csv_text(value) for name, value in new.items()}
    for name, parent in write.parents.items():
        if parent.by == ID:
            fields[name] = parent.value
        elif name in found.relations:
            several = len(found.shape.fields[name].refers_to) > 1
            kind = f"{parent.object}:" if several else ""
            fields[f"{kind}{found.relations[name]}.{parent.by}"] = parent.value
    return fields


def _loose(field: Field) -> Field:
    return replace(field, choices=(), length=None) if field.choices or field.length else field
