"""Tracking plan and catalogue as one step of a source: judge, annotate, hold back, sample, remember.

An event is judged by what the plan says of its type and name. What is wrong is written into its context as
RudderStack does, or holds it back, as the plan chooses. It never raises for anything JSON can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mainstem.events import Dropped, Held
from mainstem.events.form import Judged
from mainstem.tracking.catalogue import CONTEXT, Budgets, SourceCatalogue
from mainstem.tracking.levels import Findings, Level, Watcher
from mainstem.tracking.plan import PLANNED_TYPES
from mainstem.tracking.promise import Foreseen
from mainstem.tracking.roots import Root, RootPlanner
from mainstem.tracking.sampling import is_kept
from mainstem.tracking.surplus import no_room_for, past_budget, put_aside
from mainstem.tracking.violations import (
    ADDITIONAL_PROPERTIES,
    UNPLANNED_EVENT,
    not_an_object,
    unplanned_event,
)

if TYPE_CHECKING:
    from mainstem.events import Sending, Verdict
    from mainstem.events.form import Form, Promise
    from mainstem.tracking.catalogue import EventKey
    from mainstem.tracking.plan import Plan
    from mainstem.tracking.violations import Violation

OverBudget = Literal["quarantine", "surplus"]
SAMPLED = "sampled"
UNPLANNED_DROPPED = "unplanned event"

_TABLE_TYPES = frozenset({"track", "extract"})
"""Their name makes a table."""
_TOLD = 3
MOST_FORESEEN = 1024
"""Promises given; what they count must go into the catalogue for as long as the step lives."""
_ADDED_NAMES = frozenset({"trackingPlanId", "trackingPlanVersion", "sampleRate", "violationErrors"})
_encode = msgspec.json.Encoder().encode


class TrackingStep:
    """The step of one source. Without a plan it only watches, and holds the source to its budgets."""

    def __init__(
        self,
        source_id: str,
        plan: Plan | None,
        budgets: Budgets | None = None,
        over_budget: OverBudget = "quarantine",
    ) -> None:
        self.source_id = source_id
        self.plan = plan
        self.catalogue = SourceCatalogue(source_id, budgets)
        self._over_budget = over_budget
        self._watcher = Watcher(self.catalogue)
        self._found = Findings()
        self._planner = RootPlanner(plan, self.catalogue, self._watcher)
        self._roots: dict[EventKey, Root] = {}
        self._foreseen: list[Foreseen] = []
        events = plan.events if plan else ()
        self._named = {event.key for event in events if event.type in ("page", "screen") and event.name}
        self._name = f"tracking plan {plan.id} version {plan.version}" if plan else ""

    def __call__(self, event: dict[str, Any], sending: Sending) -> Verdict:
        self._watcher.at = sending.received_at
        key = self._key(event)
        root = self._roots.get(key)
        if root is None:
            root = self._planner.root(key)
            if root is None:
                return self._no_room(key)
            self._roots[key] = root
        root.count += 1
        if root.is_unplanned and self.plan is not None and self.plan.unplanned_events == "drop":
            return Dropped(UNPLANNED_DROPPED)
        if root.rate < 1 and root.planned and not is_kept(event, root.rate, root.planned.sample_by):
            return Dropped(SAMPLED)
        found = self._found
        if not found.is_clean:
            found.clear()
        self._look(event, root, found)
        if self.plan is None:
            return None if found.is_clean else self._settle_surplus(event, root, found)
        return self._judge(event, root, found, self.plan)

    def selector(self, kind: str) -> str | None:
        """Where events of a type have the name that they are judged by."""
        if kind in _TABLE_TYPES:
            return "event"
        return "name" if any(named == kind for named, _ in self._named) else None

    def promise(self, form: Form) -> Promise | None:
        """Of events that it would count and annotate, all in the same way."""
        event, plan = form.example(), self.plan
        root = self._roots.get(self._key(event))
        if root is None or type(event.get("context")) is not dict or len(self._foreseen) >= MOST_FORESEEN:
            return None
        if not _ADDED_NAMES.isdisjoint(event["context"]):
            return None  # the sender's own, which is written over
        found, foreseen = Findings(), Foreseen(root.seen, self._watcher)
        if not self._foresee(event, root, foreseen, found):
            return None
        added: dict[str, Any] = {}
        if plan is not None:
            verdict = self._judge({"context": added}, root, found, plan)
            if verdict is not None or (found.unplanned and root.unplanned == "drop"):
                return None
            if root.is_unplanned and plan.unplanned_events == "drop":
                return None
        self._foreseen.append(foreseen)
        return foreseen.promise(added, _sampled(form, root))

    def _foresee(self, event: dict[str, Any], root: Root, foreseen: Foreseen, found: Findings) -> bool:
        """As `_look`, of what is known; False where that is too little."""
        context = event["context"]
        for section, level in root.sections:
            at: tuple[str, ...] = (section,)
            value = event.get(section)
            if type(value) not in (dict, type(None)):
                return False
            if not value and section == "traits":
                value, at = context.get("traits"), ("context", "traits")
            if type(value) is dict:
                if not foreseen.add(level, value, at, found):
                    return False
            elif value is not None or level.rules:
                return False
        return foreseen.add(root.context, context, ("context",), found)

    def fold(self) -> SourceCatalogue:
        """The catalogue with all counts in it."""
        for foreseen in self._foreseen:
            foreseen.fold()
        for root in self._roots.values():
            if root.count:
                root.seen.count += root.count
                root.seen.last_seen = max(root.seen.last_seen, self._watcher.at)
                root.count = 0
        self._watcher.fold()
        return self.catalogue

    def _key(self, event: dict[str, Any]) -> EventKey:
        kind = event.get("type")
        if type(kind) is not str:
            return "", None
        if kind in _TABLE_TYPES:
            name = event.get("event")
            return kind, name if type(name) is str else _text(name)
        if self._named:
            name = event.get("name")
            if type(name) is str and (kind, name) in self._named:
                return kind, name
        return kind, None

    def _look(self, event: dict[str, Any], root: Root, found: Findings) -> None:
        context = event.get("context")
        for section, level in root.sections:
            value = event.get(section)
            if not value and section == "traits" and type(context) is dict:
                value = context.get("traits")  # where RudderStack's Python SDK puts them
            if type(value) is dict:
                level.look(value, found)
            elif value is not None or level.rules:
                _look_at_odd(section, value, level, found)
        if type(context) is dict:
            root.context.look(context, found)
        else:
            _look_at_odd("context", context, root.context, found)

    def _judge(self, event: dict[str, Any], root: Root, found: Findings, plan: Plan) -> Verdict:
        if root.is_unplanned and plan.unplanned_events != "allow":
            found.add(unplanned_event(*root.seen.key))
        if found.is_clean:
            self._annotate(event, root, plan, found.violations)
            return None
        if root.unplanned == "drop":
            _drop_unplanned(found)
        self._annotate(event, root, plan, found.violations)
        held = self._held(root, plan, found)
        verdict = self._settle_surplus(event, root, found)
        return held or verdict

    def _held(self, root: Root, plan: Plan, found: Findings) -> Held | None:
        holding = [violation for violation in found.violations if _holds(violation, root, plan)]
        if not holding:
            return None
        told = "; ".join(dict.fromkeys(violation.message for violation in holding[:_TOLD]))
        more = f" and {len(holding) - _TOLD} more" if len(holding) > _TOLD else ""
        return Held(f"{self._name}: {told}{more}")

    def _annotate(self, event: dict[str, Any], root: Root, plan: Plan, found: list[Violation]) -> None:
        if root.seen.key[0] not in PLANNED_TYPES:
            return
        context = event.get("context")
        if type(context) is not dict:
            # What is no object makes no columns, and has no room for a note.
            context = event["context"] = {} if context is None else {"value": context}
        context["trackingPlanId"] = plan.id
        context["trackingPlanVersion"] = plan.version
        if root.rate < 1:
            context["sampleRate"] = root.rate
        if found:
            context["violationErrors"] = [violation.annotation() for violation in found]
        else:
            context.pop("violationErrors", None)  # ours alone to say

    def _no_room(self, key: EventKey) -> Verdict:
        """An event name past the budget: of an event the plan does not know either."""
        kind, name = key
        if self.plan is not None and kind == "track":
            if self.plan.unplanned_events == "drop":
                return Dropped(UNPLANNED_DROPPED)
            if self.plan.unplanned_events == "quarantine":
                return Held(f"{self._name}: {unplanned_event(kind, name).message}")
        return no_room_for(name, self.catalogue.budgets)

    def _settle_surplus(self, event: dict[str, Any], root: Root, found: Findings) -> Verdict:
        if not found.surplus:
            return None
        if self._over_budget == "quarantine":
            path = found.surplus[0][2]
            seen = self.catalogue.events[CONTEXT] if path[0] == "context" else root.seen
            return past_budget(path, len(found.surplus), seen, self.catalogue.budgets)
        put_aside(event, found.surplus)
        return None


def _look_at_odd(section: str, value: Any, level: Level, found: Findings) -> None:
    """A section that is not there, or is no object."""
    if value is not None and level.rules:
        found.add(not_an_object(section, type(value)))
    elif level.rules:
        level.look({}, found)


def _sampled(form: Form, root: Root) -> Judged | None:
    """Looks at who or what an event is, where only a part is kept."""
    planned, rate = root.planned, root.rate
    if rate >= 1 or planned is None:
        return None
    paths = tuple(
        (key,) for key in ("messageId", "anonymousId", "userId") if form.kind_at((key,)) is not None
    )

    def judge(values: tuple[Any, ...]) -> bool:
        event = {path[0]: value for path, value in zip(paths, values, strict=True)}
        return is_kept(event, rate, planned.sample_by)

    return Judged(paths, judge)


def _drop_unplanned(found: Findings) -> None:
    gone = set()
    for holder, key, path in found.unplanned:
        holder.pop(key, None)
        gone.add(path)
    found.surplus = [surplus for surplus in found.surplus if not _lies_in(surplus[2], gone)]


def _lies_in(path: tuple[str, ...], gone: set[tuple[str, ...]]) -> bool:
    return any(path[:length] in gone for length in range(2, len(path) + 1))


def _holds(violation: Violation, root: Root, plan: Plan) -> bool:
    if violation.type == UNPLANNED_EVENT:
        return plan.unplanned_events == "quarantine"
    if violation.type == ADDITIONAL_PROPERTIES:
        return root.unplanned == "quarantine"
    return plan.violations == "quarantine"


def _text(name: object) -> str | None:
    """As the loader names the table of an event whose name is no text."""
    return None if name is None or isinstance(name, dict | list) else _encode(name).decode()
