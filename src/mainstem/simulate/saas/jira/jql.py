"""JQL as far as clients here write it: comparisons joined by AND, and ORDER BY one field.

Dates have minutes and are read in the zone of whoever asks. It decides on issues, and answers nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.jira import fixed

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from mainstem.simulate.saas.jira.site import Issue, Site

_CLAUSE = re.compile(
    r'\s*(?P<field>\w+)\s*(?:(?P<op>>=|<=|!=|=|>|<)\s*(?P<value>"[^"]*"|\'[^\']*\'|[^\s()]+)'
    r"|(?P<is>is(?:\s+not)?)\s+(?:empty|null)|(?P<in>(?:not\s+)?in)\s*\((?P<values>[^)]*)\))\s*",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\border\s+by\s+(\w+)(?:\s+(asc|desc))?\s*$", re.IGNORECASE)
_DATES = {"created", "updated"}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


class JqlError(ValueError):
    """What Jira would say of it."""


@dataclass(frozen=True)
class Found:
    issues: list[Issue]
    """In their order."""
    place: Callable[[Issue], tuple[Any, int]]
    descending: bool


def search(site: Site, jql: str, zone: ZoneInfo) -> Found:
    """Raises JqlError for what it does not understand, and for a query without a bound."""
    order = _ORDER.search(jql)
    where = (jql[: order.start()] if order else jql).strip()
    if not where:
        raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction.")
    issues = list(site.issues.values())
    for clause in re.split(r"\s+and\s+", where, flags=re.IGNORECASE):
        matched = _CLAUSE.fullmatch(clause)
        if matched is None:
            raise JqlError(f"Error in the JQL Query: expecting a comparison but got '{clause}'.")
        test = _test(site, matched, zone)
        issues = [one for one in issues if test(one)]
    by, descending = (order[1].lower(), (order[2] or "").lower() == "desc") if order else ("created", True)
    place = _place(by)
    return Found(sorted(issues, key=place, reverse=descending), place, descending)


def _place(by: str) -> Callable[[Issue], tuple[Any, int]]:
    match by:
        case "updated":
            return lambda one: (one.updated.timestamp(), one.number)
        case "created":
            return lambda one: (one.created.timestamp(), one.number)
        case "key" | "issuekey":
            return lambda one: (_key_place(one.key), one.number)
        case "id":
            return lambda one: (0, one.number)
    raise JqlError(f"Not able to sort using field '{by}'.")


def _key_place(key: str) -> str:
    project, _, number = key.partition("-")
    return f"{project}-{int(number):09d}"


def _test(site: Site, clause: re.Match[str], zone: ZoneInfo) -> Callable[[Issue], bool]:
    name = clause["field"].lower()
    if clause["is"]:
        wants_empty = "not" not in clause["is"].lower()
        return lambda one: (not _values(site, one, name)) is wants_empty
    if clause["in"]:
        wanted = {_plain(part).lower() for part in clause["values"].split(",")}
        is_in = "not" not in clause["in"].lower()
        return lambda one: bool(wanted & _values(site, one, name)) is is_in
    value, operator = _plain(clause["value"]), clause["op"]
    if name in _DATES:
        bound = _moment(value, zone)
        if operator not in _COMPARED:
            raise JqlError(f"The operator '{operator}' is not supported by the '{name}' field here.")
        return lambda one: _COMPARED[operator](getattr(one, name), bound)
    if operator not in ("=", "!="):
        raise JqlError(f"The operator '{operator}' is not supported by the '{name}' field.")
    return lambda one: (value.lower() in _values(site, one, name)) is (operator == "=")


def _values(site: Site, issue: Issue, name: str) -> set[str]:
    """What a field of an issue may be called in a query, in lower case."""
    fields = issue.fields
    match name:
        case "id" | "key" | "issuekey" | "issue":
            return {issue.key.lower(), str(issue.number)}
        case "project":
            project = site.projects[fields["project"]]
            return {project["key"].lower(), project["name"].lower(), str(fields["project"])}
        case "status":
            return _named({label: number for label, (number, _) in fixed.STATUSES.items()}, fields["status"])
        case "issuetype" | "type":
            return _named(fixed.TYPES, fields["issuetype"])
        case "resolution":
            return _named(fixed.RESOLUTIONS, fields["resolution"])
        case "assignee" | "reporter":
            return {str(fields[name]).lower()} if fields[name] else set()
        case "sprint":
            return {str(one) for one in fields[fixed.SPRINT]}
        case "labels":
            return {one.lower() for one in fields["labels"]}
    raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")


def _named(values: dict[str, str], number: str | None) -> set[str]:
    return set() if number is None else {number, *(k.lower() for k, v in values.items() if v == number)}


def _plain(text: str) -> str:
    return text.strip().strip("\"'")


def _moment(text: str, zone: ZoneInfo) -> datetime:
    for form in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise JqlError(
        f"Date value '{text}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', "
        "'yyyy/MM/dd', 'yyyy-MM-dd'."
    )
