"""`mainstem transform`: the dbt worker on the project's lake."""

from __future__ import annotations

import logging
import signal
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from mainstem.assemble.kept_versions import KeptBuilds
from mainstem.assemble.logs import log_process
from mainstem.assemble.postgres import open_records
from mainstem.assemble.priority import give_way
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_publisher
from mainstem.assemble.query_log import NotedBuilds, noting
from mainstem.assemble.upkeep import catalog_dumps
from mainstem.assemble.warehouse import lake_location
from mainstem.company import DBT_PACKAGE
from mainstem.errors import StoreUnavailable
from mainstem.operate.upkeep import UpkeepSettings
from mainstem.store.versions import Versions
from mainstem.supervise import notify_ready, on_signals
from mainstem.transform import Finished, TransformSettings, socket_path
from mainstem.transform.arguments import check_arguments
from mainstem.transform.builds import Builds
from mainstem.transform.settings import COMPANY_VARIABLE
from mainstem.warehouse.ducklake import BuildTurn, CatalogCheck, Snapshots, StructureLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.transform.builds import Runs
    from mainstem.transform.messages import Event, Request
    from mainstem.transform.publisher import Publisher

logger = logging.getLogger("mainstem.transform")

_CHANGING = frozenset({"build", "run", "seed", "snapshot", "run-operation", "retry", "clone"})
"""Commands of dbt that change structure."""


def run_worker(folder: Path) -> None:
    """Serve dbt runs of the project in `folder` until SIGTERM or SIGINT.

    Raises UsageError when it holds no dbt project, EnvironmentFailure when another worker answers.
    """
    from mainstem.transform.worker import Worker

    project = open_project(folder)
    log_process(project.config, "transform")
    give_way()
    path = socket_path(project.data_dir)
    with _open_builds(project) as (builds, publisher):
        worker = Worker(builds, path)

        def ready() -> None:
            publisher.end_unfinished()
            logger.info("waiting for requests on %s", path)
            notify_ready(str(path))

        with on_signals((signal.SIGTERM, signal.SIGINT), worker.stop):
            worker.serve(ready)


def build_alone(project: Project, request: Request, on_event: Callable[[Event], None]) -> Finished:
    """Run dbt in this process, where no worker answers, as in a pod; how it ended.

    It waits for its turn like a worker's run. `on_event` gets every event but the last. Main thread only.
    Raises UsageError when the project holds no dbt project or an argument is not allowed, FatalError when the
    catalog is damaged.
    """
    check_arguments(request.args)
    ended: list[Finished] = []

    def tell(event: Event) -> None:
        if isinstance(event, Finished):
            ended.append(event)
        else:
            on_event(event)

    # What dbt prints by itself may hold what its events do not: DuckDB repeats connection strings.
    with (
        _open_builds(project, {"DBT_LOG_LEVEL": "none"}) as (builds, _),
        on_signals((signal.SIGTERM, signal.SIGINT), builds.stop),
    ):
        builds.run(request, tell)
    return ended[-1]


@contextmanager
def _open_builds(
    project: Project, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Builds, Publisher]]:
    from mainstem.transform.dbt import Dbt  # imports dbt, which takes a second or more

    settings = project.config.section("transform", TransformSettings)
    location = lake_location(project)
    lock, turn = StructureLock(location.catalog), BuildTurn(location.catalog)
    dbt = Dbt(
        project.config.path(settings.project_dir),
        project.data_dir / "dbt",
        location,
        settings.schema,
        lock,
        {COMPANY_VARIABLE: str(DBT_PACKAGE), **(environment or {})},
        Snapshots(location.catalog, location.metadata_schema).newest,
    )
    dbt.prepare()
    with (
        closing(lock),
        closing(turn),
        open_publisher(project, "transform", lock) as publisher,
        noting(project, "transform") as note,
        open_records(project, "transform-versions") as records,
    ):
        check = CatalogCheck(location.catalog, location.metadata_schema)
        target = project.data_dir / "dbt" / "target"
        folders = (DBT_PACKAGE, project.config.path(settings.project_dir))
        kept = KeptBuilds(publisher, target, folders, Versions(records))
        dumps = catalog_dumps(project, location, project.config.section("upkeep", UpkeepSettings))
        runs = dbt if dumps is None else DumpedRuns(dbt, dumps)
        yield Builds(runs, check, NotedBuilds(kept, target / "run_results.json", note), turn), publisher


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
