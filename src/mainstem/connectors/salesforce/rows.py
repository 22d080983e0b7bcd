"""Records of Salesforce, from JSON or CSV, as rows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.connectors.streams import DELETED
from mainstem.saas.salesforce import long_id, moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.connectors.salesforce.objects import Described
    from mainstem.connectors.streams import Row


def row_of(found: Described, record: Mapping[str, Any]) -> Row:
    """Ids in their 18 characters, the stamp as a moment, an empty text as null, as CSV writes it."""
    row: dict[str, Any] = {}
    for name, column in found.columns.items():
        value = record.get(name)
        if value == "":
            value = None
        if value is not None and name in found.ids:
            value = long_id(value)
        elif value is not None and name == found.stamp:
            value = moment(value)
        row[column] = value
    if found.has_bin:
        row[DELETED] = record.get("IsDeleted") in (True, "true")
    return row
