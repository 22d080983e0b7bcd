"""From the text of a plan file to a Plan, or to everything that is wrong with it, by file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import Place, PlanProblem, TrackingPlanError
from mainstem.tracking.plan import (
    CONSEQUENCES,
    NAMED_TYPES,
    PLANNED_TYPES,
    SAMPLE_UNITS,
    UNPLANNED,
    Plan,
    PlannedEvent,
    Unplanned,
)
from mainstem.tracking.read_rules import read_rules
from mainstem.tracking.yaml_table import Problems, Table, compose

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

SUFFIX = ".yml"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"v?\d+(\.\d+)*([-+.][0-9A-Za-z.+-]+)?")

_PLAN_KEYS = (
    "version", "description", "owner", "unplanned_events", "unplanned_properties", "violations",
    "max_properties_per_event", "max_events_per_source", "context", "events",
)  # fmt: skip
_EVENT_KEYS = (
    "name", "type", "description", "owner", "since", "deprecated", "sample_rate", "sample_by",
    "unplanned_properties", "properties", "traits", "context",
)  # fmt: skip


def read_plan(file: Path) -> Plan:
    """Raises TrackingPlanError for a file that is not there, cannot be read, or holds what is not valid."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as e:
        raise TrackingPlanError([PlanProblem(Place(file), "there is no such tracking plan")]) from e
    except OSError as e:
        raise TrackingPlanError([PlanProblem(Place(file), f"cannot be read: {e.strerror}")]) from e
    except UnicodeDecodeError as e:
        problem = PlanProblem(Place(file), f"not UTF-8 text: {e.reason} at byte {e.start}")
        raise TrackingPlanError([problem]) from e
    return parse_plan(text, file)


def parse_plan(text: str, file: Path) -> Plan:
    """The plan in `text`; `file` names it, and stands in what is told of it. Raises TrackingPlanError."""
    problems = Problems(file)
    if not _ID.fullmatch(file.stem):
        problems.add(None, f"{file.stem!r} cannot name a plan", "letters, digits, `_`, `-` and `.`")
    root = compose(text, problems)
    plan = None if root is None else _plan(file.stem, Table(root, problems, "the plan"))
    if problems.found or plan is None:
        raise TrackingPlanError(sorted(problems.found, key=lambda problem: problem.where.line or 0))
    return plan


def _plan(name: str, table: Table) -> Plan:
    table.only(_PLAN_KEYS)
    if "version" not in table:
        table.problems.add(table.line, "the plan has no version", "version: 1, raised with every change")
    return Plan(
        id=name,
        version=table.count("version", 1) or 1,
        description=table.text("description"),
        owner=table.text("owner"),
        unplanned_events=table.choice("unplanned_events", UNPLANNED, "annotate"),
        unplanned_properties=table.choice("unplanned_properties", UNPLANNED, "annotate"),
        violations=table.choice("violations", CONSEQUENCES, "annotate"),
        max_properties_per_event=table.count("max_properties_per_event", None),
        max_events_per_source=table.count("max_events_per_source", None),
        context=read_rules(table, "context", "the context"),
        events=_events(table),
    )


def _events(table: Table) -> tuple[PlannedEvent, ...]:
    found: dict[tuple[str, str | None], int] = {}
    events = []
    for node in table.items("events"):
        event, line = _event(node, table.problems)
        if event.key in found:
            table.problems.add(line, f"{event.label!r} is planned twice; first in line {found[event.key]}")
        found.setdefault(event.key, line)
        events.append(event)
    return tuple(events)


def _event(node: yaml.Node, problems: Problems) -> tuple[PlannedEvent, int]:
    table = Table(node, problems, "an event")
    name = table.text("name") or None
    kind = table.choice("type", PLANNED_TYPES, "track")
    table.what = f"event {name!r}" if name else f"the event of type {kind}"
    table.only(_EVENT_KEYS)
    _check_name(table, kind, name)
    event = PlannedEvent(
        name=name if kind in NAMED_TYPES else None,
        type=kind,
        description=table.text("description"),
        owner=table.text("owner"),
        since=_since(table),
        deprecated=_deprecated(table),
        sample_rate=_sample_rate(table),
        sample_by=table.choice("sample_by", SAMPLE_UNITS, "person"),
        unplanned_properties=_unplanned(table),
        context=read_rules(table, "context", f"the context of {table.what}"),
    )
    return _with_properties(table, event), table.line


def _with_properties(table: Table, event: PlannedEvent) -> PlannedEvent:
    other = "properties" if event.section == "traits" else "traits"
    if other in table:
        table.wrong(other, f"an event of type {event.type} has no {other}", event.section)
    rules = read_rules(table, event.section, f"{event.section} of {table.what}")
    return msgspec.structs.replace(event, properties=rules)


def _check_name(table: Table, kind: str, name: str | None) -> None:
    if kind == "track" and name is None and table.is_mapping:
        table.wrong("name", "a track event has no name", "name: Signed Up")
    elif kind not in NAMED_TYPES and name is not None:
        table.wrong("name", f"an event of type {kind} has no name", "leave it out")


def _since(table: Table) -> str:
    since = table.text("since")
    if since and not _VERSION.fullmatch(since):
        table.wrong("since", f"since is {since!r}", "a product version such as 2.4 or 2.4.1-beta")
    return since


def _deprecated(table: Table) -> str | bool:
    text = table.text("deprecated")
    return {"true": True, "yes": True, "false": False, "no": False, "": False}.get(text.lower(), text)


def _sample_rate(table: Table) -> float:
    rate = table.number("sample_rate", 1.0)
    if rate is None or not 0 < rate <= 1:
        table.wrong("sample_rate", f"sample_rate is {table.text('sample_rate')!r}", "above 0 and at most 1")
        return 1.0
    return rate


def _unplanned(table: Table) -> Unplanned | None:
    if "unplanned_properties" not in table:
        return None
    return table.choice("unplanned_properties", UNPLANNED, "annotate")
