"""What an issue's fields were, and when: its changelog read backwards from what it holds now. Pure.

A field has a row for the value it was created with and one for each change; a field of several values one
for each value it had from then on, and an empty one where it lost the last. Values are ids where Jira has
ids, else the text people read.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.connectors.jira.document import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mainstem.connectors.streams import Row

Object = dict[str, Any]
_UNTRACKED = {
    "created", "updated", "creator", "lastViewed", "resolutiondate", "statuscategorychangedate", "workratio",
    "votes", "watches", "comment", "worklog", "progress", "aggregateprogress", "aggregatetimespent",
    "aggregatetimeestimate", "aggregatetimeoriginalestimate", "thumbnail", "timetracking", "issuelinks",
    "subtasks", "attachment", "issuerestriction", "statusCategory",
}  # fmt: skip
"""Fields without a history, or with one that says no more than a table of their own does."""
_ONE_BY_ONE = {"version", "component"}
"""Kinds of values that come and go in entries of their own; of others an entry has all values."""
_RANK = "gh-lexo-rank"
_Changes = dict[str, list[tuple[datetime, str | None, Object]]]


def histories(
    issue: Object, events: Sequence[Object], fields: Mapping[str, Object]
) -> tuple[list[Row], list[Row]]:
    """Rows of fields with one value, and of those with several; `fields` are all there are, by id."""
    changes = _by_field(events)
    now: Object = {"issuekey": issue.get("key"), **(issue.get("fields") or {})}
    created, creator = moment(now["created"]), account(now.get("creator"))
    single: list[Row] = []
    several: list[Row] = []
    for field in sorted({*changes, *(name for name, value in now.items() if value is not None)}):
        if field in _UNTRACKED or _RANK in str(_schema(fields, field).get("custom")):
            continue
        start = (int(issue["id"]), field, created, creator)
        if is_array(fields.get(field, {})):
            several += _several(start, changes.get(field, []), now.get(field), _schema(fields, field))
        else:
            single += _single(start, changes.get(field, []), now.get(field))
    return single, several


def moment(written: str | int) -> datetime:
    """Milliseconds since 1970, or text with an offset, in UTC."""
    if isinstance(written, int):
        return datetime.fromtimestamp(written / 1000, UTC)
    return datetime.fromisoformat(written).astimezone(UTC)


def account(user: Object | None) -> str | None:
    return None if not user else user.get("accountId")


def is_array(field: Object) -> bool:
    return bool((field.get("schema") or {}).get("type") == "array")


def value_text(value: Any) -> str | None:
    """A value of a field as one text: the id of what has one."""
    match value:
        case None:
            return None
        case dict() if value.get("type") == "doc":
            return plain_text(value)
        case dict():
            found = value.get("id") or value.get("accountId") or value.get("value") or value.get("name")
            return None if found is None else str(found)
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return ", ".join(filter(None, map(value_text, value)))
    return str(value)


def _schema(fields: Mapping[str, Object], field: str) -> Object:
    return fields.get(field, {}).get("schema") or {}


def _by_field(events: Iterable[Object]) -> _Changes:
    found: _Changes = {}
    for event in sorted(events, key=lambda one: (moment(one["created"]), int(one["id"]))):
        for item in event.get("items") or ():
            field = item.get("fieldId") or item.get("field")
            found.setdefault(field, []).append((moment(event["created"]), account(event.get("author")), item))
    return found


def _single(
    start: tuple[int, str, datetime, str | None],
    changes: list[tuple[datetime, str | None, Object]],
    now: Any,
) -> Iterator[Row]:
    issue, field, created, creator = start
    first = _side(changes[0][2], "from") if changes else value_text(now)
    rows: dict[datetime, tuple[str | None, str | None]] = {}
    if first is not None:
        rows[created] = (first, creator)
    for at, author, item in changes:
        rows[at] = (_side(item, "to"), author)
    last = max(rows, default=created)
    for at, (value, author) in rows.items():
        yield {
            "issue_id": issue,
            "field_id": field,
            "time": at,
            "value": value,
            "author_id": author,
            "is_active": at == last,
        }


def _several(
    start: tuple[int, str, datetime, str | None],
    changes: list[tuple[datetime, str | None, Object]],
    now: Any,
    schema: Object,
) -> Iterator[Row]:
    issue, field, created, creator = start
    current = [text for one in now or () if (text := value_text(one)) is not None]
    states = _one_by_one(changes, current) if _is_one_by_one(schema) else _whole(changes, current)
    rows: dict[datetime, tuple[list[str], str | None]] = {}
    if states[0]:
        rows[created] = (states[0], creator)
    for (at, author, _), values in zip(changes, states[1:], strict=True):
        rows[at] = (values, author)
    last = max(rows, default=created)
    for at, (values, author) in rows.items():
        for value in dict.fromkeys(values) or (None,):
            name = f"{issue}/{field}/{at.isoformat()}/{value if value is not None else ''}"
            yield {
                "_fivetran_id": hashlib.sha256(name.encode()).hexdigest()[:32],
                "issue_id": issue,
                "field_id": field,
                "time": at,
                "value": value,
                "author_id": author,
                "is_active": at == last,
            }


def _is_one_by_one(schema: Object) -> bool:
    return schema.get("items") in _ONE_BY_ONE


def _one_by_one(changes: list[tuple[datetime, str | None, Object]], current: list[str]) -> list[list[str]]:
    """Values at the beginning and after each change, from those of now."""
    states = [current]
    for _, _, item in reversed(changes):
        before = [one for one in states[0] if one != item.get("to")]
        if item.get("from"):
            before.append(item["from"])
        states.insert(0, before)
    return states


def _whole(changes: list[tuple[datetime, str | None, Object]], current: list[str]) -> list[list[str]]:
    if not changes:
        return [current]
    return [_listed(changes[0][2], "from"), *(_listed(item, "to") for _, _, item in changes)]


def _listed(item: Object, side: str) -> list[str]:
    """Ids as `1, 2` or `[1, 2]`; of labels, which have none, the words."""
    ids = item.get(side)
    if ids:
        return [part.strip() for part in ids.strip("[]").split(",") if part.strip()]
    words = item.get(f"{side}String") or ""
    return (
        words.split() if item.get("field") == "labels" else [p.strip() for p in words.split(",") if p.strip()]
    )


def _side(item: Object, side: str) -> str | None:
    """Of an entry its id before (`from`) or after (`to`), or its text; empty is none."""
    return item.get(side) or item.get(f"{side}String") or None
