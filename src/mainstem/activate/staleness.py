"""Whether a plan may be applied now, and whether what it says of records still counts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.definition import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from mainstem.activate.definition import Activation
    from mainstem.store.activations import KeptBatch, KeptPlan

UNDER_WAY = "applying"
"""A plan of which a process died: it is gone on with."""


def is_elsewhere(kept: KeptPlan | KeptBatch, activation: Activation, address: bytes) -> bool:
    """Whether it is about other records than the activation now, whose `definition.address_of` is given."""
    if kept.address:
        return kept.address != address
    return (kept.destination, kept.object) != (activation.destination, activation.object)


def refusal_of(
    plan: KeptPlan,
    newest: int,
    activation: Activation,
    now: datetime,
    despite: Collection[str] = (),
    place: bytes = b"",
) -> str:
    """Why it may not be applied; empty when it may. `despite` are guards that a person sets aside; `place` is
    `settings.place_of` its destination now."""
    broken = [one for one in plan.guards if not one["is_kept"]]
    unknown = set(despite) - {str(one["guard"]) for one in plan.guards}
    if unknown:
        there = ", ".join(str(one["guard"]) for one in plan.guards)
        return f"there is no guard {sorted(unknown)[0]!r}; there are {there}"
    if plan.id != newest:
        return f"plan {plan.id} is stale: plan {newest} was made since"
    if plan.state not in ("planned", "blocked", UNDER_WAY):
        return f"plan {plan.id} is {plan.state}; make another: mainstem activate plan {activation.name}"
    if plan.digest != digest_of(activation, place):
        written = f"activation {activation.name}, or [destinations.{activation.destination}]"
        return f"plan {plan.id} is stale: {written}, was changed since it was made"
    if (now - plan.made_at).total_seconds() > activation.plan_lifetime and plan.state != UNDER_WAY:
        return f"plan {plan.id} is stale: it was made {plan.made_at:%Y-%m-%d %H:%M} UTC"
    held = [one for one in broken if one["guard"] not in despite]
    if held and plan.state != UNDER_WAY:
        said = "; ".join(f"{one['guard']}: {one['sentence']}" for one in held)
        named = " ".join(f"--despite {one['guard']}" for one in held)
        return f"plan {plan.id} is held back by {said}. Who has looked at it may apply it with {named}"
    return ""
