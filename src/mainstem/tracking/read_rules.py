"""Rules of properties as a plan file writes them: in full, in short (`plan: string`), or by dotted path."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml

from mainstem.tracking.json_types import is_of_type
from mainstem.tracking.paths import split_path
from mainstem.tracking.plan import DEEPEST, NO_RULES, TYPES, PropertyRule
from mainstem.tracking.yaml_table import Table, line_of, scalar, shown

if TYPE_CHECKING:
    from mainstem.tracking.plan import JsonType, Rules, Scalar

_KEYS = (
    "type", "required", "nullable", "enum", "pattern", "description", "properties", "items",
)  # fmt: skip
_REPEATED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*(?<!\\)[+*}](?:[^()\\]|\\.)*\)[+*{]")
"""`(a+)+` takes for ever on text that nearly matches, and senders choose the text."""
_TYPES = ", ".join(TYPES) + ", or a list of these"
_PARTS = {"properties": ("object",), "items": ("array",), "pattern": ("string", "datetime")}


def read_rules(table: Table, key: str, what: str) -> Rules:
    """The rules under `key`; none where it is not there."""
    inner = table.table(key, what)
    return NO_RULES if inner is None else _rules(inner, what, DEEPEST)


def _rules(table: Table, what: str, levels: int) -> Rules:
    found: dict[str, Any] = {}
    for name, node in table:
        if not all(split_path(name)):
            table.wrong(name, f"{name!r} is no name of a property", "names joined by dots")
            continue
        rule = _rule(node, table, f"{what}: {name!r}", levels - len(split_path(name)))
        if not _put(found, split_path(name), rule):
            table.wrong(name, f"{name!r} is given twice, once by a dotted path")
    return {name: _settled(rule) for name, rule in found.items()}


def _put(into: dict[str, Any], path: tuple[str, ...], rule: PropertyRule) -> bool:
    """Put a rule where its path says, through objects that the path implies; False where one stands."""
    *outer, last = path
    for key in outer:
        into = into.setdefault(key, {})
        if not isinstance(into, dict):
            return False
    if last in into:
        return False
    into[last] = rule
    return True


def _settled(rule: PropertyRule | dict[str, Any]) -> PropertyRule:
    if isinstance(rule, PropertyRule):
        return rule
    inner = {name: _settled(one) for name, one in rule.items()}
    return PropertyRule(("object",), required=any(one.required for one in inner.values()), properties=inner)


def _rule(node: yaml.Node, table: Table, what: str, levels: int) -> PropertyRule:
    if levels < 0:
        table.problems.add(line_of(node), f"{what} lies too deep", f"at most {DEEPEST} objects in each other")
        return PropertyRule()
    if isinstance(node, yaml.ScalarNode | yaml.SequenceNode):
        types, nullable = _types([node] if isinstance(node, yaml.ScalarNode) else node.value, table, what)
        return PropertyRule(types, nullable=nullable)
    own = Table(node, table.problems, what)
    own.only(_KEYS)
    rule = _full(own, what, levels)
    _check_parts(own, rule)
    return rule


def _full(own: Table, what: str, levels: int) -> PropertyRule:
    inner = own.table("properties", what)
    items = own.node("items")
    properties = None if inner is None else _rules(inner, what, levels)
    written = own.items("type")
    if written:
        types, nullable = _types(written, own, what)
    else:
        types, nullable = (_implied(properties is not None, items is not None),), False
    return PropertyRule(
        types=types,
        required=own.flag("required"),
        nullable=nullable or own.flag("nullable"),
        enum=_enum(own),
        pattern=_pattern(own),
        description=own.text("description"),
        properties=properties,
        items=None if items is None else _rule(items, own, f"{what}: items", levels - 1),
    )


def _implied(has_properties: bool, has_items: bool) -> JsonType:
    return "object" if has_properties else "array" if has_items else "any"


def _types(written: list[yaml.Node], table: Table, what: str) -> tuple[tuple[JsonType, ...], bool]:
    """The types, and whether `null` is among them."""
    found: list[JsonType] = []
    nullable = False
    for node in written:
        text = node.value if isinstance(node, yaml.ScalarNode) else None
        known: JsonType | None = next((one for one in TYPES if one == text), None)
        if text == "null":
            nullable = True
        elif known is None:
            table.problems.add(line_of(node), f"{what}: type is {shown(node)}", _TYPES)
        elif known not in found:
            found.append(known)
    return tuple(found) or ("any",), nullable


def _enum(own: Table) -> tuple[Scalar, ...]:
    values = []
    for node in own.items("enum"):
        value = scalar(node)
        if isinstance(value, float) and not math.isfinite(value):
            value = None
        if value is None:
            own.wrong("enum", f"enum holds {shown(node)}", "texts, numbers, true and false")
        else:
            values.append(value)
    if "enum" in own and not own.items("enum"):
        own.wrong("enum", "enum is empty, so that no value would do", "a list of values")
    return tuple(values)


def _pattern(own: Table) -> str | None:
    if "pattern" not in own:
        return None
    pattern = own.text("pattern")
    if problem := pattern_problem(pattern):
        own.wrong("pattern", f"pattern {pattern!r} {problem[0]}", problem[1])
        return None
    return pattern


def pattern_problem(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern and what is valid; None where it will do."""
    try:
        re.compile(pattern)
    except re.error as e:
        return f"is no regular expression: {e}", "Python's `re` syntax"
    if _REPEATED_REPEAT.search(pattern):
        return "repeats what repeats", "a form that no text can keep busy, such as `a+` for `(a+)+`"
    return None


def _check_parts(own: Table, rule: PropertyRule) -> None:
    """What a rule says of one type must be said of a rule for that type."""
    for key, kinds in _PARTS.items():
        if key in own and not set(kinds) & set(rule.types):
            own.wrong(key, f"{key} says nothing of type {', '.join(rule.types)}", f"type: {kinds[0]}")
    for value in rule.enum:
        if not any(is_of_type(one, value) for one in rule.types):
            problem = f"enum holds {value!r}, which is no {' or '.join(rule.types)}"
            own.wrong("enum", problem, "values of the type; quote a text that YAML reads as something else")
