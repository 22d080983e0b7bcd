"""Objects of a simulated Jira as its API shows them: moments in the zone of who asks, text as a document.

It changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.jira import fixed
from mainstem.simulate.saas.jira.site import LISTS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mainstem.simulate.saas.jira.site import Event, Issue, Site

Object = dict[str, Any]
_NAMED = {"issuetype", "status", "priority", "resolution"}


class Shown:
    """For one version of the API (text is a document in version 3), and addresses under `root`."""

    def __init__(self, site: Site, root: str, zone: ZoneInfo, version: str, now: datetime) -> None:
        self._site = site
        self._root = root
        self._rest = f"{root}/rest/api/{version}"
        self._zone = zone
        self._documents = version == "3"
        self._now = now
        self._named = {
            "status": {one["id"]: one for one in fixed.statuses()},
            "issuetype": {one["id"]: one for one in fixed.issue_types()},
            "priority": {one["id"]: one for one in fixed.named(fixed.PRIORITIES)},
            "resolution": {one["id"]: one for one in fixed.named(fixed.RESOLUTIONS)},
        }

    def moment(self, at: datetime | None) -> str | None:
        if at is None:
            return None
        local = at.astimezone(self._zone)
        return local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond // 1000:03d}{local:%z}"

    def text(self, text: str | None) -> Any:
        if text is None or not self._documents:
            return text
        paragraphs = [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n")
        ]
        return {"type": "doc", "version": 1, "content": paragraphs}

    def user(self, account: str | None) -> Object | None:
        person = self._site.people.get(account or "")
        return None if person is None else {**person, "self": f"{self._rest}/user?accountId={account}"}

    def project(self, number: int) -> Object:
        one = self._site.projects[number]
        return {
            "self": f"{self._rest}/project/{number}", "id": str(number), "key": one["key"],
            "name": one["name"], "projectTypeKey": "software", "simplified": False, "style": "classic",
            "isPrivate": False,
        }  # fmt: skip

    def whole_project(self, number: int) -> Object:
        lead = self.user(self._site.projects[number]["lead"])
        return {**self.project(number), "description": "", "lead": lead}

    def component(self, number: int) -> Object:
        one = self._site.components[number]
        return {
            "self": f"{self._rest}/component/{number}", "id": str(number), "name": one["name"],
            "project": self._site.projects[one["project"]]["key"], "projectId": one["project"],
        }  # fmt: skip

    def version(self, number: int) -> Object:
        one = self._site.versions[number]
        released = one["release"] <= self._now.date()
        return {
            "self": f"{self._rest}/version/{number}", "id": str(number), "name": one["name"],
            "description": one["description"], "archived": one["archived"], "released": released,
            "startDate": one["start"].isoformat(), "releaseDate": one["release"].isoformat(),
            "overdue": False, "projectId": one["project"],
        }  # fmt: skip

    def board(self, number: int) -> Object:
        one = self._site.boards[number]
        project = self._site.projects[one["project"]]
        return {
            "id": number, "self": f"{self._root}/rest/agile/1.0/board/{number}", "name": one["name"],
            "type": one["type"],
            "location": {
                "projectId": one["project"], "projectKey": project["key"], "projectName": project["name"],
            },
        }  # fmt: skip

    def sprint(self, number: int) -> Object:
        one = self._site.sprints[number]
        state = "future" if self._now < one["start"] else "active" if self._now < one["end"] else "closed"
        found: Object = {
            "id": number, "self": f"{self._root}/rest/agile/1.0/sprint/{number}", "state": state,
            "name": one["name"], "startDate": _utc(one["start"]), "endDate": _utc(one["end"]),
            "originBoardId": one["board"], "goal": one["goal"],
        }  # fmt: skip
        return found | ({"completeDate": _utc(one["end"])} if state == "closed" else {})

    def comment(self, one: Object) -> Object:
        return {
            "id": str(one["id"]), "author": self.user(one["author"]), "body": self.text(one["body"]),
            "updateAuthor": self.user(one["author"]), "created": self.moment(one["created"]),
            "updated": self.moment(one["updated"]), "jsdPublic": True,
        }  # fmt: skip

    def worklog(self, number: int) -> Object:
        one = self._site.worklogs[number]
        return {
            "self": f"{self._rest}/issue/{one['issue']}/worklog/{number}", "id": str(number),
            "issueId": str(one["issue"]), "author": self.user(one["author"]),
            "updateAuthor": self.user(one["author"]), "comment": self.text(one["comment"]),
            "created": self.moment(one["created"]), "updated": self.moment(one["updated"]),
            "started": self.moment(one["started"]), "timeSpent": f"{one['seconds'] // 60}m",
            "timeSpentSeconds": one["seconds"],
        }  # fmt: skip

    def issue(self, one: Issue, wanted: list[str]) -> Object:
        """With the fields that are wanted: names, `*all`, or none."""
        found: Object = {"id": str(one.number)}
        if wanted in ([], ["id"]):
            return found
        found |= {"key": one.key, "self": f"{self._rest}/issue/{one.number}", "expand": ""}
        everything = "*all" in wanted or "*navigable" in wanted
        fields = self._fields(one)
        if not everything:
            fields = {name: value for name, value in fields.items() if name in wanted}
        return {**found, "fields": fields}

    def history(self, event: Event) -> Object:
        items = [self._item(name, before, after) for name, (before, after) in event.changes.items()]
        return {
            "id": str(event.number), "author": self.user(event.by), "created": self.moment(event.at),
            "items": [item for several in items for item in several],
        }  # fmt: skip

    def value(self, name: str, value: Any) -> Any:
        """Of a field of an issue."""
        if value is None:
            return None
        if name in _NAMED:
            return {**self._named[name][value], "self": f"{self._rest}/{name}/{value}"}
        match name:
            case "project":
                return self.project(value)
            case "assignee" | "reporter":
                return self.user(value)
            case "components":
                return [self.component(one) for one in value]
            case "fixVersions" | "versions":
                return [self.version(one) for one in value]
            case fixed.SPRINT:
                return [self._short_sprint(one) for one in value] or None
            case fixed.POINTS:
                return float(value)
            case "parent":
                return {"id": str(value), "key": self._site.issues[value].key}
            case "description" | "environment":
                return self.text(value)
        return value

    def _fields(self, one: Issue) -> Object:
        shown = {name: self.value(name, value) for name, value in one.fields.items()}
        comments = [self.comment(comment) for comment in one.comments]
        return {
            **shown,
            "creator": self.user(one.creator),
            "created": self.moment(one.created),
            "updated": self.moment(one.updated),
            "resolutiondate": self.moment(one.resolved),
            "statuscategorychangedate": self.moment(one.category_changed),
            "issuelinks": [],
            "workratio": -1,
            fixed.RANK: f"0|i{one.number:05d}:",
            "comment": {
                "comments": comments[:20], "total": len(comments), "maxResults": 20, "startAt": 0,
            },
        }  # fmt: skip

    def _short_sprint(self, number: int) -> Object:
        shown = self.sprint(number)
        return {
            "boardId": shown["originBoardId"],
            **{k: v for k, v in shown.items() if k not in ("self", "originBoardId")},
        }

    def _item(self, name: str, before: Any, after: Any) -> list[Object]:
        """One for a field of one value; of versions and components one for each that came or went."""
        field = next((one for one in self._site.fields if one["id"] == name), {"name": name})
        common = {
            "field": name if not field.get("custom") else field["name"],
            "fieldId": name,
            "fieldtype": "custom" if field.get("custom") else "jira",
        }
        if name not in LISTS:
            came, went = self._side(name, before), self._side(name, after)
            return [_item(common, came, went)]
        if name == "labels":
            return [_item(common, (None, " ".join(before)), (None, " ".join(after)))]
        if name == fixed.SPRINT:
            return [_item(common, self._sprints(before), self._sprints(after))]
        gone = [
            _item(common, self._named_side(name, one), (None, None)) for one in before if one not in after
        ]
        new = [_item(common, (None, None), self._named_side(name, one)) for one in after if one not in before]
        return gone + new

    def _side(self, name: str, value: Any) -> tuple[str | None, str | None]:
        """An id and what people read; of plain values the id is left out."""
        if value is None:
            return None, None
        shown = self.value(name, value)
        if name in ("description", "environment"):
            return None, str(value)
        if isinstance(shown, dict):
            number = shown.get("id") or shown.get("accountId")
            return str(number), str(shown.get("name") or shown.get("displayName") or shown.get("key"))
        if name in ("timespent", "duedate"):
            return str(value), str(value)
        return None, f"{value:g}" if isinstance(value, float) else str(value)

    def _sprints(self, numbers: list[int]) -> tuple[str, str]:
        names = (self._site.sprints[one]["name"] for one in numbers)
        return ", ".join(map(str, numbers)), ", ".join(names)

    def _named_side(self, name: str, number: int) -> tuple[str, str]:
        held = self._site.components if name == "components" else self._site.versions
        return str(number), held[number]["name"]


def _item(common: Object, before: tuple[Any, Any], after: tuple[Any, Any]) -> Object:
    return {**common, "from": before[0], "fromString": before[1], "to": after[0], "toString": after[1]}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
