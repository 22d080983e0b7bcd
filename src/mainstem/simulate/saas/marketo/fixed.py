"""What every simulated instance has: fields of leads, types of activities.

Numbers and names of types are Marketo's own; of fields, those that any instance has and two of the company.
"""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

_FIELDS = (
    ("Marketo Id", "id", "integer", 0), ("Email Address", "email", "email", 255),
    ("First Name", "firstName", "string", 255), ("Last Name", "lastName", "string", 255),
    ("Full Name", "fullName", "string", 255), ("Company Name", "company", "string", 255),
    ("Phone Number", "phone", "phone", 255), ("Job Title", "title", "string", 255),
    ("Country", "country", "string", 255), ("State", "state", "string", 255),
    ("City", "city", "string", 255), ("Postal Code", "postalCode", "string", 255),
    ("Address", "address", "text", 0), ("Anonymous IP", "anonymousIP", "string", 255),
    ("Unsubscribed", "unsubscribed", "boolean", 0), ("Email Invalid", "emailInvalid", "boolean", 0),
    ("Do Not Call", "doNotCall", "boolean", 0), ("Person Source", "leadSource", "string", 255),
    ("Person Status", "leadStatus", "string", 255), ("Person Score", "leadScore", "score", 0),
    ("Acquisition Program", "acquisitionProgramId", "integer", 0),
    ("Created At", "createdAt", "datetime", 0), ("Updated At", "updatedAt", "datetime", 0),
    ("Portal Customer Id", "Portal_Customer_Id__c", "string", 255),
    ("Trial Begins", "trialBegins", "date", 0),
)  # fmt: skip
READ_ONLY = {"id", "createdAt", "updatedAt", "fullName", "anonymousIP"}

_MAIL = ("Mailing ID", "integer")
_RUN = (("Campaign Run ID", "integer"), ("Choice Number", "integer"), ("Step ID", "integer"),
        ("Test Variant", "integer"))  # fmt: skip
_SEEN = (("Device", "string"), ("Is Mobile Device", "boolean"), ("Platform", "string"),
         ("User Agent", "string"))  # fmt: skip

FORM, SEND, DELIVERED, BOUNCED, UNSUBSCRIBED, OPENED, CLICKED = 2, 6, 7, 8, 9, 10, 11
NEW_LEAD, CHANGED, ADDED, REMOVED, MERGED, DELETED, PROGRESSED = 12, 13, 24, 25, 32, 37, 104

_TYPES: tuple[tuple[int, str, tuple[str, str], tuple[tuple[str, str], ...]], ...] = (
    (FORM, "Fill Out Form", ("Webform ID", "integer"), (
        ("Client IP Address", "string"), ("Form Fields", "text"), ("Query Parameters", "string"),
        ("Referrer URL", "string"), ("User Agent", "string"), ("Webpage ID", "integer"))),
    (SEND, "Send Email", _MAIL, _RUN),
    (DELIVERED, "Email Delivered", _MAIL, _RUN),
    (BOUNCED, "Email Bounced", _MAIL, (
        *_RUN, ("Category", "integer"), ("Details", "string"), ("Email", "string"),
        ("Subcategory", "integer"))),
    (UNSUBSCRIBED, "Unsubscribe Email", _MAIL, (
        ("Campaign Run ID", "integer"), ("Client IP Address", "string"), ("Form Fields", "text"),
        ("Query Parameters", "string"), ("Referrer URL", "string"), ("Test Variant", "integer"),
        ("User Agent", "string"), ("Webform ID", "integer"), ("Webpage ID", "integer"))),
    (OPENED, "Open Email", _MAIL, (*_RUN, *_SEEN)),
    (CLICKED, "Click Email", _MAIL, (*_RUN, *_SEEN, ("Link", "string"), ("Link ID", "string"))),
    (NEW_LEAD, "New Lead", ("Created Date", "date"), (
        ("API Method Name", "string"), ("Form Name", "string"), ("Lead Source", "string"),
        ("Modifying User", "string"), ("Source Type", "string"))),
    (CHANGED, "Change Data Value", ("Attribute Name", "string"), (
        ("API Method Name", "string"), ("Modifying User", "string"), ("New Value", "string"),
        ("Old Value", "string"), ("Reason", "string"), ("Request Id", "string"), ("Source", "string"))),
    (ADDED, "Add to List", ("List ID", "integer"), (("Source", "string"),)),
    (REMOVED, "Remove from List", ("List ID", "integer"), (("Source", "string"),)),
    (MERGED, "Merge Leads", ("Lead ID", "integer"), (
        ("Master Updated", "boolean"), ("Merge IDs", "string"), ("Merge Source", "string"),
        ("Merged in Sales", "boolean"))),
    (DELETED, "Delete Lead", ("Lead ID", "integer"), (
        ("API Method Name", "string"), ("Campaign", "string"), ("Modifying User", "string"),
        ("Source", "string"))),
    (PROGRESSED, "Change Status in Progression", ("Program ID", "integer"), (
        ("New Status", "string"), ("Old Status", "string"), ("Reason", "string"), ("Success", "boolean"))),
)  # fmt: skip


def fields() -> list[Object]:
    """As `leads/describe.json` shows them, by their numbers."""
    return [field(number, *one) for number, one in enumerate(_FIELDS, start=1)]


def field(number: int, label: str, name: str, kind: str, length: int = 0) -> Object:
    read_only = name in READ_ONLY
    soap = name if name.endswith("__c") else name[:1].upper() + name[1:]
    return {
        "id": number,
        "displayName": label,
        "dataType": kind,
        **({"length": length} if length else {}),
        "rest": {"name": name, "readOnly": read_only},
        "soap": {"name": soap, "readOnly": read_only},
    }


def activity_types() -> list[Object]:
    return [
        {
            "id": number,
            "name": name,
            "description": f"{name} of a person",
            "primaryAttribute": {"name": primary[0], "dataType": primary[1]},
            "attributes": [{"name": label, "dataType": kind} for label, kind in attributes],
        }
        for number, name, primary, attributes in _TYPES
    ]
