"""`mainstem transform`: the dbt worker on the project's lake."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING

from mainstem.assemble.logs import log_process
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_publisher
from mainstem.assemble.query_log import NotedBuilds, noting
from mainstem.assemble.warehouse import lake_location
from mainstem.company import DBT_PACKAGE
from mainstem.supervise import notify_ready, on_signals
from mainstem.transform import TransformSettings, socket_path
from mainstem.warehouse.ducklake import CatalogCheck, Snapshots, StructureLock

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger("mainstem.transform")

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
        worker = Worker(dbt, check, path, NotedBuilds(publisher, results, note))

        def ready() -> None:
            publisher.end_unfinished()
            logger.info("waiting for requests on %s", path)
            notify_ready(str(path))

        with on_signals((signal.SIGTERM, signal.SIGINT), worker.stop):
            worker.serve(ready)
    lock.close()
