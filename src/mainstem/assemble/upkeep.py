"""`mainstem upkeep`: the one caretaker of the project's lake."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.event_catalogue import refreshing
from mainstem.assemble.logs import log_process
from mainstem.assemble.postgres import embedded_server, open_records, server_address
from mainstem.assemble.priority import give_way
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_publisher
from mainstem.assemble.query_log import prune_queries
from mainstem.assemble.retention import apply_retention
from mainstem.assemble.warehouse import lake_location
from mainstem.operate.upkeep import Caretaker, Chores, UpkeepSettings
from mainstem.store.accounts.audit import AuditLog
from mainstem.store.activations import Plans
from mainstem.store.connectors import SyncRuns
from mainstem.store.dump import Dumps, find_pg_dump
from mainstem.store.publications import Publications
from mainstem.store.upkeep import UpkeepSteps
from mainstem.supervise import notify_ready, on_signals
from mainstem.warehouse.ducklake import DuckLakeUpkeep, UpkeepFence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.store import Database
    from mainstem.store.upkeep import Step
    from mainstem.warehouse.ducklake import LakeLocation

logger = logging.getLogger("mainstem.upkeep")

DUMPS_FOLDER = "catalog_dumps"
"""In the data folder."""


def run_upkeep(folder: Path) -> None:
    """Look after the lake of the project in `folder` until SIGTERM or SIGINT.

    Raises EnvironmentFailure when another upkeep is at work.
    """
    project = open_project(folder)
    log_process(project.config, "upkeep")
    give_way()
    stop = threading.Event()
    with (
        open_caretaker(project, stopping=stop.is_set) as caretaker,
        on_signals((signal.SIGTERM, signal.SIGINT), stop.set),
        refreshing(project, stop),
    ):
        notify_ready("looking after the lake")
        caretaker.run_forever(stop)


def do_round(folder: Path) -> list[Step]:
    """One round now. Raises as `run_upkeep`, and TransientError when Postgres is away."""
    with open_caretaker(open_project(folder)) as caretaker:
        return caretaker.round()


def list_due(folder: Path) -> list[str]:
    """What a round would do now, a line each."""
    with open_caretaker(open_project(folder), alone=False) as caretaker:
        return caretaker.due()


@contextmanager
def open_caretaker(
    project: Project, *, stopping: Callable[[], bool] = lambda: False, alone: bool = True
) -> Iterator[Caretaker]:
    """With `alone`, it is the only one. Raises EnvironmentFailure when there is another."""
    settings = project.config.section("upkeep", UpkeepSettings)
    location = lake_location(project)
    fence = UpkeepFence(location.catalog)
    if alone:
        fence.ensure()
    upkeep = DuckLakeUpkeep(location, server_address(project))
    try:
        with open_records(project, "upkeep") as database, open_publisher(project, "upkeep") as publisher:
            steps = UpkeepSteps(database)
            chores = Chores(
                protected=publisher.protected_snapshots,
                building_since=Publications(database).building_since,
                last_sweep=lambda: max((step.at for step in steps.last_of("sweep")), default=None),
                prune=lambda now: (
                    prune_records(database, settings, now)
                    + prune_queries(project, database, now)
                    + sum(apply_retention(project, now).values())
                ),
                dumps=catalog_dumps(project, location, settings),
            )
            yield Caretaker(upkeep, steps, chores, settings, stopping=stopping)
    finally:
        upkeep.close()
        fence.close()


def catalog_dumps(project: Project, location: LakeLocation, settings: UpkeepSettings) -> Dumps | None:
    """None where no dumps of the lake's catalog are wanted, or no `pg_dump` is there, which is told."""
    if settings.catalog_dumps == 0:
        return None
    server = embedded_server(project)
    program = find_pg_dump(server.programs.folder if server else None)
    if program is None:
        logger.warning("no dumps of the lake's catalog: there is no pg_dump; install Postgres's client")
        return None
    return Dumps(
        location.catalog,
        location.metadata_schema,
        program,
        project.data_dir / DUMPS_FOLDER,
        keep=settings.catalog_dumps,
    )


def prune_records(database: Database, settings: UpkeepSettings, now: datetime) -> int:
    """Forget what is older than settings keep: builds, entries of the audit log, upkeep's figures, runs of
    connectors, plans and runs of activations."""
    return sum(
        (
            Publications(database).prune(now - timedelta(days=settings.keep_builds_days)),
            AuditLog(database).prune(now - timedelta(days=settings.keep_audit_days)),
            UpkeepSteps(database).prune(now - timedelta(days=settings.keep_figures_days)),
            SyncRuns(database).prune(now - timedelta(days=settings.keep_syncs_days)),
            Plans(database).prune_rows(now - timedelta(days=settings.keep_plan_rows_days)),
            Plans(database).prune(now - timedelta(days=settings.keep_activations_days)),
        )
    )
