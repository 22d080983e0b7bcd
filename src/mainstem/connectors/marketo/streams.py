"""The streams of Marketo and their tables: names and types as fivetran's dbt_marketo has them.

Leads have the columns that the instance describes, activities a table for each type that it has, with the
type's attributes as columns.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mainstem.connectors.letters import B, F, I, J, S, T
from mainstem.connectors.marketo.names import snake, worded
from mainstem.connectors.streams import Deletes, Stream, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.warehouse import ColumnType

Object = dict[str, Any]
MAILING = "Mailing ID"
"""The primary attribute of what happened to an e-mail."""
OTHER = "activity_other"
"""Activities of types that Marketo does not list."""
DELETE_LEAD = "Delete Lead"
CHANGES = "activity_change_data_value"
_KINDS = {
    "integer": I, "score": I, "percent": F, "float": F, "double": F, "currency": F, "boolean": B,
    "datetime": T,
}  # fmt: skip
"""What is not here is text; a day too, since it has no moment."""
_ACTIVITY = {
    "id": S, "lead_id": I, "activity_date": T, "activity_type_id": I, "campaign_id": I,
    "primary_attribute_value": S, "primary_attribute_value_id": I,
}  # fmt: skip

ACTIVITY_TYPE = Table(
    "activity_type",
    ("id",),
    {
        "id": I, "name": S, "description": S, "primary_attribute_name": S, "primary_attribute_data_type": S,
        "table_name": S,
    },
)  # fmt: skip
ACTIVITY_ATTRIBUTE = Table(
    "activity_type_attribute",
    ("activity_type_id", "name"),
    {"activity_type_id": I, "name": S, "data_type": S},
    owner="activity_type_id",
)
CAMPAIGN = Table(
    "campaign",
    ("id",),
    {
        "id": I, "name": S, "description": S, "type": S, "active": B, "status": S, "program_id": I,
        "workspace_name": S, "created_at": T, "updated_at": T, "computed_url": S, "flow_id": I,
        "smart_list_id": I, "folder_id": I, "folder_type": S, "is_communication_limit_enabled": B,
        "is_requestable": B, "is_system": B, "max_members": I, "qualification_rule_type": S,
        "qualification_rule_interval": I, "qualification_rule_unit": S, "recurrence_start_at": T,
        "recurrence_end_at": T, "recurrence_interval_type": S, "recurrence_interval": I,
        "recurrence_weekday_only": B, "recurrence_day_of_month": I, "recurrence_day_of_week": S,
        "recurrence_week_of_month": I,
    },
    version="updated_at",
)  # fmt: skip
EMAIL = Table(
    "email_template_history",
    ("id", "updated_at"),
    {
        "id": I, "name": S, "description": S, "created_at": T, "updated_at": T, "url": S, "subject": S,
        "from_name": S, "from_email": S, "reply_email": S, "folder_id": I, "folder_type": S,
        "folder_value": I, "folder_folder_name": S, "operational": B, "text_only": B,
        "publish_to_msi": B, "web_view": B, "status": S, "template": I, "workspace": S, "version": I,
        "program_id": I,
    },
    history=True,
    emails=("from_email", "reply_email"),
)  # fmt: skip
LEAD_DESCRIBE = Table(
    "lead_describe",
    ("id",),
    {
        "id": I, "display_name": S, "data_type": S, "length": I, "restname": S, "restread_only": B,
        "soapname": S, "soapread_only": B,
    },
)  # fmt: skip
LIST = Table(
    "list",
    ("id",),
    {
        "id": I, "name": S, "description": S, "program_name": S, "workspace_name": S, "created_at": T,
        "updated_at": T,
    },
    version="updated_at",
)  # fmt: skip
LIST_MEMBERSHIP = Table(
    "list_membership", ("list_id", "lead_id"), {"list_id": I, "lead_id": I}, owner="list_id"
)
PROGRAM = Table(
    "program",
    ("id",),
    {
        "id": I, "name": S, "description": S, "type": S, "channel": S, "status": S, "workspace": S,
        "url": S, "sfdc_id": S, "sfdc_name": S, "start_date": T, "end_date": T, "created_at": T,
        "updated_at": T, "folder_type": S, "folder_value": I, "folder_folder_name": S,
    },
    version="updated_at",
)  # fmt: skip
PROGRAM_TAG = Table(
    "program_tag",
    ("program_id", "tag_type"),
    {"program_id": I, "tag_type": S, "tag_value": S},
    owner="program_id",
)
PROGRAM_COST = Table(
    "program_cost",
    ("program_id", "index"),
    {"program_id": I, "index": I, "start_date": T, "cost": I, "note": S},
    owner="program_id",
)
PROGRAM_MEMBERSHIP = Table(
    "program_membership",
    ("program_id", "lead_id"),
    {
        "program_id": I, "lead_id": I, "id": I, "progression_status": S, "progression_status_type": S,
        "membership_date": T, "reached_success": B, "reached_success_date": T, "acquired_by": B,
        "is_exhausted": B, "nurture_cadence": S, "stream": S,
    },
    owner="program_id",
)  # fmt: skip

FIXED = (
    Stream("activity_types", (ACTIVITY_TYPE, ACTIVITY_ATTRIBUTE), Deletes.LISTING),
    Stream("lead_fields", (LEAD_DESCRIBE,), Deletes.LISTING),
    Stream("programs", (PROGRAM,), Deletes.LISTING),
    Stream("program_details", (PROGRAM_TAG, PROGRAM_COST)),
    Stream("program_members", (PROGRAM_MEMBERSHIP,)),
    Stream("campaigns", (CAMPAIGN,), Deletes.LISTING),
    Stream("emails", (EMAIL,), Deletes.LISTING),
    Stream("lists", (LIST,), Deletes.LISTING),
    Stream("list_members", (LIST_MEMBERSHIP,)),
)
_PACKAGED = (
    "Change Data Value", "Click Email", "Email Bounced", "Email Delivered", "Merge Leads", "Open Email",
    "Send Email", "Unsubscribe Email",
)  # fmt: skip
"""Types of activities that every instance has and packages read."""


def table_of(kind: Object) -> Table:
    """Of activities of one type, as `activities/types.json` describes it."""
    primary = kind.get("primaryAttribute") or {}
    columns: dict[str, ColumnType] = dict(_ACTIVITY)
    if primary.get("name") == MAILING:
        columns["email_template_id"] = I
    for one in kind.get("attributes") or ():
        columns.setdefault(worded(one["name"]), _KINDS.get(one["dataType"], S))
    return Table(f"activity_{worded(kind['name'])}", ("id",), columns)


def lead_table(fields: Iterable[Object]) -> Table:
    """As `leads/describe.json` describes them."""
    columns = {snake(name): _KINDS.get(one["dataType"], S) for name, one in rest_fields(fields).items()}
    emails = tuple(snake(name) for name, one in rest_fields(fields).items() if one["dataType"] == "email")
    return Table("lead", ("id",), columns, version="updated_at", emails=emails)


def rest_fields(fields: Iterable[Object]) -> Mapping[str, Object]:
    """Those that the REST API knows, by the name it knows them by."""
    return {one["rest"]["name"]: one for one in fields if one.get("rest")}


def streams_of(fields: Iterable[Object], kinds: Iterable[Object]) -> tuple[Stream, ...]:
    """Of an instance with these fields of leads and types of activities."""
    found = list(kinds)
    tables = {table.name: table for table in map(table_of, found) if table.name != DELETED.name}
    told = next((table_of(one) for one in found if one["name"] == DELETE_LEAD), DELETED)
    deleted = replace(told, history=True)  # Marketo forgets whom it deleted
    other = Table(OTHER, ("id",), {**_ACTIVITY, "attributes": J})
    return (
        Stream("leads", (lead_table(fields), deleted), Deletes.TOLD, ranges=True),
        Stream("activities", (*tables.values(), other), Deletes.UNKNOWN, ranges=True),
        *FIXED,
    )


DELETED = table_of({"name": DELETE_LEAD, "attributes": [{"name": "Campaign", "dataType": "string"}]})


def usual(types: Iterable[str]) -> tuple[Stream, ...]:
    """Those that every instance has; of activities these types, or where there are none those that packages
    read."""
    return streams_of([], [{"name": name} for name in (tuple(types) or _PACKAGED)])
