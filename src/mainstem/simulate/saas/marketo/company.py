"""The company's rows as an instance of Marketo has them: its leads, and what marketing wrote down of them.

Rows of other systems are passed over. What a lead did carries the campaign that it is of, in the program of
the same name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.saas.marketo import fixed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.simulate.saas.marketo.instance import Instance
    from mainstem.simulate.world import Change

_MAILED = {"email_sent": fixed.SEND, "email_opened": fixed.OPENED, "email_clicked": fixed.CLICKED}
_STATUSES = {"webinar_registered": "Registered", "webinar_attended": "Attended"}
_BROWSER = {
    "Device": "desktop", "Is Mobile Device": False, "Platform": "Linux",
    "User Agent": "Mozilla/5.0 (X11; Linux x86_64)",
}  # fmt: skip
_NURTURE = "email"


def absorb(instance: Instance, change: Change) -> None:
    row = change.row
    match change.system, change.table:
        case "crm", "leads":
            _lead(instance, change)
        case "marketing", "campaigns" if row is not None:
            program = instance.keep_program(row["name"], row["channel"], change.at)
            instance.keep_campaign(program, "trigger" if row["channel"] == _NURTURE else "batch", change.at)
        case "marketing", "campaign_costs" if row is not None:
            _cost(instance, row, change.at)
        case "marketing", "lead_activities" if row is not None:
            _activity(instance, row, datetime.fromisoformat(row["activity_at"]).astimezone(UTC))
        case _:
            pass


def _lead(instance: Instance, change: Change) -> None:
    row = change.row
    if row is None:
        return  # whom the CRM forgets, marketing keeps
    first, _, last = (row["name"] or "").rpartition(" ")
    email = row["email"] or ""
    values = {
        "email": row["email"],
        "firstName": first or None,
        "lastName": last or None,
        "company": email.strip().rpartition("@")[2] or None,
        "leadStatus": row["status"],
        "leadSource": "Web form",
        "unsubscribed": False,
        "emailInvalid": False,
        "Portal_Customer_Id__c": row["portal_customer_id"],
        "trialBegins": str(row["created_at"])[:10],
    }
    instance.keep_lead(values, change.at)


def _cost(instance: Instance, row: Mapping[str, Any], at: datetime) -> None:
    found = [one for one in instance.programs.values() if one["name"] == row["campaign_id"]]
    for program in found:
        month = str(row["month"])[:10]
        held = [one for one in program["costs"] if one["startDate"] != f"{month}T00:00:00Z+0000"]
        cost = {"startDate": f"{month}T00:00:00Z+0000", "cost": round(row["cost"]), "note": row["currency"]}
        instance.touch(program, at, costs=[*held, cost])


def _activity(instance: Instance, row: Mapping[str, Any], at: datetime) -> None:
    program = instance.keep_program(row["campaign_id"], _NURTURE, at)
    campaign = instance.keep_campaign(program, "trigger", at)
    found = instance.find("email", row["email"])
    lead = found[0]["id"] if found else instance.keep_lead({"email": row["email"]}, at)
    kind, asset = row["activity"], row["asset"]
    if kind in _MAILED:
        _mailed(instance, _MAILED[kind], lead, campaign, instance.keep_email(program, asset, at), at)
    elif kind in _STATUSES:
        instance.progress(instance.keep_program(asset, "webinar", at), lead, _STATUSES[kind], at)
    elif kind == "form_submitted":
        form = {"Form Fields": "Email", "Referrer URL": "https://www.example.com/trial",
                "Client IP Address": "192.0.2.7", "Webpage ID": 11}  # fmt: skip
        instance.note(at, fixed.FORM, lead, campaign, (21, asset), form)
        instance.progress(program, lead, "Influenced", at)
        instance.add_to_list(instance.keep_list(program, "Trial people", at), lead, at)


def _mailed(instance: Instance, kind: int, lead: int, campaign: int, email: int, at: datetime) -> None:
    run = {"Campaign Run ID": campaign + 1, "Choice Number": 0, "Step ID": email + 7}
    primary = (email, instance.emails[email]["name"])
    if kind == fixed.SEND:
        instance.note(at, kind, lead, campaign, primary, dict(run))
        instance.note(at, fixed.DELIVERED, lead, campaign, primary, dict(run))
        return
    seen = {**run, **_BROWSER}
    if kind == fixed.CLICKED:
        link = f"https://www.example.com/{primary[1]}?at={stamp(at)[:10]}"
        seen |= {"Link": link, "Link ID": str(email + 90)}
    instance.note(at, kind, lead, campaign, primary, seen)
