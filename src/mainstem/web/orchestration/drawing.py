"""What the templates of orchestration call: words for moments and durations, and addresses."""

from __future__ import annotations

import shlex
from datetime import UTC
from typing import TYPE_CHECKING

from mainstem.web.orchestration.paths import asset_path, dag_path, run_path, task_path
from mainstem.web.orchestration.words import (
    clock_words,
    cron_text,
    duration_words,
    run_label,
    seconds_of,
    zone_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.web.orchestration.desk import Try


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _lasted(thing: DagRun | TaskInstance | Try, now: datetime) -> str:
    return duration_words(seconds_of(thing, now))


def _cut(text: str, most: int) -> str:
    """The beginning and the end of what is too long: names of one family differ in either."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1]}…{text[-tail:]}"


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def _shell(argv: Sequence[str]) -> str:
    """As one would type it."""
    return shlex.join(argv)


FILTERS = {
    "utc": _utc,
    "clock": clock_words,
    "cron": cron_text,
    "zone": zone_of,
    "run_label": run_label,
    "duration": duration_words,
    "lasted": _lasted,
    "cut": _cut,
    "bytes": _bytes,
    "shell": _shell,
}
PATHS = {"dag_path": dag_path, "run_path": run_path, "task_path": task_path, "asset_path": asset_path}
