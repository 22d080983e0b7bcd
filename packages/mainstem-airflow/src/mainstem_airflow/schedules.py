"""When DAGs run: a manifest's schedules as Airflow's.

Promise: the logical date is the tick itself, start and end of the data interval too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAll, AssetAny, CronTriggerTimetable

from mainstem_airflow.manifest import CronSchedule

if TYPE_CHECKING:
    from mainstem_airflow.manifest import AssetSchedule


def schedule_of(schedule: CronSchedule | AssetSchedule | None) -> Any:
    """What `DAG(schedule=…)` takes."""
    if schedule is None:
        return None
    if isinstance(schedule, CronSchedule):
        return CronTriggerTimetable(schedule.expression, timezone=schedule.timezone)
    either = AssetAny if schedule.match == "any" else AssetAll
    return either(*assets(schedule.assets))


def assets(names: tuple[str, ...]) -> list[Asset]:
    return [Asset(name) for name in names]
