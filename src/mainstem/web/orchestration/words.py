"""Times, schedules and states as people say them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mainstem.manifest import AssetSchedule, CronSchedule, five_fields

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, TaskInstance
    from mainstem.web.orchestration.desk import Try

STATE_WORDS = {
    None: "no status",
    "scheduled": "scheduled",
    "queued": "queued",
    "running": "running",
    "success": "success",
    "failed": "failed",
    "up_for_retry": "up for retry",
    "upstream_failed": "upstream failed",
    "skipped": "skipped",
    "removed": "removed",
}
"""By state, in Airflow's words; None is a task that nothing has been decided of."""

_ONE_TIME = re.compile(r"At \d\d:\d\d")


def duration_words(seconds: float | None) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    for size, unit, below, lesser in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {lesser}" if rest else "")
    return f"{whole} s"


def seconds_of(thing: DagRun | TaskInstance | Try, now: datetime) -> float | None:
    """How long it ran, or has run until `now`; None before it began.

    None, too, for a task that was never tried: what an upstream failure ended has a beginning and an end.
    """
    if thing.start_date is None or getattr(thing, "try_number", 1) == 0:
        return None
    return ((thing.end_date or now) - thing.start_date).total_seconds()


def schedule_words(dag: Dag) -> str:
    """`Every 30 minutes`, `Daily at 07:00 (Europe/Berlin)`, `When all of 3 assets are new`, `By hand`."""
    schedule = dag.schedule
    if isinstance(schedule, CronSchedule):
        zone = "" if _is_zoneless(schedule.expression) or schedule.timezone == "UTC" else schedule.timezone
        return _cron_words(schedule.expression) + (f" ({zone})" if zone else "")
    if isinstance(schedule, AssetSchedule):
        if len(schedule.assets) == 1:
            return f"When {schedule.assets[0]} is new"
        how = "all" if schedule.match == "all" else "any"
        return f"When {how} of {len(schedule.assets)} assets are new"
    return "By hand"


def cron_text(dag: Dag) -> str:
    """The expression as it was written; empty for a DAG without one."""
    return dag.schedule.expression if isinstance(dag.schedule, CronSchedule) else ""


def zone_of(dag: Dag) -> str:
    return dag.schedule.timezone if isinstance(dag.schedule, CronSchedule) else "UTC"


def clock_words(at: datetime, zone: str) -> str:
    """`Tue 24 Nov 08:00 CET · 07:00 UTC`; one clock where both say the same."""
    utc = at.astimezone(ZoneInfo("UTC"))
    local = at.astimezone(ZoneInfo(zone))
    if local.utcoffset() == utc.utcoffset():
        return f"{utc:%a %-d %b %H:%M} UTC"
    there = f"{local:%a %-d %b %H:%M %Z}"
    return f"{there} · {utc:%H:%M} UTC" if local.date() == utc.date() else f"{there} · {utc:%a %H:%M} UTC"


def run_label(run: DagRun) -> str:
    """What a run is called on pages: its tick, or when it was asked for."""
    at = run.logical_date or run.queued_at
    return f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M}" + (
        f":{at:%S}" if at.second and run.run_type != "scheduled" else ""
    )


@lru_cache(maxsize=512)
def _cron_words(expression: str) -> str:
    from cron_descriptor import (  # 30 ms, for the first schedule that is shown
        FormatError,
        MissingFieldError,
        Options,
        WrongArgumentError,
        get_description,
    )

    options = Options()
    options.use_24hour_time_format = True
    try:
        words = get_description(five_fields(expression), options)
    except (FormatError, MissingFieldError, WrongArgumentError):
        return expression
    return f"Daily at {words[3:]}" if _ONE_TIME.fullmatch(words) else words


def _is_zoneless(expression: str) -> bool:
    """Whether it is the same in every zone of whole hours: nothing is said of hours or days."""
    return expression == "@hourly" or expression.split()[1:] == ["*"] * 4
