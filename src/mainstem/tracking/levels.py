"""The check of one object of an event against its rules, remembered by its shape.

The keys of an object and the Python types of its values are its shape. All that a plan says of types, of
required and of unplanned names follows from the shape alone, and is worked out the first time it comes: a
shape that came before costs one tuple and one look-up (0.5 µs for 12 properties). Only what depends on a
value (an enum, a pattern, a datetime, the items of an array) is looked at each time. Nothing here raises for
anything JSON can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.tracking.json_types import JSON_TYPES, takes
from mainstem.tracking.plan import DEEPEST, NO_RULES, PropertyRule, Rules
from mainstem.tracking.values import value_check
from mainstem.tracking.violations import MOST_VIOLATIONS, Violation, additional, mismatch, missing

if TYPE_CHECKING:
    from mainstem.tracking.catalogue import SeenEvent, SeenProperty, SourceCatalogue
    from mainstem.tracking.paths import Path
    from mainstem.tracking.values import ValueCheck

Shape = tuple[Any, ...]

SHAPES_BYTES = 1024 * 1024
"""What the shapes of one source may take, about; then all are forgotten, and learned again as they come."""
_SHAPE_BYTES = 400
_KEY_BYTES = 24


class Findings:
    """What is wrong with the event that is being looked at; one object serves event after event."""

    __slots__ = ("is_clean", "surplus", "unplanned", "violations")

    def __init__(self) -> None:
        self.is_clean = True
        """Whether there is nothing in it: an attribute, for asking a method cost 0.1 µs each time."""
        self.violations: list[Violation] = []
        self.unplanned: list[tuple[dict[str, Any], str, Path]] = []
        """Names that the plan does not know: the object they stand in, the name, the whole path."""
        self.surplus: list[tuple[dict[str, Any], str, Path]] = []
        """Names past their budget, likewise."""

    def add(self, violation: Violation) -> None:
        self.is_clean = False
        if len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(violation)

    def clear(self) -> None:
        self.is_clean = True
        self.violations.clear()
        self.unplanned.clear()
        self.surplus.clear()


class Known:
    """All that follows from one shape."""

    __slots__ = ("checks", "count", "entries", "is_clean", "nested", "surplus", "unplanned", "violations")

    def __init__(self) -> None:
        self.count = 0
        """Objects of this shape that are not yet in the catalogue's counts."""
        self.entries: list[SeenProperty] = []
        self.nested: list[tuple[str, Level]] = []
        self.checks: list[tuple[str, ValueCheck]] = []
        self.violations: list[Violation] = []
        self.unplanned: list[str] = []
        self.surplus: list[str] = []
        self.is_clean = True


class Watcher:
    """What the levels of one source share: the catalogue, the moment, and the room for shapes."""

    __slots__ = ("at", "catalogue", "levels", "room")

    def __init__(self, catalogue: SourceCatalogue) -> None:
        self.catalogue = catalogue
        self.at = ""
        """When the event that is being looked at was received."""
        self.levels: list[Level] = []
        """Those that hold shapes."""
        self.room = SHAPES_BYTES

    def fold(self) -> None:
        """Put what was counted by shape into the catalogue."""
        for level in self.levels:
            for known in level.shapes.values():
                count(known, self.at)

    def forget(self) -> None:
        """Let go of every shape."""
        self.fold()
        for level in self.levels:
            level.shapes.clear()
        self.levels.clear()
        self.room = SHAPES_BYTES

    def keep(self, level: Level, shape: Shape, known: Known) -> None:
        half = len(shape) // 2
        size = _SHAPE_BYTES + len(shape) * _KEY_BYTES + sum(map(len, shape[:half]))
        if size > self.room:
            self.forget()
        if size > self.room:
            count(known, self.at, 1)
            return
        self.room -= size
        if not level.shapes:
            self.levels.append(level)
        level.shapes[shape] = known


def count(known: Known, at: str, more: int = 0) -> None:
    """Move what a shape has counted to its properties."""
    number = known.count + more
    if number:
        known.count = 0
        for entry in known.entries:
            entry.count += number
            entry.last_seen = max(entry.last_seen, at)


class Level:
    """One place of an event that holds an object."""

    __slots__ = ("children", "closed", "event", "is_strict", "path", "rules", "shapes", "watcher")

    def __init__(
        self, watcher: Watcher, event: SeenEvent, path: Path, rules: Rules | None, closed: bool
    ) -> None:
        self.watcher = watcher
        self.event = event
        self.path = path
        self.rules = rules or NO_RULES
        self.is_strict = closed
        self.closed = closed and bool(rules)
        """Whether names without a rule are worth noting: where no name has one, all are welcome."""
        self.children: dict[str, Level] = {}
        self.shapes: dict[Shape, Known] = {}

    def look(self, value: dict[str, Any], found: Findings) -> None:
        known = self.shapes.get((*value, *map(type, value.values())))
        if known is None:
            known = self._learn(value)
        known.count += 1
        if not known.is_clean:
            self._tell(value, known, found)
        for key, level in known.nested:
            level.look(value[key], found)

    def shape_of(self, value: dict[str, Any]) -> Known | None:
        """What is known of objects like `value`; None where none came lately."""
        return self.shapes.get((*value, *map(type, value.values())))

    def _tell(self, value: dict[str, Any], known: Known, found: Findings) -> None:
        for violation in known.violations:
            found.add(violation)
        for key, check in known.checks:
            check(value[key], found.add)
        found.unplanned += ((value, key, (*self.path, key)) for key in known.unplanned)
        if known.surplus:
            found.is_clean = False
        found.surplus += ((value, key, (*self.path, key)) for key in known.surplus)

    def _learn(self, value: dict[str, Any]) -> Known:
        known = Known()
        for key, one in value.items():
            self._learn_key(known, key, one)
        known.violations += (
            missing((*self.path, key))
            for key, rule in self.rules.items()
            if rule.required and key not in value
        )
        known.is_clean = not (known.violations or known.checks or known.unplanned or known.surplus)
        if known.surplus:
            count(known, self.watcher.at, 1)  # not kept: the names are not to be remembered
            known.entries = []
        else:
            self.watcher.keep(self, (*value, *map(type, value.values())), known)
        return known

    def _learn_key(self, known: Known, key: str, value: Any) -> None:
        path = (*self.path, key)
        rule = self.rules.get(key)
        kind = type(value)
        if rule is None and self.closed:
            known.unplanned.append(key)
            known.violations.append(additional(path))
        if rule is not None:
            if not _fits(rule, kind):
                known.violations.append(mismatch(path, rule, kind))
            elif (check := value_check(rule, kind, path, self.is_strict)) is not None:
                known.checks.append((key, check))
        catalogue = self.watcher.catalogue
        seen = catalogue.property(self.event, path, JSON_TYPES[kind], self.watcher.at, rule is not None)
        too_deep = kind is dict and bool(value) and len(path) > DEEPEST + 1
        if seen is None or too_deep:
            known.surplus.append(key)
            return
        known.entries.append(seen)
        if kind is dict:
            known.nested.append((key, self._child(key, rule)))

    def _child(self, key: str, rule: PropertyRule | None) -> Level:
        child = self.children.get(key)
        if child is None:
            described = rule.properties if rule is not None and "object" in rule.types else None
            child = Level(self.watcher, self.event, (*self.path, key), described, self.is_strict)
            self.children[key] = child
        return child


def _fits(rule: PropertyRule, kind: type) -> bool:
    if kind is type(None):
        return rule.nullable
    return any(takes(one, kind) for one in rule.types)
