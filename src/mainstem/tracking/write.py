"""A plan as the text of a plan file: what is written reads back as the same plan.

Only what is not the default is written, a short rule in its short form, in the order of the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from mainstem.tracking.paths import join_path

if TYPE_CHECKING:
    from mainstem.tracking.plan import Plan, PlannedEvent, PropertyRule, Rules

_LINE = 110
_OF_ITS_OWN_LINE = frozenset({"properties", "items", "description"})


def plan_text(plan: Plan, comment: str = "") -> str:
    """YAML; `comment` stands above it, a `#` before each line."""
    head = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    body = yaml.dump(_plan(plan), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_LINE)
    return head + str(body)


class _Dumper(yaml.SafeDumper):
    """Lists of scalars and short rules in one line, all else in lines of their own; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Inline(list[Any]):
    """A list that is written in one line."""


def _represent_inline(dumper: _Dumper, data: _Inline) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", list(data), flow_style=True)


class _InlineTable(dict[str, Any]):
    """A mapping that is written in one line."""


def _represent_inline_table(dumper: _Dumper, data: _InlineTable) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", dict(data), flow_style=True)


_Dumper.add_representer(_Inline, _represent_inline)
_Dumper.add_representer(_InlineTable, _represent_inline_table)


def _plan(plan: Plan) -> dict[str, Any]:
    written = {"version": plan.version} | _changed(
        plan,
        "description", "owner", "unplanned_events", "unplanned_properties", "violations",
        "max_properties_per_event", "max_events_per_source",
    )  # fmt: skip
    if plan.context:
        written["context"] = _rules(plan.context)
    written["events"] = [_event(event) for event in plan.events]
    return written


def _event(event: PlannedEvent) -> dict[str, Any]:
    written = _changed(
        event,
        "name", "type", "description", "owner", "since", "deprecated", "sample_rate", "sample_by",
        "unplanned_properties",
    )  # fmt: skip
    if event.properties:
        written[event.section] = _rules(event.properties)
    if event.context:
        written["context"] = _rules(event.context)
    return written or {"type": event.type}


def _rules(rules: Rules) -> dict[str, Any]:
    return {join_path([name]): _rule(rule) for name, rule in rules.items()}


def _rule(rule: PropertyRule) -> Any:
    types = _types(rule)
    written: dict[str, Any] = {} if types == "any" else {"type": types}
    written |= _changed(rule, "required")
    if rule.enum:
        written["enum"] = _Inline(rule.enum)
    written |= _changed(rule, "pattern", "description")
    if rule.properties is not None:
        written["properties"] = _rules(rule.properties)
    if rule.items is not None:
        written["items"] = _rule(rule.items)
    if not written or written.keys() == {"type"}:
        return types
    return written if written.keys() & _OF_ITS_OWN_LINE else _InlineTable(written)


def _types(rule: PropertyRule) -> Any:
    names = [*rule.types, *(["null"] if rule.nullable else [])]
    return names[0] if len(names) == 1 else _Inline(names)


def _changed(value: msgspec.Struct, *names: str) -> dict[str, Any]:
    """The named fields that are not at their default."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(type(value))}
    found = {name: getattr(value, name) for name in names}
    return {name: one for name, one in found.items() if one != defaults[name]}
