"""The manifest: DAGs of tasks. A task is a program with its environment, as a pod is.

Durations are seconds. Moments are ISO 8601 with an offset.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

from mainstem.manifest.fields import (  # msgspec reads the annotations
    Argv,
    AssetName,
    Count,
    CpuQuantity,
    Duration,
    EnvName,
    ExitCode,
    Factor,
    Id,
    MemoryQuantity,
    Moment,
    Positive,
    Seconds,
    SecretKey,
    SecretName,
    Tag,
    Whole,
)

TriggerRule = Literal[
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "all_skipped",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_failed_min_one_success",
    "none_skipped",
    "always",
]
DEFAULT_POOL = "default_pool"
DEFAULT_POOL_SLOTS = 128
"""As Airflow's, where no manifest says otherwise."""


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Written without what is as by default."""


class SecretRef(_Value, frozen=True):
    """Where a secret is, never what it is: a Kubernetes Secret and a key of it.

    Embedded, it is the environment variable `<NAME>_<KEY>` of the runner, upper-cased, with `-` and `.` as
    `_`, or a file `<secrets folder>/<name>/<key>`.
    """

    name: SecretName
    """Of the Secret."""
    key: SecretKey
    """In the Secret."""

    @property
    def variable(self) -> str:
        """What it is called in the environment of the embedded runner."""
        return re.sub(r"[.-]", "_", f"{self.name}_{self.key}").upper()

    @staticmethod
    def of_variable(variable: str) -> SecretRef | None:
        """Of `ZENDESK_API_TOKEN` the key `api-token` of `zendesk`: what has this `variable`. None for one of
        a single word, which no Secret and key come to."""
        name, _, key = variable.partition("_")
        ref = SecretRef(name.lower(), key.lower().replace("_", "-"))
        return ref if name and key and ref.variable == variable else None


class Resources(_Value, frozen=True):
    """Kubernetes quantities: `500m`, `2`; `256Mi`, `1Gi`. Empty: none asked for, no limit."""

    cpu_request: CpuQuantity = ""
    """Processors that it is sure to get."""
    cpu_limit: CpuQuantity = ""
    """More than these it never gets: it is slowed down."""
    memory_request: MemoryQuantity = ""
    """Bytes that it is sure to get."""
    memory_limit: MemoryQuantity = ""
    """With more it is killed, and the try has failed for want of memory."""


class Task(_Value, frozen=True):
    """One program of a DAG."""

    task_id: Id
    """Letters, digits, `_`, `-` and `.`; unique in its DAG."""
    argv: Argv
    """Program and arguments; no shell reads it."""
    kind: str = "command"
    """What it is to readers: command, sync, load, dbt, publish, upkeep, backup, deliver, activate."""
    description: str = ""
    """For people."""
    owner: str = ""
    """Whom to ask; empty: the DAG's."""
    image: str = ""
    """Container image; empty: the manifest's."""
    cwd: str = ""
    """Working directory; relative to the project's folder, in a container the image's own if empty."""
    env: dict[EnvName, str] = msgspec.field(default_factory=dict)
    """No secret belongs here: it is printed."""
    secret_env: dict[EnvName, SecretRef] = msgspec.field(default_factory=dict)
    """Variables whose values are secrets, and where those are."""
    depends_on: tuple[Id, ...] = ()
    """Tasks of the same DAG."""
    trigger_rule: TriggerRule = "all_success"
    """What must have become of the tasks in `depends_on` for this one to be run."""
    retries: Count = 0
    """Tries after the first."""
    retry_delay: Seconds = 300.0
    """Before the next try."""
    retry_exponential_backoff: Factor = 0.0
    """What the delay is multiplied by at every further retry; 0: it stays as it is."""
    max_retry_delay: Duration | None = None
    """The delay grows no further."""
    execution_timeout: Duration | None = None
    """Of one try; then its whole process group, or its pod, is ended and the try has failed."""
    skip_on_exit_code: tuple[ExitCode, ...] = ()
    """Exit codes that say there was nothing to do: the task is `skipped`."""
    pool: Id = DEFAULT_POOL
    """Whose places it takes while it runs."""
    pool_slots: Positive = 1
    """How many of them."""
    priority_weight: Whole = 1
    """Of tasks that wait for a place the greatest goes first."""
    resources: Resources = Resources()
    """What it may use of a machine."""
    inlets: tuple[AssetName, ...] = ()
    """Assets that it reads. Planning makes it depend on tasks of its DAG that make them; nothing else waits
    for them."""
    outlets: tuple[AssetName, ...] = ()
    """Assets that are new once it has succeeded: `lake/stripe/charges`."""


class CronSchedule(_Value, frozen=True, tag="cron", tag_field="type"):
    """A run for every tick of `expression`, in the wall clock of `timezone`.

    The logical date is the tick itself, as with Airflow's CronTriggerTimetable: interval start = end = tick.
    """

    expression: str
    """Five fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`."""
    timezone: str = "UTC"
    """A name of the IANA database."""


class AssetSchedule(_Value, frozen=True, tag="assets", tag_field="type"):
    """A run once each of `assets` (`all`), or one of them (`any`), has become new since the last one."""

    assets: Annotated[tuple[AssetName, ...], msgspec.Meta(min_length=1)]
    """Outlets of tasks, of whichever DAG."""
    match: Literal["all", "any"] = "all"
    """Whether it takes all of them or any."""


class Dag(_Value, frozen=True):
    """Tasks that are run together, and when."""

    dag_id: Id
    """Unique in the manifest."""
    tasks: Annotated[tuple[Task, ...], msgspec.Meta(min_length=1)]
    """In any order: `depends_on` says what comes after what."""
    description: str = ""
    """For people."""
    owner: str = ""
    """Whom to ask."""
    tags: tuple[Tag, ...] = ()
    """To find it by."""
    schedule: CronSchedule | AssetSchedule | None = None
    """None: only by hand."""
    start_date: Moment | None = None
    """No tick before it is run. None: since the DAG was first seen."""
    end_date: Moment | None = None
    """No tick after it is run."""
    catchup: bool = False
    """Run every tick that was missed; else only the newest of them."""
    max_active_runs: Positive = 1
    """Airflow's own default is 16; on one lake runs of one DAG rarely want to overlap."""
    max_active_tasks: Positive = 16
    """Of all its runs, at the same time."""
    dagrun_timeout: Duration | None = None
    """Of a whole run; then it has failed, and what runs of it is ended."""
    sla: Duration | None = None
    """Alert when a run has not ended so long after it was queued (Airflow: a deadline by
    `DAGRUN_QUEUED_AT`). The run goes on."""
    is_paused_upon_creation: bool = False
    """Whether it waits to be unpaused when it is first seen; later only people pause it."""


class Pool(_Value, frozen=True):
    """A number of places that tasks share, over all DAGs."""

    name: Id
    """Unique in the manifest."""
    slots: Positive
    """How many tasks of one place each run at the same time."""
    description: str = ""
    """For people."""


class Manifest(_Value, frozen=True, omit_defaults=False):
    """Everything that a project runs."""

    project: str
    """Its name, for people."""
    dags: tuple[Dag, ...]
    """Every one that is run."""
    version: Literal[1] = 1
    """Of the form; always written."""
    image: str = ""
    """Of tasks that name none, where they run in containers."""
    pools: tuple[Pool, ...] = ()
    """`default_pool` has 128 slots where it is not among them, as Airflow's."""
