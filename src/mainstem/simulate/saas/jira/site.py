"""What a simulated Jira holds, made of the company's rows: projects, issues, what happened to them, sprints.

Ids are numbers counted up in the order in which rows first come, so that the same company has the same ids.
Values of fields are ids and moments here; how they are answered is for others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.saas.jira import fixed

if TYPE_CHECKING:
    from mainstem.simulate.world import Change

Object = dict[str, Any]
_FIRST = {"issue": 10_000, "project": 10_000, "version": 10_000, "component": 10_000, "history": 20_000}
_EVERY = 2
"""Sprints of a version."""
LISTS = {"labels", "components", "fixVersions", "versions", fixed.SPRINT}
"""Fields with several values."""


@dataclass(frozen=True)
class Event:
    """Fields that changed at once; values before and after by field."""

    number: int
    at: datetime
    by: str
    changes: dict[str, tuple[Any, Any]]


@dataclass
class Issue:
    number: int
    key: str
    created: datetime
    updated: datetime
    creator: str
    fields: Object
    first: Object
    """As they were when it was created."""
    events: list[Event] = field(default_factory=list)
    comments: list[Object] = field(default_factory=list)
    category_changed: datetime | None = None
    resolved: datetime | None = None


class Site:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: Counter[str] = Counter()
        self._ids: dict[tuple[str, str], int] = {}
        self.people: dict[str, Object] = {one["accountId"]: one for one in fixed.people()}
        self.fields = fixed.fields()
        self.projects: dict[int, Object] = {}
        self.components: dict[int, Object] = {}
        self.versions: dict[int, Object] = {}
        self.boards: dict[int, Object] = {}
        self.sprints: dict[int, Object] = {}
        self.issues: dict[int, Issue] = {}
        self.worklogs: dict[int, Object] = {}
        self.deleted_worklogs: dict[int, datetime] = {}
        self.removed: dict[int, Issue] = {}
        """Issues that were deleted, as they were."""

    def absorb(self, change: Change) -> None:
        if change.system != "engineering":
            return
        if change.table == "sprints" and change.row is not None:
            self._sprint(change.key, change.row)
        if change.table == "issues":
            self._issue(change)

    def next_id(self, kind: str) -> int:
        self._counts[kind] += 1
        return _FIRST.get(kind, 0) + self._counts[kind]

    def number_of(self, kind: str, key: str) -> int | None:
        """The id of the company's row (`issue`, `sprint`, `project`), while it has one."""
        return self._ids.get((kind, key))

    def project(self, key: str) -> int:
        """Its id; a project nobody heard of comes with its boards and components."""
        found = self._ids.get(("project", key))
        if found is not None:
            return found
        number = self._ids["project", key] = self.next_id("project")
        lead = list(self.people)[1 + number % (len(self.people) - 1)]
        self.projects[number] = {"key": key, "name": fixed.NAMES.get(key, key), "lead": lead}
        for kind in ("scrum", "kanban"):
            board = self.next_id("board")
            self.boards[board] = {"name": f"{key} {kind}", "type": kind, "project": number}
        for name in fixed.COMPONENTS.get(key, ("Core",)):
            self.components[self.next_id("component")] = {"name": name, "project": number}
        return number

    def board(self, project: int) -> int:
        return next(n for n, one in self.boards.items() if one["project"] == project)

    def issue(self, name: str) -> Issue | None:
        """By id, key, or a key that it had before it was moved."""
        if name.isdigit():
            return self.issues.get(int(name))
        for one in self.issues.values():
            keys = [one.key, *(e.changes["issuekey"][0] for e in one.events if "issuekey" in e.changes)]
            if name in keys:
                return one
        return None

    def create(self, project: int, at: datetime, by: str, fields: Object) -> Issue:
        number = self.next_id("issue")
        key = self._key(project)
        start: Object = {
            "summary": key, "project": project, "status": "10000", "issuetype": "10002", "priority": "3",
            "assignee": None, "reporter": by, "labels": [], "components": [], "fixVersions": [],
            "versions": [], "parent": None, "description": None, "duedate": None, "resolution": None,
            "timespent": None, fixed.POINTS: None, fixed.SPRINT: [],
        }  # fmt: skip
        start |= fields
        made = Issue(number, key, at, at, by, start, {**start, "issuekey": key}, category_changed=at)
        self.issues[number] = made
        return made

    def change(self, issue: Issue, at: datetime, by: str, values: Object) -> None:
        """Fields get other values, as one event; what is already so is left out."""
        changes: dict[str, tuple[Any, Any]] = {}
        if "project" in values and values["project"] != issue.fields["project"]:
            former, issue.key = issue.key, self._key(values["project"])
            changes["issuekey"] = (former, issue.key)
        for name, value in values.items():
            before = issue.fields.get(name)
            if before != value:
                changes[name] = (before, value)
                issue.fields[name] = value
        if not changes:
            return
        issue.updated = at
        if "status" in changes and _category(changes["status"][0]) != _category(changes["status"][1]):
            issue.category_changed = at
        if "resolution" in changes:
            issue.resolved = at if changes["resolution"][1] else None
        issue.events.append(Event(self.next_id("history"), at, by, changes))

    def comment(self, issue: Issue, at: datetime, by: str, text: str) -> Object:
        made: Object = {
            "id": self.next_id("comment"),
            "author": by,
            "body": text,
            "created": at,
            "updated": at,
        }
        issue.comments.append(made)
        issue.updated = at
        return made

    def log_work(self, issue: Issue, at: datetime, by: str, seconds: int, text: str) -> int:
        number = self.next_id("worklog")
        self.worklogs[number] = {
            "issue": issue.number, "author": by, "seconds": seconds, "comment": text,
            "started": at - timedelta(seconds=seconds), "created": at, "updated": at,
        }  # fmt: skip
        self.change(issue, at, by, {"timespent": (issue.fields["timespent"] or 0) + seconds})
        return number

    def delete_worklog(self, number: int, at: datetime) -> None:
        gone = self.worklogs.pop(number)
        self.deleted_worklogs[number] = at
        issue = self.issues.get(gone["issue"])
        if issue is not None:
            left = (issue.fields["timespent"] or 0) - gone["seconds"]
            self.change(issue, at, gone["author"], {"timespent": left or None})

    def delete(self, issue: Issue, at: datetime) -> None:
        """As an administrator does: no list has it any more, and nothing tells of it but its worklogs."""
        self.removed[issue.number] = self.issues.pop(issue.number)
        for number in [n for n, one in self.worklogs.items() if one["issue"] == issue.number]:
            self.delete_worklog(number, at)

    def _key(self, project: int) -> str:
        key = self.projects[project]["key"]
        self._counts[f"key {key}"] += 1
        return f"{key}-{self._counts[f'key {key}']}"

    def _sprint(self, key: str, row: Object) -> None:
        project = self.project(row["project"])
        number = self._ids.get(("sprint", key))
        if number is None:
            number = self._ids["sprint", key] = self.next_id("sprint")
            if sum(one["project"] == project for one in self.sprints.values()) % _EVERY == 0:
                self._version(project, row)
        self.sprints[number] = {
            "name": row["name"], "project": project, "board": self.board(project), "goal": "",
            "start": datetime.fromisoformat(row["start_at"]), "end": datetime.fromisoformat(row["end_at"]),
        }  # fmt: skip

    def _version(self, project: int, row: Object) -> None:
        count = sum(one["project"] == project for one in self.versions.values())
        begins = datetime.fromisoformat(row["start_at"])
        self.versions[self.next_id("version")] = {
            "name": f"{row['project']} 1.{count}", "project": project, "archived": False, "description": "",
            "start": begins.date(), "release": (begins + timedelta(days=14 * _EVERY)).date(),
        }  # fmt: skip

    def _issue(self, change: Change) -> None:
        number = self._ids.get(("issue", change.key))
        held = None if number is None else self.issues.get(number)
        if change.row is None:
            if held is not None:
                self.delete(held, change.at)
            return
        chance = Chance(self._seed, "jira", change.key)
        if number is None:
            held = self._new_issue(change.at, change.row, chance)
            self._ids["issue", change.key] = held.number
            return
        if held is None:
            return  # deleted here, by its users
        self._flow(held, change.at, change.row, chance)

    def _new_issue(self, at: datetime, row: Object, chance: Chance) -> Issue:
        project = self.project(row["project"])
        sprint = self._ids.get(("sprint", row.get("sprint") or ""))
        people = list(self.people)[1:]
        owned = [n for n, one in self.components.items() if one["project"] == project]
        return self.create(
            project,
            at,
            chance.one_of(people),
            {
                "issuetype": fixed.TYPES.get(row["type"], "10002"),
                "priority": chance.pick({"2": 1.0, "3": 4.0, "4": 1.0}),
                "status": _status(row.get("status")),
                "components": [chance.one_of(owned)],
                "labels": ["customer"] if chance.happens(0.2) else [],
                "summary": f"{row['type']} in {fixed.NAMES.get(row['project'], row['project'])}",
                "description": "What is wanted, and why.",
                fixed.POINTS: row.get("story_points"),
                fixed.SPRINT: [] if sprint is None else [sprint],
            },
        )

    def _flow(self, issue: Issue, at: datetime, row: Object, chance: Chance) -> None:
        """What people do along with a change of status."""
        values: Object = {"status": _status(row["status"]), "project": self.project(row["project"])}
        by = issue.fields["assignee"] or chance.one_of(list(self.people)[1:])
        moves = values["status"] != issue.fields["status"]
        if moves and row["status"] == "In Progress":
            values |= {"assignee": by, "resolution": None}
        if moves and row["status"] == "In Review":
            self.log_work(issue, at - timedelta(seconds=1), by, 3600 * chance.whole(1, 12), "Worked on it")
        if moves and row["status"] == "Done":
            values |= {"resolution": fixed.RESOLUTIONS["Done"], "fixVersions": self._latest(issue)}
        if values["project"] != issue.fields["project"]:
            values |= {"components": [], "fixVersions": []}
        self.change(issue, at, by, values)
        if moves and row["status"] == "Done" and chance.happens(0.5):
            self.comment(issue, at, by, "Done, and seen by two of us.")

    def _latest(self, issue: Issue) -> list[int]:
        owned = [n for n, one in self.versions.items() if one["project"] == issue.fields["project"]]
        return owned[-1:]


def _status(name: str | None) -> str:
    return fixed.STATUSES.get(name or "To Do", fixed.STATUSES["To Do"])[0]


def _category(status: str) -> int:
    return next(category for number, category in fixed.STATUSES.values() if number == status)
