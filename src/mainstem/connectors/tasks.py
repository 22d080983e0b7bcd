"""What connectors offer to be run: a DAG each, by the schedule that its settings have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.registry import KINDS, find_kind
from mainstem.connectors.settings import read_connectors, schema_of
from mainstem.manifest import CronSchedule, Dag, Pool, Task
from mainstem.manifest.offers import Offer, OfferedDag, secret_env

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.connectors.settings import ConnectorSettings
    from mainstem.manifest.offers import OfferContext

POOL = "connectors"
_SLOTS = 2
_RETRY_SECONDS = 120.0


def offer(project: OfferContext) -> Offer:
    """The DAG `sync_<name>` of every connector. Raises ConfigError as `read_connectors`."""
    found = read_connectors(project.config, secrets=False)
    if not found:
        return Offer()
    dags = tuple(
        _dag(name, settings, KINDS.secret_variables(project.config, name)) for name, settings in found.items()
    )
    return Offer(dags, (Pool(POOL, _SLOTS, "connectors that are synced at once"),))


def _dag(name: str, settings: ConnectorSettings, variables: Sequence[str]) -> OfferedDag:
    kind = find_kind(settings.type)
    schema = schema_of(name, settings)
    task = Task(
        "sync",
        ("mainstem", "sync", name),
        kind="sync",
        secret_env=secret_env(variables),
        description=f"Bring what is new in {kind.title} into the schema {schema}",
        pool=POOL,
        retries=2,
        retry_delay=_RETRY_SECONDS,
        outlets=tuple(f"source/{schema}/{table}" for table in kind.tables(settings)),
    )
    schedule = CronSchedule(settings.schedule) if settings.schedule else None
    return OfferedDag(Dag(f"sync_{name}", (task,), description=f"Sync {kind.title}", schedule=schedule))
