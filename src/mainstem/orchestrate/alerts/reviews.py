"""What to tell of plans that wait for a person: an activation writes nothing until somebody has looked.

Promise: each wait is told once, however often what waits is planned anew, and that it is over once. It names
how many rows there are and where they are to be seen, and shows none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.orchestrate.alerts.wording import age
from mainstem.store.runs import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.orchestrate.alerts.sight import Pointers, Sight
    from mainstem.store.activations import NewestPlan

_WAITING = ("planned", "blocked")
_UNSURE = ("making", "failed")
"""Of the newest plan: whether anything is to be looked at, the next one says."""


@dataclass(frozen=True)
class ExpectedReview:
    """What the file of an activation says whose plans a person looks at."""

    name: str
    dag_id: str
    plan_lifetime: timedelta
    within: timedelta | None = None
    """None: as `[alerts]` says."""


def waiting(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Activations of which plans have waited too long for somebody to look at them."""
    plans = {plan.activation: plan for plan in sight.plans}
    for one in sight.reviews:
        plan = plans.get(one.name)
        if plan is None or plan.since is None or plan.state not in _WAITING:
            continue
        within = one.within or timedelta(seconds=settings.review_after_s)
        if sight.now - plan.since <= within:
            continue
        yield Alert(
            key=_key(one.name, plan.since),
            at=sight.now,
            kind="review",
            dag_id=one.dag_id,
            title=f"{one.name} waits for somebody to look at its plan",
            body=f"{_counts(plan)}; nobody has looked for {age(sight.now, plan.since)}\n"
            f"{_next(plan, one, sight)}\n{pointers.activation(one.name)}",
        )


def over(sight: Sight, told: Alert) -> str | None:
    """Why an alert of this kind is over; None while it is not."""
    one = next((review for review in sight.reviews if review.dag_id == told.dag_id), None)
    if one is None:
        return f"{told.dag_id} waits for nobody any more: it is gone, or applied without a look"
    plan = next((plan for plan in sight.plans if plan.activation == one.name), None)
    if plan is None:
        return f"{one.name} waits for nobody any more: its plans are forgotten"
    if plan.state in _UNSURE or (plan.since is not None and told.key == _key(one.name, plan.since)):
        return None
    if plan.state == "planned" and not plan.creates + plan.updates + plan.deletes:
        return f"{one.name} waits for nobody any more: plan {plan.id} has nothing to write"
    return f"what {one.name} had planned was looked at, and waits no more"


def _key(activation: str, since: datetime) -> str:
    """Of one wait."""
    return f"review:{activation}:{since.isoformat()}"


def _counts(plan: NewestPlan) -> str:
    return (
        f"plan {plan.id} creates {plan.creates:,}, updates {plan.updates:,} "
        f"and deletes {plan.deletes:,} records"
    )


def _next(plan: NewestPlan, one: ExpectedReview, sight: Sight) -> str:
    stale_at = plan.made_at + one.plan_lifetime
    if stale_at < sight.now:
        return f"it is stale since {stale_at:%Y-%m-%d %H:%M} UTC: mainstem activate plan {one.name}"
    held = "a guard holds it back; " if plan.state == "blocked" else ""
    return f"{held}it can be applied until {stale_at:%Y-%m-%d %H:%M} UTC: mainstem activate apply {one.name}"
