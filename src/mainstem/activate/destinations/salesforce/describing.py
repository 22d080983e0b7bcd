"""What an org describes of an object, as its shape: as this user may use it. Pure.

Fields of which a value cannot be read as it was written are left out: places and addresses (their parts are
fields of their own), files, encrypted texts, times of day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.activate.shapes import Field, Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

STAMPS = ("SystemModstamp", "LastModifiedDate")
"""Fields that tell when a record changed, the best first."""
_LEFT_OUT = frozenset({"address", "location", "base64", "complexvalue", "anyType", "encryptedstring", "time"})
_KINDS = {
    "int": Kind.INTEGER,
    "long": Kind.INTEGER,
    "double": Kind.NUMBER,
    "currency": Kind.NUMBER,
    "percent": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DAY,
    "datetime": Kind.MOMENT,
    "picklist": Kind.CHOICE,
    "multipicklist": Kind.CHOICES,
    "reference": Kind.REFERENCE,
    "id": Kind.REFERENCE,
}


@dataclass(frozen=True)
class Described:
    shape: Shape
    prefix: str
    """First three characters of its ids; empty where it has none of its own."""
    stamp: str
    """Field that tells when a record changed; empty where there is none."""
    relations: Mapping[str, str]
    """Of each reference, what a path to its record is called."""
    filterable: frozenset[str]
    """Fields that a query may compare."""


def described(body: Mapping[str, Any]) -> Described:
    """Of an answer to `describe`."""
    told = [one for one in body["fields"] if one["type"] not in _LEFT_OUT]
    names = {one["name"] for one in told}
    return Described(
        Shape(
            name=body["name"],
            fields={one["name"]: _field(one) for one in told},
            can_create=body["createable"],
            can_update=body["updateable"],
            can_delete=body["deletable"],
        ),
        body.get("keyPrefix") or "",
        next((name for name in STAMPS if name in names), ""),
        {one["name"]: one["relationshipName"] for one in told if one.get("relationshipName")},
        frozenset(one["name"] for one in told if one.get("filterable", True)),
    )


def _field(told: Mapping[str, Any]) -> Field:
    kind = _KINDS.get(told["type"], Kind.TEXT)
    is_text = kind in (Kind.TEXT, Kind.CHOICE, Kind.CHOICES)
    is_key = bool(told.get("externalId") and told.get("unique"))
    needed = told["createable"] and not told["nillable"] and not told.get("defaultedOnCreate")
    values = [one["value"] for one in told.get("picklistValues") or () if one.get("active", True)]
    return Field(
        name=told["name"],
        kind=kind,
        can_create=told["createable"],
        can_update=told["updateable"],
        is_needed=bool(needed),
        is_key=is_key,
        length=told["length"] or None if kind is Kind.TEXT else None,
        digits=told.get("scale") if kind is Kind.NUMBER else 0 if kind is Kind.MOMENT else None,
        choices=tuple(values) if told.get("restrictedPicklist") else (),
        refers_to=tuple(told.get("referenceTo") or ()),
        ignores_case=is_text and not told.get("caseSensitive"),
        tidies=is_text,
    )
