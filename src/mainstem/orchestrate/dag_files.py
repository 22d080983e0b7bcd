"""A project's own DAGs: `dags/*.yml`, one DAG a file, in the fields of the manifest.

What people write shorter than the manifest holds it is spelled out here: a schedule as a cron expression,
durations such as `5m`, `default_args` for all tasks. Every mistake of every file is told at once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from mainstem.errors import ManifestError, ManifestProblem, Place
from mainstem.manifest import Dag, Task
from mainstem.manifest.converting import BAD, convert, named
from mainstem.manifest.durations import VALID, seconds_of
from mainstem.manifest.paths import Problem
from mainstem.manifest.yaml_lines import Written, read_yaml_file

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.manifest.paths import Path as FieldPath

SUFFIXES = (".yml", ".yaml")
_DAG_DURATIONS = ("dagrun_timeout", "sla")
_TASK_DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout")
_MOMENTS = ("start_date", "end_date")
_OF_ONE_TASK = ("task_id", "depends_on")
_SHARED = tuple(name for name in Task.__struct_fields__ if name not in _OF_ONE_TASK)
INLETS = "inlets"
"""As a schedule: whenever all have become new that its tasks read and none of them makes."""


@dataclass(frozen=True)
class WrittenDag:
    """One DAG and the file that it stands in."""

    dag: Dag
    written: Written

    def place(self, path: FieldPath) -> Place:
        """Where something of the DAG was written."""
        return self.written.place(path)


def read_dags(folder: Path, timezone: str) -> list[WrittenDag]:
    """Every DAG in files below `folder`, in the order of their paths; none without the folder.

    `timezone` is of schedules that name none. Raises ManifestError with all that is wrong with their form.
    """
    found: list[WrittenDag] = []
    problems: list[ManifestProblem] = []
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.suffix in SUFFIXES and file.is_file():
            written = read_yaml_file(file)
            dag = None if written.problems else _dag(written, timezone)
            if dag is not None:
                found.append(WrittenDag(dag, written))
            problems += written.told()
    if problems:
        raise ManifestError(problems)
    return found


def _dag(written: Written, timezone: str) -> Dag | None:
    plain = written.value
    if not isinstance(plain, dict):
        written.problems.append(
            Problem((), f"expected the fields of a DAG, got {named(plain)}", ", ".join(Dag.__struct_fields__))
        )
        return None
    spelled_out: dict[str, Any] = {"dag_id": written.file.stem, **plain}
    defaults = _defaults(spelled_out.pop("default_args", None), written)
    tasks = spelled_out.get("tasks")
    if isinstance(tasks, list):
        spelled_out["tasks"] = [
            _task(task, ("tasks", number), defaults, written) if isinstance(task, dict) else task
            for number, task in enumerate(tasks)
        ]
    if "schedule" in spelled_out:
        spelled_out["schedule"] = _schedule(spelled_out, timezone)
    _durations(spelled_out, _DAG_DURATIONS, (), written)
    _moments(spelled_out, timezone)
    made = convert(spelled_out, Dag, (), written.problems)
    return None if made is BAD or written.problems else made


def _defaults(given: Any, written: Written) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        written.problems.append(Problem(("default_args",), f"expected fields, got {named(given)}"))
        return {}
    for name in given.keys() - set(_SHARED):
        written.problems.append(
            Problem(("default_args", name), "is no field that tasks share", ", ".join(_SHARED))
        )
    return {name: value for name, value in given.items() if name in _SHARED}


def _task(
    task: dict[str, Any], path: FieldPath, defaults: dict[str, Any], written: Written
) -> dict[str, Any]:
    for name in defaults.keys() - task.keys():
        written.stand_for((*path, name), ("default_args", name))
    made = {**defaults, **task}
    _durations(made, _TASK_DURATIONS, path, written)
    return made


def _durations(fields: dict[str, Any], names: tuple[str, ...], path: FieldPath, written: Written) -> None:
    for name in names:
        if isinstance(fields.get(name), str):
            seconds = seconds_of(fields[name])
            if seconds is None:
                problem = f"{named(fields[name])} is no duration"
                written.problems.append(Problem((*path, name), problem, VALID))
                seconds = 1.0
            fields[name] = seconds


def _schedule(fields: dict[str, Any], timezone: str) -> Any:
    match fields["schedule"]:
        case "inlets":
            return {"type": "assets", "assets": _wanted(fields.get("tasks"))}
        case str(expression):
            return {"type": "cron", "expression": expression, "timezone": timezone}
        case list(assets):
            return {"type": "assets", "assets": assets}
        case {"assets": _} as schedule:
            return {"type": "assets", **schedule}
        case {"expression": _} as schedule:
            return {"type": "cron", "timezone": timezone, **schedule}
        case schedule:
            return schedule


def _wanted(tasks: Any) -> list[str]:
    """As `offers.wanted_from_elsewhere`, of tasks that have not been looked at yet."""
    read, made = (
        [
            asset
            for task in (tasks if isinstance(tasks, list) else [])
            if isinstance(task, dict) and isinstance(task.get(name), list)
            for asset in task[name]
        ]
        for name in ("inlets", "outlets")
    )
    return list(dict.fromkeys(asset for asset in read if asset not in made))


def _moments(fields: dict[str, Any], timezone: str) -> None:
    """A day begins, and a clock without offset runs, where the schedule does."""
    schedule = fields.get("schedule")
    name = schedule.get("timezone", timezone) if isinstance(schedule, dict) else timezone
    for field in _MOMENTS:
        moment = _moment(fields.get(field))
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 # its zone follows
        if isinstance(moment, datetime):
            fields[field] = moment if moment.tzinfo else _in_zone(moment, name)


def _moment(value: Any) -> Any:
    """YAML makes dates and times of some texts and leaves others to us; what is neither stays as it is."""
    for kind in (date, datetime) if isinstance(value, str) else ():
        with suppress(msgspec.ValidationError):
            return msgspec.convert(value, kind)
    return value


def _in_zone(moment: datetime, name: str) -> datetime:
    try:
        return moment.replace(tzinfo=ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        return moment  # what is wrong with the zone is told of the schedule
