"""The part of a property's rule that only its value can answer, as one function a rule and Python type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mainstem.tracking.json_types import is_of_type, needs_value, takes
from mainstem.tracking.violations import (
    ITEMS,
    Violation,
    additional,
    mismatch,
    missing,
    not_matching,
    not_planned_value,
)

if TYPE_CHECKING:
    from mainstem.tracking.paths import Path
    from mainstem.tracking.plan import PropertyRule, Rules

Tell = Callable[[Violation], None]
ValueCheck = Callable[[Any, Tell], None]

LONGEST_MATCHED = 1000
"""Characters of a text that a pattern is tried on; a longer one does not match."""
_NULL = type(None)


def value_check(rule: PropertyRule, kind: type, path: Path, closed: bool) -> ValueCheck | None:
    """What is still to be asked of a value of the Python type `kind`, which the rule takes; None if nothing.

    `closed` says whether names that are not planned are told of, within the items of an array.
    """
    if kind is _NULL:
        return None
    asked = (
        _type_check(rule, kind, path),
        _enum_check(rule, path),
        _pattern_check(rule, kind, path),
    )
    checks = [check for check in asked if check is not None]
    if kind is list and rule.items is not None:
        checks.append(_items_check(rule.items, (*path, ITEMS), closed))
    if not checks:
        return None
    return checks[0] if len(checks) == 1 else _all(checks)


def _all(checks: list[ValueCheck]) -> ValueCheck:
    def check(value: Any, tell: Tell) -> None:
        for one in checks:
            one(value, tell)

    return check


def _type_check(rule: PropertyRule, kind: type, path: Path) -> ValueCheck | None:
    """Needed where every type that takes the Python type wants to see the value."""
    taking = [name for name in rule.types if takes(name, kind)]
    if not taking or not all(needs_value(name, kind) for name in taking):
        return None
    violation = mismatch(path, rule, kind)

    def check(value: Any, tell: Tell) -> None:
        if not any(is_of_type(name, value) for name in taking):
            tell(violation)

    return check


def _enum_check(rule: PropertyRule, path: Path) -> ValueCheck | None:
    if not rule.enum:
        return None
    # True == 1 in Python and not in JSON, while 1.0 == 1 in both.
    valid = frozenset((isinstance(value, bool), value) for value in rule.enum)
    violation = not_planned_value(path)

    def check(value: Any, tell: Tell) -> None:
        if isinstance(value, list | dict) or (isinstance(value, bool), value) not in valid:
            tell(violation)

    return check


def _pattern_check(rule: PropertyRule, kind: type, path: Path) -> ValueCheck | None:
    if rule.pattern is None or kind is not str:
        return None
    search = re.compile(rule.pattern).search
    violation = not_matching(path)

    def check(value: Any, tell: Tell) -> None:
        if len(value) > LONGEST_MATCHED or not search(value):
            tell(violation)

    return check


def _items_check(rule: PropertyRule, path: Path, closed: bool) -> ValueCheck:
    """Every kind of violation is told once, however many items have it."""
    check_item = whole_check(rule, path, closed)

    def check(value: Any, tell: Tell) -> None:
        told: set[Violation] = set()

        def tell_once(violation: Violation) -> None:
            if violation not in told:
                told.add(violation)
                tell(violation)

        for item in value:
            check_item(item, tell_once)

    return check


def whole_check(rule: PropertyRule, path: Path, closed: bool) -> ValueCheck:
    """Holds any value to its rule, with all that is within it."""
    by_kind: dict[type, ValueCheck] = {}

    def check(value: Any, tell: Tell) -> None:
        kind = type(value)
        known = by_kind.get(kind)
        if known is None:
            known = by_kind[kind] = _kind_check(rule, kind, path, closed)
        known(value, tell)

    return check


def _kind_check(rule: PropertyRule, kind: type, path: Path, closed: bool) -> ValueCheck:
    if rule.nullable if kind is _NULL else any(takes(name, kind) for name in rule.types):
        checks = [check for check in (value_check(rule, kind, path, closed),) if check is not None]
        if kind is dict and rule.properties is not None:
            checks.append(_object_check(rule.properties, path, closed))
        return _all(checks)
    violation = mismatch(path, rule, kind)
    return lambda value, tell: tell(violation)


def _object_check(rules: Rules, path: Path, closed: bool) -> ValueCheck:
    checks = {key: whole_check(rule, (*path, key), closed) for key, rule in rules.items()}
    required = {key: missing((*path, key)) for key, rule in rules.items() if rule.required}

    def check(value: Any, tell: Tell) -> None:
        for key, one in value.items():
            if key in checks:
                checks[key](one, tell)
            elif closed and checks:
                tell(additional((*path, key)))
        for key, violation in required.items():
            if key not in value:
                tell(violation)

    return check
