"""Marketo's objects as rows of the tables: pure, one function an object."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.marketo.names import snake, worded
from mainstem.connectors.marketo.streams import CHANGES, MAILING, OTHER, table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

Object = dict[str, Any]
ACTIVITY_FIELDS = (
    "marketoGUID", "leadId", "activityDate", "activityTypeId", "campaignId", "primaryAttributeValueId",
    "primaryAttributeValue", "attributes",
)  # fmt: skip
_NOTHING = ("", "null")
"""What a file of leads has where there is nothing."""
_TEXTS = ("subject", "fromName", "fromEmail", "replyEmail")
_ZONED = "Z+0000"


def moment(written: str) -> datetime:
    """Assets have an offset behind the Z."""
    found = datetime.fromisoformat(written.replace(_ZONED, "Z"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def lead(record: Mapping[str, Any], columns: Mapping[str, str]) -> Object:
    """Of a file or of an answer; `columns` are those of the fields by their names."""
    found = {column: record.get(name) for name, column in columns.items()}
    return {column: None if value in _NOTHING else value for column, value in found.items()}


class Activities:
    """Rows of activities: each in the table of its type."""

    def __init__(self, kinds: Iterable[Object], hidden: Collection[str] = ()) -> None:
        """`hidden` are labels of fields whose old and new values are left out."""
        self._hidden = hidden
        self._kinds = {int(one["id"]): (table_of(one).name, one) for one in kinds}

    def row(self, one: Mapping[str, Any]) -> tuple[str, Object]:
        """The table, and the row."""
        kind = int(one["activityTypeId"])
        table, described = self._kinds.get(kind, (OTHER, {}))
        attributes = _attributes(one.get("attributes"))
        row: Object = {
            "id": str(one["marketoGUID"]),
            "lead_id": int(one["leadId"]),
            "activity_date": moment(one["activityDate"]),
            "activity_type_id": kind,
            "campaign_id": _value(one.get("campaignId")),
            "primary_attribute_value": _value(one.get("primaryAttributeValue")),
            "primary_attribute_value_id": _value(one.get("primaryAttributeValueId")),
        }
        if table == OTHER:
            return table, {**row, "attributes": attributes}
        if (described.get("primaryAttribute") or {}).get("name") == MAILING:
            row["email_template_id"] = row["primary_attribute_value_id"]
        named = {worded(name): _value(value) for name, value in attributes.items()}
        if table == CHANGES and row["primary_attribute_value"] in self._hidden:
            named |= {"old_value": None, "new_value": None}
        return table, {**named, **row}

    def tables(self, activities: Iterable[Mapping[str, Any]]) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = {}
        for one in activities:
            table, row = self.row(one)
            found.setdefault(table, []).append(row)
        return found


def merged(one: Mapping[str, Any]) -> list[int]:
    """The leads that a merge did away with."""
    told = _attributes(one.get("attributes")).get("Merge IDs")
    if isinstance(told, list):
        return [int(number) for number in told]
    return [int(number) for number in str(told or "").strip("[]").replace(" ", "").split(",") if number]


def activity_type(one: Object) -> Object:
    primary = one.get("primaryAttribute") or {}
    return {
        "id": one["id"],
        "name": one["name"],
        "description": one.get("description"),
        "primary_attribute_name": primary.get("name"),
        "primary_attribute_data_type": primary.get("dataType"),
        "table_name": table_of(one).name,
    }


def activity_attributes(one: Object) -> Iterator[Object]:
    for attribute in one.get("attributes") or ():
        yield {
            "activity_type_id": one["id"],
            "name": attribute["name"],
            "data_type": attribute["dataType"],
        }


def lead_field(one: Object) -> Object:
    """Both APIs' names run together, as packages look for them."""
    row = {
        "id": one["id"], "display_name": one["displayName"], "data_type": one["dataType"],
        "length": one.get("length"),
    }  # fmt: skip
    for api in ("rest", "soap"):
        known = one.get(api) or {}
        row |= {f"{api}name": known.get("name"), f"{api}read_only": known.get("readOnly")}
    return row


def campaign(one: Object) -> Object:
    """A smart campaign; of one in a program, the program is its folder."""
    folder, recurrence = one.get("folder") or {}, one.get("recurrence") or {}
    row = _flat(one, without=("folder", "recurrence", "isActive", "workspace", "parentProgramId"))
    program = one.get("parentProgramId") or (folder.get("id") if folder.get("type") == "Program" else None)
    row |= {f"recurrence_{snake(name)}": _stamped(value) for name, value in recurrence.items()}
    return row | {
        "active": one.get("isActive"),
        "workspace_name": one.get("workspace"),
        "folder_id": folder.get("id"),
        "folder_type": folder.get("type"),
        "program_id": program,
    }


def email(one: Object) -> Object:
    folder = one.get("folder") or {}
    row = _flat(one, without=(*_TEXTS, "folder"))
    row |= {snake(name): (one.get(name) or {}).get("value") for name in _TEXTS}
    in_program = folder.get("type") == "Program"
    return row | {
        "folder_id": folder.get("value"),
        "folder_type": folder.get("type"),
        "folder_value": folder.get("value"),
        "folder_folder_name": folder.get("folderName"),
        "program_id": folder.get("value") if in_program else None,
    }


def program(one: Object) -> Object:
    """Its tags and costs are tables of their own."""
    row = _flat(one, without=("tags", "costs", "folder"))
    folder = one.get("folder") or {}
    return row | {f"folder_{snake(name)}": value for name, value in folder.items()}


def program_tags(one: Object) -> Iterator[Object]:
    for tag in one.get("tags") or ():
        yield {"program_id": one["id"], "tag_type": tag["tagType"], "tag_value": tag.get("tagValue")}


def program_costs(one: Object) -> Iterator[Object]:
    for index, cost in enumerate(one.get("costs") or ()):
        yield {
            "program_id": one["id"],
            "index": index,
            "start_date": _stamped(cost.get("startDate")),
            "cost": cost.get("cost"),
            "note": cost.get("note"),
        }


def static_list(one: Object) -> Object:
    return _flat(one)


def program_member(number: int, one: Object) -> Object:
    """A lead as a list of a program's members has it."""
    return {"program_id": number, "lead_id": one["id"], **_flat(one.get("membership") or {})}


def _flat(one: Mapping[str, Any], without: tuple[str, ...] = ()) -> Object:
    return {snake(name): _stamped(value) for name, value in one.items() if name not in without}


def _stamped(value: Any) -> Any:
    return moment(value) if isinstance(value, str) and value.endswith(_ZONED) else value


def _value(value: Any) -> Any:
    return None if value == "" else value


def _attributes(told: Any) -> Object:
    """A list of names and values in an answer, an object written as text in a file."""
    if not told:
        return {}
    if isinstance(told, str):
        found: Object = msgspec.json.decode(told)
        return found
    return {one["name"]: one.get("value") for one in told}
