"""The state of a simulated instance: leads, what happened to them, programs with what belongs to them.

Everything that happens to a lead is written down as an activity, as Marketo does. Numbers are counted up in
the order in which things first come, so that the same company has the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.saas.marketo import fixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Object = dict[str, Any]
_SILENT = {"id", "createdAt", "updatedAt", "fullName"}
"""Fields whose change is no activity."""


@dataclass
class Activity:
    at: datetime
    type: int
    lead: int
    guid: str
    campaign: int | None = None
    primary: tuple[int | None, str] | None = None
    attributes: Object = field(default_factory=dict)


class Instance:
    def __init__(self) -> None:
        self.fields = fixed.fields()
        self.types = fixed.activity_types()
        self.leads: dict[int, Object] = {}
        self.activities: list[Activity] = []
        """In the order in which they happened, deleted leads apart."""
        self.deletions: list[Activity] = []
        self.programs: dict[int, Object] = {}
        self.campaigns: dict[int, Object] = {}
        self.emails: dict[int, Object] = {}
        self.lists: dict[int, Object] = {}
        self.members: dict[int, dict[int, Object]] = {}
        """Of programs: by lead, the membership."""
        self.listed: dict[int, list[int]] = {}
        """Of static lists: leads."""
        self._counted: Counter[str] = Counter()

    # Leads

    def find(self, name: str, value: Any) -> list[Object]:
        return [lead for lead in self.leads.values() if lead.get(name) == value]

    def keep_lead(self, values: Mapping[str, Any], at: datetime, number: int | None = None) -> int:
        """A lead with these values: `number`, or the one with this e-mail, or a new one."""
        found = [] if number is not None else self.find("email", values.get("email"))
        if found:
            number = found[0]["id"]
        if number is None:
            number = self.next_id("lead", 1000)
            self.leads[number] = {"id": number, "createdAt": stamp(at), "updatedAt": stamp(at), **values}
            source = {"Source Type": "Web form", "Lead Source": values.get("leadSource")}
            self.note(at, fixed.NEW_LEAD, number, primary=(None, stamp(at)[:10]), attributes=source)
        else:
            self._change(number, values, at)
        lead = self.leads[number]
        lead["fullName"] = " ".join(filter(None, (lead.get("firstName"), lead.get("lastName")))) or None
        return number

    def _change(self, number: int, values: Mapping[str, Any], at: datetime) -> None:
        lead = self.leads[number]
        labels = {one["rest"]["name"]: (one["id"], one["displayName"]) for one in self.fields}
        for name, value in values.items():
            old = lead.get(name)
            if name in _SILENT or old == value:
                continue
            lead[name] = value
            change = {
                "New Value": _text(value),
                "Old Value": _text(old),
                "Reason": "Form fill",
                "Source": "API",
            }
            self.note(at, fixed.CHANGED, number, primary=labels[name], attributes=change)
            lead["updatedAt"] = stamp(at)

    def delete_lead(self, number: int, at: datetime) -> None:
        """What happened to it is gone with it."""
        name = self.leads[number].get("fullName") or ""
        self._forget(number)
        told = Activity(at, fixed.DELETED, number, self._guid(), primary=(number, name))
        told.attributes = {"Campaign": "Run Action Delete Lead", "Source": "API"}
        self.deletions.append(told)

    def merge_leads(self, winner: int, losers: Iterable[int], at: datetime) -> None:
        """The winner has what it lacked; what happened to the losers is its own now."""
        merged = list(losers)
        gained: Object = {}
        for number in merged:
            loser = self.leads[number]
            lacking = {
                n: v for n, v in loser.items() if self.leads[winner].get(n) is None and n not in _SILENT
            }
            gained = {**lacking, **gained}
            for one in self.activities:
                if one.lead == number:
                    one.lead = winner
            self._forget(number)
        self.keep_lead(gained, at, winner)
        self.leads[winner]["updatedAt"] = stamp(at)
        told = {"Master Updated": bool(gained), "Merge IDs": str(merged), "Merge Source": "leaddb",
                "Merged in Sales": False}  # fmt: skip
        name = self.leads[winner].get("fullName") or ""
        self.note(at, fixed.MERGED, winner, primary=(winner, name), attributes=told)

    def _forget(self, number: int) -> None:
        del self.leads[number]
        self.activities = [one for one in self.activities if one.lead != number]
        for members in self.members.values():
            members.pop(number, None)
        for listed in self.listed.values():
            if number in listed:
                listed.remove(number)

    def note(
        self,
        at: datetime,
        kind: int,
        lead: int,
        campaign: int | None = None,
        primary: tuple[int | None, str] | None = None,
        attributes: Object | None = None,
    ) -> None:
        """Something happened to a lead."""
        moment = at.astimezone(UTC).replace(microsecond=0)
        self.activities.append(
            Activity(moment, kind, lead, self._guid(), campaign, primary, attributes or {})
        )

    # Programs and what is in them

    def keep_program(self, name: str, channel: str, at: datetime) -> int:
        found = [one["id"] for one in self.programs.values() if one["name"] == name]
        if found:
            return int(found[0])
        number = self.next_id("program", 1000)
        kind = "Email" if channel == "email" else "Default"
        self.programs[number] = {
            "id": number, "name": name, "description": "", "createdAt": asset_stamp(at),
            "updatedAt": asset_stamp(at), "url": f"https://app.simulated.example/#PG{number}A1",
            "type": kind, "channel": channel, "status": "on" if kind == "Email" else "",
            "workspace": "Default", "folder": {"type": "Folder", "value": 45, "folderName": "Active"},
            "sfdcId": None, "sfdcName": None, "tags": [{"tagType": "Channel", "tagValue": channel}],
            "costs": [],
        }  # fmt: skip
        self.members[number] = {}
        return number

    def keep_campaign(self, program: int, kind: str, at: datetime) -> int:
        found = [one["id"] for one in self.campaigns.values() if one["parentProgramId"] == program]
        if found:
            return int(found[0])
        number = self.next_id("campaign", 1000)
        self.campaigns[number] = {
            "id": number, "name": self.programs[program]["name"], "description": "",
            "createdAt": asset_stamp(at), "updatedAt": asset_stamp(at),
            "folder": {"id": program, "type": "Program"}, "parentProgramId": program,
            "status": "Active" if kind == "trigger" else "Inactive", "type": kind, "isSystem": False,
            "isActive": kind == "trigger", "isRequestable": False, "isCommunicationLimitEnabled": False,
            "recurrence": {"weekdayOnly": False}, "qualificationRuleType": "once",
            "workspace": "Default", "smartListId": number + 5000, "flowId": number + 6000,
            "computedUrl": f"https://app.simulated.example/#SC{number}A1",
        }  # fmt: skip
        return number

    def keep_list(self, program: int, name: str, at: datetime) -> int:
        found = [one["id"] for one in self.lists.values() if one["name"] == name]
        if found:
            return int(found[0])
        number = self.next_id("list", 1000)
        self.lists[number] = {
            "id": number, "name": name, "programName": self.programs[program]["name"],
            "workspaceName": "Default", "createdAt": stamp(at), "updatedAt": stamp(at),
        }  # fmt: skip
        self.listed[number] = []
        return number

    def add_to_list(self, number: int, lead: int, at: datetime) -> None:
        if lead not in self.listed[number]:
            self.listed[number].append(lead)
            self.note(at, fixed.ADDED, lead, primary=(number, self.lists[number]["name"]),
                      attributes={"Source": "API"})  # fmt: skip

    def remove_from_list(self, number: int, lead: int, at: datetime) -> None:
        if lead in self.listed[number]:
            self.listed[number].remove(lead)
            self.note(at, fixed.REMOVED, lead, primary=(number, self.lists[number]["name"]),
                      attributes={"Source": "API"})  # fmt: skip

    def keep_email(self, program: int, name: str, at: datetime) -> int:
        found = [one["id"] for one in self.emails.values() if one["name"] == name]
        if found:
            return int(found[0])
        number = self.next_id("email", 1000)
        self.emails[number] = {
            "id": number, "name": name, "description": "", "createdAt": asset_stamp(at),
            "updatedAt": asset_stamp(at), "url": f"https://app.simulated.example/#EM{number}A1",
            "subject": {"type": "Text", "value": name.replace("-", " ").capitalize()},
            "fromName": {"type": "Text", "value": "Simulated"},
            "fromEmail": {"type": "Text", "value": "hello@simulated.example"},
            "replyEmail": {"type": "Text", "value": "hello@simulated.example"},
            "folder": {"type": "Program", "value": program,
                       "folderName": self.programs[program]["name"]},
            "operational": False, "textOnly": False, "publishToMSI": False, "webView": False,
            "status": "approved", "template": 10, "workspace": "Default", "version": 2,
        }  # fmt: skip
        return number

    def progress(self, program: int, lead: int, status: str, at: datetime) -> None:
        """A lead becomes a member of a program, or has another status in it."""
        held = self.members[program].get(lead)
        success = status == "Attended"
        change = {"New Status": status, "Old Status": held["progressionStatus"] if held else "Not in Program",
                  "Reason": "Flow step", "Success": success}  # fmt: skip
        self.note(at, fixed.PROGRESSED, lead, primary=(program, self.programs[program]["name"]),
                  attributes=change)  # fmt: skip
        self.members[program][lead] = {
            "id": held["id"] if held else self.next_id("membership"),
            "acquiredBy": False,
            "isExhausted": False,
            "membershipDate": held["membershipDate"] if held else stamp(at),
            "progressionStatus": status,
            "progressionStatusType": "",
            "nurtureCadence": "paused",
            "reachedSuccess": success,
            "reachedSuccessDate": stamp(at) if success else None,
        }

    def touch(self, asset: Object, at: datetime, **values: Any) -> None:
        asset.update(values, updatedAt=asset_stamp(at))

    def next_id(self, what: str, first: int = 0) -> int:
        self._counted[what] += 1
        return first + self._counted[what]

    def _guid(self) -> str:
        return str(self.next_id("activity", 100_000))


def asset_stamp(at: datetime) -> str:
    """As Marketo's assets have it: a Z, and an offset behind it."""
    return f"{stamp(at)}+0000"


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None else str(value)
