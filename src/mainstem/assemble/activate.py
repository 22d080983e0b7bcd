"""The activations of a project: their destinations opened with its budgets, planned, applied."""

from __future__ import annotations

import logging
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.activate.applying import Applier
from mainstem.activate.files import activations_of, find_activation
from mainstem.activate.history import SCHEMA as HISTORY
from mainstem.activate.history import copy_activation
from mainstem.activate.kind import Opening, find_kind
from mainstem.activate.planning import Planner
from mainstem.activate.settings import place_of, read_destination, where_of
from mainstem.activate.source import WarehouseRows
from mainstem.activate.staleness import refusal_of
from mainstem.assemble.postgres import mainstem_address, open_records
from mainstem.assemble.publishing import open_desk, open_published
from mainstem.assemble.warehouse import open_warehouse
from mainstem.errors import TransientError, UsageError
from mainstem.saas import LedgerBudget, Patience, SystemClock
from mainstem.store.activations import AcknowledgedRows, ActivationFence, ActivationRuns, Plans
from mainstem.store.cohorts import Cohorts
from mainstem.store.connectors import ApiCalls
from mainstem.transform import TransformSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.activate.applying import Applied
    from mainstem.activate.contract import Destination
    from mainstem.activate.definition import Activation
    from mainstem.activate.settings import DestinationSettings
    from mainstem.assemble.project import Project
    from mainstem.saas import Clock, Finding
    from mainstem.store import Database
    from mainstem.store.activations import KeptActivationRun, KeptPlan

logger = logging.getLogger("mainstem.activate")

_DATA = "destinations"
_SHORT = Patience(tries=2)
"""Of somebody who waits for the answer."""


@dataclass(frozen=True)
class ListedActivation:
    """An activation of the project, what is planned and how it ran last."""

    activation: Activation
    plan: KeptPlan | None
    last: KeptActivationRun | None


def list_activations(project: Project) -> list[ListedActivation]:
    found = activations_of(project.config)
    if not found:
        return []
    with open_records(project, "activate") as database:
        plans, runs = Plans(database), ActivationRuns(database)
        return [
            ListedActivation(
                one, next(iter(plans.newest(one.name)), None), next(iter(runs.newest(one.name)), None)
            )
            for one in found.values()
        ]


def check_destination(project: Project, name: str) -> Sequence[Finding]:
    """What a destination says of us. Raises UsageError for one there is not, ApiUnavailable."""
    settings = read_destination(project.config, name)  # a misspelt name needs no database to be told
    with (
        open_records(project, "activate") as database,
        _opened(project, name, settings, database, SystemClock(), _SHORT) as destination,
    ):
        return destination.check()


def plan_activation(project: Project, name: str, by: str) -> KeptPlan:
    """Look what would change, and keep it. Batches that a process left behind are settled before.

    Raises UsageError for what does not suit or while another process is at it, and what reading raises.
    """
    with (
        _at_work(project, name) as (activation, destination, database, clock),
        open_desk(project, "activate") as desk,
        open_published(project, desk) as warehouse,
    ):
        _applier(project, activation, destination, database, clock).settle_open()
        standing = desk.standing().current
        schema = project.config.section("transform", TransformSettings).schema
        cohorts = {one.name: one.in_lake is not None for one in Cohorts(database).all()}
        rows = WarehouseRows(activation, warehouse, schema, standing.snapshot if standing else None, cohorts)
        place = place_of(project.config, activation.destination)
        where = where_of(project.config, activation.destination)
        held = AcknowledgedRows(database)
        planner = Planner(activation, destination, Plans(database), held, clock, place, where)
        return planner.plan(rows, by)


def apply_plan(
    project: Project, name: str, by: str, plan_id: int | None = None, despite: Sequence[str] = ()
) -> Applied:
    """Write what stands in the newest plan, or in the one that is named and is still the newest.

    Raises UsageError when it may not be applied.
    """
    with _at_work(project, name) as (activation, destination, database, clock):
        plans = Plans(database)
        newest = next(iter(plans.newest(name)), None)
        if newest is None:
            raise UsageError(f"nothing is planned: mainstem activate plan {name}")
        plan = newest if plan_id is None else plans.find(plan_id)
        if plan is None or plan.activation != name:
            raise UsageError(f"{name} has no plan {plan_id}; the newest is {newest.id}")
        despite = despite or plan.despite
        place = place_of(project.config, activation.destination)
        if problem := refusal_of(plan, newest.id, activation, clock.now(), despite, place):
            raise UsageError(problem)
        try:
            return _applier(project, activation, destination, database, clock).apply(
                plan.id, plan.approved_by or by, despite
            )
        finally:
            _copy(project, name, database)


@contextmanager
def _at_work(project: Project, name: str) -> Iterator[tuple[Activation, Destination, Database, Clock]]:
    """An activation that nobody else plans or applies meanwhile, and all that it needs."""
    activation = find_activation(activations_of(project.config), name)
    settings = read_destination(project.config, activation.destination)
    clock = SystemClock()
    with (
        ActivationFence(mainstem_address(project)).held(name),
        open_records(project, "activate") as database,
        _opened(project, activation.destination, settings, database, clock, Patience()) as destination,
    ):
        yield activation, destination, database, clock


@contextmanager
def _opened(
    project: Project,
    name: str,
    settings: DestinationSettings,
    database: Database,
    clock: Clock,
    patience: Patience,
) -> Iterator[Destination]:
    """On the account's shared budget."""
    folder = project.data_dir / _DATA / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    budget = LedgerBudget(ApiCalls(database), clock)
    opening = Opening(name, settings, budget, clock, folder, patience)
    with closing(find_kind(settings.type).open(opening)) as destination:
        yield destination


def _copy(project: Project, name: str, database: Database) -> None:
    """What was written is written whether or not it can be copied now: the next run copies it then."""
    try:
        with closing(open_warehouse(project, read_only=False)) as warehouse:
            copy_activation(name, Plans(database), ActivationRuns(database), warehouse)
    except TransientError as e:
        logger.warning("%s: the run is not in %s yet, the next one copies it: %s", name, HISTORY, e)


def _applier(
    project: Project, activation: Activation, destination: Destination, database: Database, clock: Clock
) -> Applier:
    return Applier(
        activation,
        destination,
        Plans(database),
        AcknowledgedRows(database),
        ActivationRuns(database),
        clock,
        where_of(project.config, activation.destination),
    )
