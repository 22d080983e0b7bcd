"""`mainstem transform`: the dbt worker on the project's lake."""

from __future__ import annotations

import logging
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from mainstem.assemble.logs import log_process
from mainstem.assemble.priority import give_way
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_publisher
from mainstem.assemble.query_log import NotedBuilds, noting
from mainstem.assemble.upkeep import catalog_dumps
from mainstem.assemble.warehouse import lake_location
from mainstem.company import DBT_PACKAGE
from mainstem.errors import StoreUnavailable
from mainstem.operate.upkeep import UpkeepSettings
from mainstem.supervise import notify_ready, on_signals
from mainstem.transform import TransformSettings, socket_path
from mainstem.warehouse.ducklake import CatalogCheck, Snapshots, StructureLock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mainstem.transform.messages import Event, Finished
    from mainstem.transform.worker import Runs

logger = logging.getLogger("mainstem.transform")

_CHANGING = frozenset({"build", "run", "seed", "snapshot", "run-operation", "retry", "clone"})
"""Commands of dbt that change structure."""

COMPANY_VARIABLE = "MAINSTEM_COMPANY_PACKAGE"
"""What a project's `packages.yml` writes to depend on the company package of this installation:
`local: "{{ env_var('MAINSTEM_COMPANY_PACKAGE') }}"`."""


def run_worker(folder: Path) -> None:
    """Serve dbt runs of the project in `folder` until SIGTERM or SIGINT.

    Raises UsageError when it holds no dbt project, EnvironmentFailure when another worker answers.
    """
    from mainstem.transform.dbt import Dbt  # imports dbt, which takes a second or more
    from mainstem.transform.worker import Worker

    project = open_project(folder)
    log_process(project.config, "transform")
    give_way()
    settings = project.config.section("transform", TransformSettings)
    location = lake_location(project)
    lock = StructureLock(location.catalog)
    dbt = Dbt(
        project.config.path(settings.project_dir),
        project.data_dir / "dbt",
        location,
        settings.schema,
        lock,
        {COMPANY_VARIABLE: str(DBT_PACKAGE)},
        Snapshots(location.catalog, location.metadata_schema).newest,
    )
    dbt.prepare()
    path = socket_path(project.data_dir)
    with open_publisher(project, "transform", lock) as publisher, noting(project, "transform") as note:
        check = CatalogCheck(location.catalog, location.metadata_schema)
        results = project.data_dir / "dbt" / "target" / "run_results.json"
        dumps = catalog_dumps(project, location, project.config.section("upkeep", UpkeepSettings))
        runs = dbt if dumps is None else DumpedRuns(dbt, dumps)
        worker = Worker(runs, check, path, NotedBuilds(publisher, results, note))

        def ready() -> None:
            publisher.end_unfinished()
            logger.info("waiting for requests on %s", path)
            notify_ready(str(path))

        with on_signals((signal.SIGTERM, signal.SIGINT), worker.stop):
            worker.serve(ready)
    lock.close()


class DumpedRuns:
    """dbt, with a dump of the lake's catalog before each run that changes its structure.

    Structure is what has damaged catalogs, and the check after the run finds it: then the dump is minutes
    old. A dump that cannot be made is told, and keeps no build from running: upkeep's own are still there.
    """

    def __init__(
        self, inner: Runs, dumps: BeforeBuilds, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._inner, self._dumps, self._now = inner, dumps, now

    @property
    def stopping(self) -> bool:
        return self._inner.stopping

    def stop(self) -> None:
        self._inner.stop()

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        if args and args[0] in _CHANGING:
            try:
                self._dumps.make_before_build(self._now())
            except StoreUnavailable as e:
                logger.warning("no dump of the lake's catalog before this build: %s", e)
        return self._inner.run(args, on_event)


class BeforeBuilds(Protocol):
    """What makes the dumps: `store.dump.Dumps`."""

    def make_before_build(self, now: datetime) -> object: ...
