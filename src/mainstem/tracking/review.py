"""How events would fare under a plan: judged as the gateway would, counted, and changed nowhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import Dropped, Held, Sending
from mainstem.tracking.paths import regular
from mainstem.tracking.step import SAMPLED

if TYPE_CHECKING:
    from mainstem.tracking.step import TrackingStep


class Finding(msgspec.Struct, frozen=True, order=True):
    """One violation of one event, however often it came."""

    event: str
    type: str
    """RudderStack's name of the violation."""
    property: str
    message: str


class Review:
    """Counts of one source."""

    def __init__(self, step: TrackingStep) -> None:
        self._step = step
        self.judged = 0
        self.valid = 0
        self.held = 0
        self.dropped = 0
        self.sampled = 0
        self.deprecated: Counter[str] = Counter()
        """Events that the plan calls deprecated and that still come."""
        self.findings: Counter[Finding] = Counter()

    def see(self, event: dict[str, Any], received_at: str) -> None:
        """`event` is spent by it."""
        label = _label(event)
        context = event.get("context")
        if isinstance(context, dict):
            for name in ("trackingPlanId", "trackingPlanVersion", "violationErrors", "sampleRate"):
                context.pop(name, None)  # what the plan of its day said
        self.judged += 1
        verdict = self._step(event, Sending("", received_at, {}))
        if isinstance(verdict, Dropped):
            self.sampled += verdict.reason == SAMPLED
            self.dropped += verdict.reason != SAMPLED
            return
        self._count(event, label)
        self.held += isinstance(verdict, Held)

    def _count(self, event: dict[str, Any], label: str) -> None:
        plan = self._step.plan
        planned = plan.event(str(event.get("type")), _name(event)) if plan else None
        if planned is not None and planned.deprecated:
            self.deprecated[label] += 1
        context = event.get("context")
        errors = context.get("violationErrors", ()) if isinstance(context, dict) else ()
        self.valid += not errors
        for error in errors:
            self.findings[Finding(label, error["type"], error["property"], error["message"])] += 1


def _name(event: dict[str, Any]) -> str | None:
    name = event.get("event" if event.get("type") == "track" else "name")
    return name if isinstance(name, str) else None


def _label(event: dict[str, Any]) -> str:
    name = _name(event) if event.get("type") == "track" else None
    return f"{event.get('type')} {regular(name)}" if name else str(event.get("type"))
