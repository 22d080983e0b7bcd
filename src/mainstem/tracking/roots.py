"""What a plan and a catalogue say of events of one type and name, worked out when the first of them comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.tracking.catalogue import CONTEXT
from mainstem.tracking.levels import Level
from mainstem.tracking.plan import PropertyRule, Rules

if TYPE_CHECKING:
    from mainstem.tracking.catalogue import EventKey, SeenEvent, SourceCatalogue
    from mainstem.tracking.levels import Watcher
    from mainstem.tracking.plan import Plan, PlannedEvent, Unplanned

_SECTIONS: dict[str, tuple[str, ...]] = {
    "track": ("properties", "userProperties"),
    "page": ("properties",),
    "screen": ("properties",),
    "extract": ("properties",),
    "identify": ("traits", "userProperties"),
    "group": ("traits",),
    "alias": ("traits",),
}
"""What of an event becomes columns, by its type, beside the context. A plan's rules are for the first."""
_ADDED: dict[str, Rules] = {
    "page": {
        name: PropertyRule(nullable=True)
        for name in (
            "name", "category", "path", "referrer", "referring_domain", "search", "title", "url", "tab_url",
            "initial_referrer", "initial_referring_domain",
        )
    },
    "screen": {name: PropertyRule(nullable=True) for name in ("name", "category")},
}  # fmt: skip
"""What SDKs put into the properties of every such event by themselves, so that no plan need list it."""


class Root:
    """Events of one type and name, as far as they are known before any of them is looked at."""

    __slots__ = ("context", "count", "is_unplanned", "planned", "rate", "sections", "seen", "unplanned")

    def __init__(self, seen: SeenEvent, planned: PlannedEvent | None, is_unplanned: bool) -> None:
        self.seen = seen
        self.planned = planned
        self.is_unplanned = is_unplanned
        self.rate = 1.0 if planned is None else planned.sample_rate
        self.unplanned: Unplanned = "allow"
        """What becomes of its unplanned properties."""
        self.sections: list[tuple[str, Level]] = []
        self.context: Level
        self.count = 0


class RootPlanner:
    """Makes the roots of one source."""

    def __init__(self, plan: Plan | None, catalogue: SourceCatalogue, watcher: Watcher) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._watcher = watcher
        self._contexts: dict[int, Level] = {}

    def root(self, key: EventKey) -> Root | None:
        """None where the event is past the budget of names."""
        kind, name = key
        planned = self._plan.event(kind, name) if self._plan else None
        seen = self._catalogue.event(key, self._watcher.at, planned is not None)
        if seen is None:
            return None
        root = Root(seen, planned, self._plan is not None and kind == "track" and planned is None)
        if planned is not None and self._plan is not None:
            root.unplanned = planned.unplanned_properties or self._plan.unplanned_properties
        for number, section in enumerate(_SECTIONS.get(kind, ())):
            rules = planned.properties if planned is not None and number == 0 else None
            if rules:
                rules = {**_ADDED.get(kind, {}), **rules}
            closed = rules is not None and root.unplanned != "allow"
            root.sections.append((section, Level(self._watcher, seen, (section,), rules, closed)))
        root.context = self._context_level(planned)
        return root

    def _context_level(self, planned: PlannedEvent | None) -> Level:
        """One for all events that have no rules of their own for it; it is never closed, for SDKs put much
        into the context that nobody plans."""
        rules: Rules = self._plan.context if self._plan else {}
        number = 0
        if planned is not None and planned.context:
            rules, number = {**rules, **planned.context}, id(planned)
        level = self._contexts.get(number)
        if level is None:
            seen = self._catalogue.event(CONTEXT, self._watcher.at, is_planned=True)
            assert seen is not None, "what is planned is always let in"  # noqa: S101 # states an invariant
            level = self._contexts[number] = Level(self._watcher, seen, ("context",), rules, closed=False)
        return level
