"""What stages offer to be run: found by entry point, each asked with the project's settings.

A stage, ours or a third party's, registers a callable under the entry point group `mainstem.tasks`:

    [project.entry-points."mainstem.tasks"]
    billing = "acme_billing.tasks:offer"

    def offer(project: OfferContext) -> Offer:
        sync = Task("sync", ("acme", "sync"), outlets=("source/billing/invoices",))
        return Offer((OfferedDag(Dag("billing", (sync,))),))

It reads settings and files alone: a plan is made where no database answers and nothing runs. It decides no
place among other stages' tasks; assets say what comes after what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from mainstem.manifest.model import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mainstem.config import Config
    from mainstem.manifest.model import Dag, Pool, Task

GROUP = "mainstem.tasks"


@dataclass(frozen=True)
class OfferContext:
    """What a stage may look at."""

    config: Config
    data_dir: Path


@dataclass(frozen=True)
class OfferedDag:
    """A DAG as it is unless the project says otherwise."""

    dag: Dag
    why_off: str = ""
    """Where it is not run by default: why. `[orchestrate.dags.<dag_id>] enabled = true` turns it on."""


@dataclass(frozen=True)
class Offer:
    """All that one stage offers."""

    dags: tuple[OfferedDag, ...] = ()
    pools: tuple[Pool, ...] = ()


Offering = Callable[[OfferContext], Offer]


def offering_entry_points() -> list[EntryPoint]:
    """Who offers tasks in this installation, by name; nothing of them is imported yet."""
    return sorted(dict.fromkeys(entry_points(group=GROUP)), key=lambda one: (one.name, one.value))


def secret_env(variables: Iterable[str]) -> dict[str, SecretRef]:
    """A task's `secret_env` for variables that settings name as `env:…`: where a pod has each from. The
    embedded runner reads it from the variable itself, so those that no Secret comes to work there alone."""
    found = ((variable, SecretRef.of_variable(variable)) for variable in variables)
    return {variable: ref for variable, ref in found if ref is not None}


def wanted_from_elsewhere(tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Assets that some task reads and none of them makes: what a DAG of these tasks waits for."""
    made = {asset for task in tasks for asset in task.outlets}
    return tuple(dict.fromkeys(asset for task in tasks for asset in task.inlets if asset not in made))
