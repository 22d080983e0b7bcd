"""Objects of Jira's API as rows of tables. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mainstem.connectors.jira.document import plain_text
from mainstem.connectors.jira.history import account, is_array, moment, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.connectors.streams import Row

Object = dict[str, Any]
CUSTOM = "custom_"
_SECONDS = {
    "timeoriginalestimate": "original_estimate",
    "timeestimate": "remaining_estimate",
    "timespent": "time_spent",
}


def custom_columns(fields: Iterable[Object]) -> dict[str, str]:
    """Column of each custom field with one value, by the field's id; of those with the same name, with it."""
    custom = [one for one in fields if one.get("custom") and not is_array(one)]
    names = [_snake(one["name"]) for one in custom]
    return {
        one["id"]: CUSTOM + (name if names.count(name) == 1 else f"{name}_{_snake(one['id'])}")
        for one, name in zip(custom, names, strict=True)
    }


def issue(found: Object, columns: Mapping[str, str]) -> Row:
    fields: Object = found.get("fields") or {}
    row: Object = {
        "id": found["id"],
        "key": found.get("key"),
        "summary": fields.get("summary"),
        "description": plain_text(fields.get("description")),
        "environment": plain_text(fields.get("environment")),
        "project": _id(fields.get("project")),
        "issue_type": _id(fields.get("issuetype")),
        "status": _id(fields.get("status")),
        "priority": _id(fields.get("priority")),
        "resolution": _id(fields.get("resolution")),
        "assignee": account(fields.get("assignee")),
        "reporter": account(fields.get("reporter")),
        "creator": account(fields.get("creator")),
        "parent_id": _id(fields.get("parent")),
        "created": _moment(fields.get("created")),
        "updated": _moment(fields.get("updated")),
        "resolved": _moment(fields.get("resolutiondate")),
        "status_category_changed": _moment(fields.get("statuscategorychangedate")),
        "due_date": fields.get("duedate"),
        "work_ratio": fields.get("workratio"),
    }
    for field, column in _SECONDS.items():
        row[column] = row[f"_{column}"] = fields.get(field)
    for field, column in columns.items():
        row[column] = _plain(fields.get(field))
    return row


def links(found: Object) -> Iterator[Row]:
    """Of both directions, as people read it from this issue: `blocks`, `is blocked by`."""
    for link in (found.get("fields") or {}).get("issuelinks") or ():
        for side, words in (("outwardIssue", "outward"), ("inwardIssue", "inward")):
            if side in link:
                yield {
                    "issue_id": found["id"],
                    "related_issue_id": link[side]["id"],
                    "relationship": link["type"].get(words) or link["type"]["name"],
                }


def comment(found: Object, issue_id: str) -> Row:
    return {
        "id": found["id"],
        "issue_id": issue_id,
        "author_id": account(found.get("author")),
        "update_author_id": account(found.get("updateAuthor")),
        "body": plain_text(found.get("body")),
        "created": _moment(found.get("created")),
        "updated": _moment(found.get("updated")),
        "is_public": found.get("jsdPublic"),
    }


def worklog(found: Object) -> Row:
    return {
        "id": found["id"],
        "issue_id": found["issueId"],
        "author_id": account(found.get("author")),
        "update_author_id": account(found.get("updateAuthor")),
        "comment": plain_text(found.get("comment")),
        "created": _moment(found.get("created")),
        "updated": _moment(found.get("updated")),
        "started": _moment(found.get("started")),
        "time_spent_seconds": found.get("timeSpentSeconds"),
    }


def board(found: Object) -> Row:
    return {"id": found["id"], "name": found.get("name"), "type": found.get("type")}


def sprint(found: Object) -> Row:
    return {
        "id": found["id"],
        "board_id": found.get("originBoardId"),
        "name": found.get("name"),
        "goal": found.get("goal"),
        "state": found.get("state"),
        "start_date": _moment(found.get("startDate")),
        "end_date": _moment(found.get("endDate")),
        "complete_date": _moment(found.get("completeDate")),
    }


def project(found: Object) -> Row:
    return {
        "id": found["id"],
        "key": found.get("key"),
        "name": found.get("name"),
        "description": found.get("description"),
        "lead_id": account(found.get("lead")),
        "project_category_id": _id(found.get("projectCategory")),
        "project_type_key": found.get("projectTypeKey"),
    }


def component(found: Object, project_id: str) -> Row:
    return {**named(found), "project_id": project_id}


def version(found: Object) -> Row:
    return {
        **named(found),
        "project_id": found.get("projectId"),
        "archived": found.get("archived"),
        "released": found.get("released"),
        "overdue": found.get("overdue"),
        "start_date": found.get("startDate"),
        "release_date": found.get("releaseDate"),
    }


def user(found: Object) -> Row:
    return {
        "id": found["accountId"],
        "name": found.get("displayName"),
        "username": found.get("name"),
        "email": found.get("emailAddress"),
        "locale": found.get("locale"),
        "time_zone": found.get("timeZone"),
        "is_active": found.get("active"),
        "account_type": found.get("accountType"),
    }


def field(found: Object, columns: Mapping[str, str]) -> Row:
    return {
        "id": found["id"],
        "name": found.get("name"),
        "is_array": is_array(found),
        "is_custom": found.get("custom"),
        "type": (found.get("schema") or {}).get("type"),
        "issue_column": columns.get(found["id"]),
    }


def status(found: Object) -> Row:
    return {**named(found), "status_category_id": _id(found.get("statusCategory"))}


def issue_type(found: Object) -> Row:
    return {**named(found), "subtask": found.get("subtask")}


def named(found: Object) -> Row:
    return {"id": found["id"], "name": found.get("name"), "description": found.get("description")}


def _id(found: Object | None) -> Any:
    return None if not found else found.get("id")


def _moment(written: str | None) -> Any:
    return None if not written else moment(written)


def _plain(value: Any) -> Any:
    """A custom field's value: numbers and text as they are, options and people by their name."""
    if isinstance(value, dict) and value.get("type") != "doc":
        return value.get("value") or value.get("displayName") or value.get("name") or value_text(value)
    return plain_text(value) if isinstance(value, dict) else value


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
