"""What a simulated Jira has before its first issue: people, workflow, fields. Values alone."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
ADMIN = "712020:00000000-0000-4000-8000-000000000001"
"""Whose API token it is."""
ZONE = "Europe/Berlin"
"""Of the admin: in which JQL is read and moments are written."""
POINTS = "customfield_10016"
SPRINT = "customfield_10020"
RANK = "customfield_10019"
NAMES = {"SRV": "Server", "WEB": "Web app", "MOB": "Mobile"}
COMPONENTS = {"SRV": ("API", "Storage"), "WEB": ("Editor", "Navigation"), "MOB": ("Android", "iOS")}
_PEOPLE = (
    "Ada Kern",
    "Ben Ito",
    "Cleo Maas",
    "Dario Nunes",
    "Eva Lind",
    "Finn Moor",
    "Gita Rao",
    "Hugo Bell",
)
CATEGORIES = [
    {"id": 1, "key": "undefined", "colorName": "medium-gray", "name": "No Category"},
    {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"},
    {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"},
    {"id": 3, "key": "done", "colorName": "green", "name": "Done"},
]
STATUSES = {"To Do": ("10000", 2), "In Progress": ("3", 4), "In Review": ("10001", 4), "Done": ("10002", 3)}
TYPES = {"Epic": "10000", "Story": "10001", "Task": "10002", "Sub-task": "10003", "Bug": "10004"}
PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
RESOLUTIONS = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002"}


def people() -> list[Object]:
    found = [_person(ADMIN, "Mainstem Admin", "admin@site.example", ZONE)]
    for number, name in enumerate(_PEOPLE, start=2):
        account = f"712020:00000000-0000-4000-8000-{number:012d}"
        mail = f"{name.split()[0].lower()}@site.example"
        found.append(_person(account, name, mail, "Europe/Berlin" if number % 2 else "America/New_York"))
    return found


def statuses() -> list[Object]:
    by_id = {one["id"]: one for one in CATEGORIES}
    return [
        {"id": number, "name": name, "description": "", "statusCategory": by_id[category]}
        for name, (number, category) in STATUSES.items()
    ]


def issue_types() -> list[Object]:
    return [
        {
            "id": number,
            "name": name,
            "description": "",
            "subtask": name == "Sub-task",
            "hierarchyLevel": level,
        }
        for (name, number), level in zip(TYPES.items(), (1, 0, 0, -1, 0), strict=True)
    ]


def named(values: dict[str, str]) -> list[Object]:
    return [{"id": number, "name": name, "description": ""} for name, number in values.items()]


def fields() -> list[Object]:
    """System fields of their type, then custom ones."""
    single = {
        "summary": "string", "issuetype": "issuetype", "project": "project", "status": "status",
        "priority": "priority", "resolution": "resolution", "assignee": "user", "reporter": "user",
        "creator": "user", "created": "datetime", "updated": "datetime", "resolutiondate": "datetime",
        "statuscategorychangedate": "datetime", "duedate": "date", "description": "string",
        "environment": "string", "timespent": "number", "timeestimate": "number",
        "timeoriginalestimate": "number", "workratio": "number",
    }  # fmt: skip
    several = {
        "labels": "string", "components": "component", "fixVersions": "version", "versions": "version",
        "issuelinks": "issuelinks",
    }  # fmt: skip
    found = [_field(name, {"type": kind, "system": name}) for name, kind in single.items()]
    found += [
        _field(name, {"type": "array", "items": kind, "system": name}) for name, kind in several.items()
    ]
    found.append({**_field("issuekey", {}), "name": "Key"})
    found.append({**_field("parent", {}), "name": "Parent"})
    found.append(_field("comment", {"type": "comments-page", "system": "comment"}))
    found.append(custom(POINTS, "Story point estimate", "number", "jsw-story-points"))
    found.append(custom(SPRINT, "Sprint", "array", "gh-sprint", "json"))
    found.append(custom(RANK, "Rank", "any", "gh-lexo-rank"))
    return found


def custom(field: str, name: str, kind: str, plugin: str, items: str = "") -> Object:
    schema: Object = {
        "type": kind,
        "custom": f"com.pyxis.greenhopper.jira:{plugin}",
        "customId": int(field.partition("_")[2]),
    }
    return {**_field(field, schema | ({"items": items} if items else {})), "name": name, "custom": True}


def _field(name: str, schema: Object) -> Object:
    found: Object = {
        "id": name, "key": name, "name": name.capitalize(), "custom": False, "orderable": True,
        "navigable": True, "searchable": True, "clauseNames": [name],
    }  # fmt: skip
    return found | ({"schema": schema} if schema else {})


def _person(account: str, name: str, mail: str, zone: str) -> Object:
    return {
        "accountId": account, "accountType": "atlassian", "emailAddress": mail, "displayName": name,
        "active": True, "timeZone": zone, "locale": "en_US",
    }  # fmt: skip
