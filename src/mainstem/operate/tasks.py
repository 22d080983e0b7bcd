"""What looking after a project offers to be run: backups, examinations, and what `mainstem up` runs all the
time, for where it is not used.

The loader's task is here and not with the loader: a plan is made by processes that have no use for Arrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.manifest import CronSchedule, Dag, Task
from mainstem.manifest.offers import Offer, OfferedDag
from mainstem.operate.settings import BackupSettings

if TYPE_CHECKING:
    from mainstem.manifest.offers import OfferContext


def offer(project: OfferContext) -> Offer:
    """The DAGs `nightly`, `weekly` where backups are made, and, off by default, `load` and `upkeep`."""
    place = project.config.section("backup", BackupSettings).place
    return Offer((_nightly(place), *([_weekly(place)] if place else []), _load(), _upkeep()))


def _nightly(place: str) -> OfferedDag:
    examine = Task(
        "doctor",
        ("mainstem", "doctor"),
        kind="upkeep",
        description="Examine the project and the machine",
        depends_on=("backup",) if place else (),
        trigger_rule="all_done" if place else "all_success",
    )
    dag = Dag(
        "nightly",
        (*([_backup(place)] if place else []), examine),
        description="Back up, then look whether anything is wrong"
        if place
        else "Look whether anything is wrong",
        schedule=CronSchedule("0 3 * * *"),
    )
    return OfferedDag(dag)


def _backup(place: str) -> Task:
    return Task(
        "backup",
        ("mainstem", "backup", place),
        kind="backup",
        description=f"Copy all that the project keeps to {place}",
        retries=2,
        outlets=("backup",),
    )


def _weekly(place: str) -> OfferedDag:
    check = Task(
        "check_backup",
        ("mainstem", "backup", "--check", place),
        kind="backup",
        description="Read the newest backup back, every byte",
    )
    return OfferedDag(
        Dag(
            "weekly",
            (check,),
            description="Look whether backups are whole",
            schedule=CronSchedule("0 5 * * 0"),
        )
    )


def _load() -> OfferedDag:
    """Two loaders never load into one warehouse."""
    load = Task(
        "load",
        ("mainstem", "load", "--once"),
        kind="load",
        retries=2,
        retry_delay=60.0,
        outlets=("events",),
    )
    dag = Dag("load", (load,), description="Load accepted events", schedule=CronSchedule("*/10 * * * *"))
    return OfferedDag(dag, "the loader runs all the time under `mainstem up`")


def _upkeep() -> OfferedDag:
    tasks = (
        Task("retention", ("mainstem", "retention"), kind="upkeep", retries=1),
        Task(
            "compaction",
            ("mainstem", "upkeep", "--once"),
            kind="upkeep",
            description="Put small files together, let old snapshots go",
            depends_on=("retention",),
            trigger_rule="all_done",
            retries=1,
        ),
        Task("catalogue", ("mainstem", "catalogue", "refresh"), kind="upkeep", retries=1),
    )
    dag = Dag("upkeep", tasks, description="Look after the lake", schedule=CronSchedule("@hourly"))
    return OfferedDag(dag, "upkeep runs all the time under `mainstem up`")
