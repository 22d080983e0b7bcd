"""The company's rows as records of the org: of each change of its CRM and campaigns, what Salesforce has.

The company's own key stands in `External_Id__c`. Records come in the order in which their rows first come,
so that the same company has the same ids.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.saas.salesforce.org import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.simulate.saas.salesforce.org import Org, Row
    from mainstem.simulate.world import Change

_BOUNCES = 0.03
_OPEN_FOR = timedelta(days=80)
"""Until when an opportunity is expected to be closed that nobody wrote a day for: it has to have one."""


def absorb(org: Org, change: Change) -> None:
    """Rows that a CRM has nothing to do with are passed over."""
    found = _OBJECTS.get((change.system, change.table))
    if found is None:
        return
    name, made = found
    if change.row is None:
        for number in org.find(name, KEY, change.key):
            org.delete(name, number, change.at)
        return
    values = made(org, change.row)
    if created := change.row.get("created_at"):
        values["CreatedDate"] = _moment(created)
    org.put(name, change.key, values, change.at)


def _account(org: Org, row: Row) -> Row:
    return {
        "Name": row["name"],
        "Website": row["domain"],
        "Region__c": row["region"],
        "Plan__c": row["plan"],
        "Seats__c": None if row["seats"] is None else float(row["seats"]),
        "OwnerId": _owner(org, row),
        "Type": "Customer",
    }


def _contact(org: Org, row: Row) -> Row:
    account = _one(org, "Account", row["account_id"])
    return {**_named(row), **_bounced(row), "Email": row["email"], "AccountId": account}


def _lead(org: Org, row: Row) -> Row:
    email = row["email"] or ""
    return {
        **_named(row),
        **_bounced(row),
        "Company": email.strip().rpartition("@")[2] or "[not provided]",
        "Email": row["email"],
        "Status": row["status"],
        "IsConverted": row["status"] == "converted",
        "Portal_Customer_Id__c": row["portal_customer_id"],
        "OwnerId": org.by,
    }


def _opportunity(org: Org, row: Row) -> Row:
    created = _moment(row["created_at"])
    return {
        "AccountId": _one(org, "Account", row["account_id"]),
        "Name": row["name"],
        "Type": row["type"],
        "StageName": (row["stage"] or "").title(),
        "Amount": row["amount"],
        "CloseDate": date.fromisoformat(row["close_date"])
        if row["close_date"]
        else (created + _OPEN_FOR).date(),
        "Licence_Key__c": row["licence_key"],
        "OwnerId": _owner(org, row),
    }


def _line_item(org: Org, row: Row) -> Row:
    opportunity = _one(org, "Opportunity", row["opportunity_id"])
    if opportunity:
        org.rows["Opportunity"][opportunity]["HasOpportunityLineItem"] = True
    return {
        "OpportunityId": opportunity,
        "Product2Id": _product(org, row["product"]),
        "ProductCode": row["product"],
        "Name": row["product"],
        "Quantity": 1.0,
        "UnitPrice": row["total_price"],
        "TotalPrice": row["total_price"],
        "ServiceDate": date.fromisoformat(row["start_date"]),
        "End_Date__c": date.fromisoformat(row["end_date"]),
    }


def _user(org: Org, row: Row) -> Row:
    return {
        **_named(row),
        "Email": row["email"],
        "Username": row["email"],
        "Title": row["role"],
        "Region__c": row["region"],
        "IsActive": True,
        "UserType": "Standard",
    }


def _campaign(org: Org, row: Row) -> Row:
    return {
        "Name": row["name"],
        "Type": row["channel"],
        "Status": row["status"],
        "IsActive": row["status"] == "active",
        "OwnerId": org.by,
    }


def _product(org: Org, name: str) -> str:
    found = org.find("Product2", KEY, name)
    if found:
        return found[0]
    at = max((row["SystemModstamp"] for row in org.rows["Opportunity"].values()), default=None)
    values = {"Name": name, "ProductCode": name, "Family": "Subscription", "IsActive": True}
    return org.put("Product2", name, values, at or datetime(2020, 1, 1, tzinfo=UTC))


def _named(row: Row) -> dict[str, Any]:
    first, _, last = (row["name"] or "").rpartition(" ")
    return {"FirstName": first or None, "LastName": last or "[unknown]"}


def _bounced(row: Row) -> dict[str, Any]:
    """What the CRM noted of an e-mail that it sent there and that came back."""
    if not Chance(0, "bounced", row["id"]).happens(_BOUNCES):
        return {}
    return {
        "EmailBouncedReason": "550 5.1.1 mailbox unavailable",
        "EmailBouncedDate": _moment(row["created_at"]),
    }


def _owner(org: Org, row: Row) -> str:
    return _one(org, "User", row["owner_id"]) or org.by


def _one(org: Org, name: str, key: str | None) -> str | None:
    found = org.find(name, KEY, key) if key else []
    return found[0] if found else None


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


_OBJECTS: dict[tuple[str, str], tuple[str, Callable[[Org, Row], Row]]] = {
    ("crm", "accounts"): ("Account", _account),
    ("crm", "contacts"): ("Contact", _contact),
    ("crm", "leads"): ("Lead", _lead),
    ("crm", "opportunities"): ("Opportunity", _opportunity),
    ("crm", "opportunity_line_items"): ("OpportunityLineItem", _line_item),
    ("crm", "users"): ("User", _user),
    ("marketing", "campaigns"): ("Campaign", _campaign),
}
