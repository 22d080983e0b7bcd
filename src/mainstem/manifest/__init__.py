"""What is to be run, when, after what, and how; and the words for what became of it.

Promise: plain, frozen values with one JSON form, which the embedded runner and Airflow read alike. They know
neither stages nor runtimes. Every state, rule and field is Airflow's, by its name and with its meaning; what
Airflow cannot do stands in no manifest.
"""

from __future__ import annotations

from mainstem.manifest.canonical import digest, dump, pretty
from mainstem.manifest.checking import RESERVED_ENV, check, ensure_sound, pool_slots
from mainstem.manifest.cron import cron_problem, five_fields
from mainstem.manifest.model import (
    DEFAULT_POOL,
    DEFAULT_POOL_SLOTS,
    AssetSchedule,
    CronSchedule,
    Dag,
    Manifest,
    Pool,
    Resources,
    SecretRef,
    Task,
    TriggerRule,
)
from mainstem.manifest.paths import Locate, Problem, spelled
from mainstem.manifest.quantities import cpu_cores, memory_bytes
from mainstem.manifest.reading import read_manifest
from mainstem.manifest.runs import DagRun, RunType, TaskInstance
from mainstem.manifest.states import (
    FINISHED,
    TERMINAL_FAILURES,
    DagRunState,
    TaskState,
)

__all__ = [
    "DEFAULT_POOL",
    "DEFAULT_POOL_SLOTS",
    "FINISHED",
    "RESERVED_ENV",
    "TERMINAL_FAILURES",
    "AssetSchedule",
    "CronSchedule",
    "Dag",
    "DagRun",
    "DagRunState",
    "Locate",
    "Manifest",
    "Pool",
    "Problem",
    "Resources",
    "RunType",
    "SecretRef",
    "Task",
    "TaskInstance",
    "TaskState",
    "TriggerRule",
    "check",
    "cpu_cores",
    "cron_problem",
    "digest",
    "dump",
    "ensure_sound",
    "five_fields",
    "memory_bytes",
    "pool_slots",
    "pretty",
    "read_manifest",
    "spelled",
]
