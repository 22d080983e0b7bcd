"""What an org says of an object, as a stream: its fields, their types, and how its changes are found.

Pure. A field that a query cannot bring as one value (an address whose parts are fields of their own, a file)
is no column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.connectors.names import columns, snake
from mainstem.connectors.streams import Deletes, Stream, Table
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL = (
    "Account", "Contact", "Lead", "Opportunity", "OpportunityLineItem", "OpportunityHistory", "Product2",
    "Campaign", "CampaignMember", "Order", "Task", "Event", "User", "UserRole",
)  # fmt: skip
"""Read where nothing else is said, of what the org has."""
STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime")
"""Fields that tell when a row changed, the best first: only the first also moves when a system wrote it."""
_NO_COLUMNS = frozenset({"address", "location", "base64", "complexvalue"})
_TYPES = {
    "boolean": ColumnType.BOOLEAN,
    "int": ColumnType.INT,
    "long": ColumnType.INT,
    "double": ColumnType.FLOAT,
    "currency": ColumnType.FLOAT,
    "percent": ColumnType.FLOAT,
    "date": ColumnType.DATETIME,
    "datetime": ColumnType.DATETIME,
}


@dataclass(frozen=True)
class Described:
    name: str
    """As the API has it."""
    columns: Mapping[str, str]
    """Of each field that is read."""
    ids: frozenset[str]
    """Fields that hold ids."""
    stamp: str
    """The field that tells when a row changed; empty where there is none, and every reading lists all."""
    has_bin: bool
    """Whether rows say themselves that they are deleted."""
    tells_gone: bool
    """Whether the org can be asked which rows were deleted."""
    stream: Stream

    @property
    def table(self) -> str:
        return self.stream.name


def described(body: Mapping[str, Any]) -> Described:
    """Of an answer to `describe`."""
    fields = {one["name"]: one for one in body["fields"] if one["type"] not in _NO_COLUMNS}
    named = columns(fields)
    stamp = next((name for name in STAMPS if name in fields), "")
    has_bin, tells_gone = "IsDeleted" in fields, bool(body.get("replicateable"))
    table = Table(
        snake(body["name"]),
        (named["Id"],),
        {named[name]: _TYPES.get(one["type"], ColumnType.STRING) for name, one in fields.items()},
        version=named[stamp] if stamp else "",
        emails=tuple(
            named[name] for name, one in fields.items() if one["type"] == "email" or name == "Username"
        ),
    )
    deletes = Deletes.TOLD if has_bin or tells_gone else Deletes.UNKNOWN
    return Described(
        body["name"],
        named,
        frozenset(name for name, one in fields.items() if one["type"] in ("id", "reference")),
        stamp,
        has_bin,
        tells_gone,
        Stream(table.name, (table,), deletes if stamp else Deletes.LISTING, ranges=bool(stamp)),
    )
