"""What activations offer to be run: a DAG each that plans and, where nobody has to look first, applies; and
one that applies when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.files import activations_of
from mainstem.activate.kind import KINDS
from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Pool, Task
from mainstem.manifest.offers import Offer, OfferedDag, secret_env

if TYPE_CHECKING:
    from mainstem.activate.definition import Activation
    from mainstem.manifest import SecretRef
    from mainstem.manifest.offers import OfferContext

POOL = "activations"
_SLOTS = 2
_PUBLISHED = "published"
"""The asset that is new once readers are shown a build."""
_RETRY_SECONDS = 300.0


def offer(project: OfferContext) -> Offer:
    """The DAGs `activate_<name>` and `apply_<name>` of each. Raises ConfigError, ManifestError."""
    found = activations_of(project.config)
    if not found:
        return Offer()
    destinations = {one.destination for one in found.values()}
    secrets = {name: secret_env(KINDS.secret_variables(project.config, name)) for name in destinations}
    dags = [OfferedDag(_dag(one, secrets[one.destination])) for one in found.values()]
    dags += [OfferedDag(_by_hand(one, secrets[one.destination])) for one in found.values()]
    return Offer(tuple(dags), (Pool(POOL, _SLOTS, "activations at once"),))


def planned_by(name: str) -> str:
    """The DAG that plans an activation, and applies it where nobody has to look."""
    return f"activate_{name}"


def applied_by(name: str) -> str:
    """The DAG that applies what is planned."""
    return f"apply_{name}"


def applied(name: str) -> str:
    """The asset that is new when an activation was applied whole."""
    return f"activation/{name}"


def _dag(activation: Activation, secrets: dict[str, SecretRef]) -> Dag:
    name, title = activation.name, activation.title or activation.name
    plan = Task(
        "plan",
        ("mainstem", "activate", "plan", name),
        kind="activate",
        secret_env=secrets,
        description=f"See what would change in {activation.destination}'s {activation.object}",
        pool=POOL,
        retries=1,
        retry_delay=_RETRY_SECONDS,
        inlets=(_PUBLISHED, *(applied(one) for one in activation.after)),
    )
    apply = _apply(name, secrets, after=("plan",))
    assets = (_PUBLISHED, *(applied(one) for one in activation.after))
    return Dag(
        planned_by(name),
        (plan,) if activation.approval == "person" else (plan, apply),
        description=f"Activate: {title}",
        schedule=CronSchedule(activation.schedule) if activation.schedule else AssetSchedule(assets),
    )


def _by_hand(activation: Activation, secrets: dict[str, SecretRef]) -> Dag:
    """What the page of an activation starts once somebody has looked at its plan."""
    return Dag(
        applied_by(activation.name),
        (_apply(activation.name, secrets),),
        description=f"Apply what is planned: {activation.title or activation.name}",
    )


def _apply(name: str, secrets: dict[str, SecretRef], after: tuple[str, ...] = ()) -> Task:
    return Task(
        "apply",
        ("mainstem", "activate", "apply", name),
        kind="activate",
        secret_env=secrets,
        description="Write what is planned",
        depends_on=after,
        pool=POOL,
        outlets=(applied(name),),
    )
