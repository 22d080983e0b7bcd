"""What the models' stage offers to be run: its groups of models, the tests that are left, and publishing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mainstem.company import DBT_PACKAGE
from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Pool, Task
from mainstem.manifest.offers import Offer, OfferedDag
from mainstem.transform.groups import model_groups
from mainstem.transform.models import read_project
from mainstem.transform.settings import COMPANY_VARIABLE, TransformSettings

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.manifest.offers import OfferContext
    from mainstem.transform.groups import Group

PUBLISHED = "published"
"""The asset that is new once readers are shown a build."""
POOL = "dbt"
REST = "build.rest"
"""The task that builds and tests what groups left: tests between them, models that turned out to be stale."""
HELD = 99
"""What `mainstem publish --of` exits with while somebody holds an earlier build: there is nothing to do."""
_EVERY = "*/30 * * * *"
_RETRY_SECONDS = 60.0
_SLA_SECONDS = 4 * 3600.0


def offer(project: OfferContext) -> Offer:
    """The DAGs `transform` and `cohorts`. Raises ConfigError for a dbt project that does not read; nothing
    without one."""
    settings = project.config.section("transform", TransformSettings)
    folder = project.config.path(settings.project_dir)
    if not (folder / "dbt_project.yml").is_file():
        return Offer()
    if settings.groups == "whole":
        tasks: tuple[Task, ...] = (_task("build", ("mainstem", "build"), outlets=(PUBLISHED,)),)
    else:
        tasks = _tasks(groups_of(folder, settings))
    dag = Dag(
        "transform",
        tasks,
        description="Build and test the models, then show them to readers",
        schedule=CronSchedule(_EVERY),
        sla=_SLA_SECONDS,
    )
    # dbt's worker runs one build at a time: more would only wait inside it.
    return Offer((OfferedDag(dag), OfferedDag(_cohorts())), (Pool(POOL, 1, "one build of models at a time"),))


def _cohorts() -> Dag:
    """After each publication: cohorts follow what readers are shown."""
    refresh = Task(
        "refresh",
        ("mainstem", "cohorts", "refresh"),
        kind="cohorts",
        description="Count dynamic cohorts again, bring members into the lake",
        inlets=(PUBLISHED,),
        outlets=("cohorts/members",),
        retries=1,
        retry_delay=_RETRY_SECONDS,
    )
    return Dag(
        "cohorts",
        (refresh,),
        description="Keep cohorts up to what is published",
        schedule=AssetSchedule((PUBLISHED,)),
    )


def groups_of(folder: Path, settings: TransformSettings) -> list[Group]:
    """The groups of the dbt project in `folder`. Raises ConfigError as `read_project`."""
    files = read_project(folder, {**os.environ, COMPANY_VARIABLE: str(DBT_PACKAGE)})
    return model_groups(files, settings.group_depth)


def _tasks(groups: list[Group]) -> tuple[Task, ...]:
    names = [f"build.{group.name}" for group in groups]
    return (
        *(
            _task(
                name,
                ("mainstem", "build", "--group", group.name),
                inlets=(
                    *(f"source/{one.replace('.', '/')}" for one in group.sources),
                    *map(_asset, group.needs),
                ),
                outlets=(_asset(group.name),),
            )
            for name, group in zip(names, groups, strict=True)
        ),
        _task(REST, ("mainstem", "build", "--rest"), depends_on=tuple(names)),
        Task(
            "publish",
            ("mainstem", "publish", "--of"),
            kind="publish",
            depends_on=(REST,),
            skip_on_exit_code=(HELD,),
            inlets=tuple(_asset(group.name) for group in groups),
            outlets=(PUBLISHED,),
        ),
    )


def _task(task_id: str, argv: tuple[str, ...], **fields: tuple[str, ...]) -> Task:
    return Task(
        task_id,
        argv,
        kind="dbt",
        pool=POOL,
        retries=1,
        retry_delay=_RETRY_SECONDS,
        **fields,  # type: ignore[arg-type] # assets and ids
    )


def _asset(group: str) -> str:
    return f"models/{group.replace('.', '/')}"
