"""Reading a manifest: the JSON that `mainstem plan --json` writes.

Promise: a manifest is read whole or refused with the place and what is valid there; a version or a field
that this provider does not know is never passed over, since what it asked for would silently not happen.
The values mirror Mainstem's own; durations are seconds.
"""

from __future__ import annotations

from datetime import datetime  # msgspec reads the annotations
from pathlib import Path
from typing import Literal

import msgspec

VERSION = 1
DEFAULT_POOL = "default_pool"

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


class ManifestError(ValueError):
    """A manifest that cannot be read; the message says where and what is valid."""


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class SecretRef(_Value, frozen=True):
    """A key of a Kubernetes Secret."""

    name: str
    key: str


class Resources(_Value, frozen=True):
    """Kubernetes quantities; empty: none."""

    cpu_request: str = ""
    cpu_limit: str = ""
    memory_request: str = ""
    memory_limit: str = ""


class Task(_Value, frozen=True):
    task_id: str
    argv: tuple[str, ...]
    kind: str = "command"
    description: str = ""
    owner: str = ""
    image: str = ""
    cwd: str = ""
    env: dict[str, str] = msgspec.field(default_factory=dict)
    secret_env: dict[str, SecretRef] = msgspec.field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    trigger_rule: TriggerRule = "all_success"
    retries: int = 0
    retry_delay: float = 300.0
    retry_exponential_backoff: float = 0.0
    max_retry_delay: float | None = None
    execution_timeout: float | None = None
    skip_on_exit_code: tuple[int, ...] = ()
    pool: str = DEFAULT_POOL
    pool_slots: int = 1
    priority_weight: int = 1
    resources: Resources = Resources()
    inlets: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


class CronSchedule(_Value, frozen=True, tag="cron", tag_field="type"):
    expression: str
    timezone: str = "UTC"


class AssetSchedule(_Value, frozen=True, tag="assets", tag_field="type"):
    assets: tuple[str, ...]
    match: Literal["all", "any"] = "all"


class Dag(_Value, frozen=True):
    dag_id: str
    tasks: tuple[Task, ...]
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    schedule: CronSchedule | AssetSchedule | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    catchup: bool = False
    max_active_runs: int = 1
    max_active_tasks: int = 16
    dagrun_timeout: float | None = None
    sla: float | None = None
    is_paused_upon_creation: bool = False


class Pool(_Value, frozen=True):
    name: str
    slots: int
    description: str = ""


class Manifest(_Value, frozen=True):
    project: str
    dags: tuple[Dag, ...]
    version: Literal[1] = 1
    image: str = ""
    pools: tuple[Pool, ...] = ()


class _Head(msgspec.Struct):
    version: object = VERSION


def read_manifest(path: str | Path) -> Manifest:
    """The manifest in `path`. Raises ManifestError."""
    try:
        content = Path(path).read_bytes()
    except OSError as e:
        raise ManifestError(
            f"{path}: cannot be read: {e.strerror}; write it with `mainstem plan --json`"
        ) from e
    return parse_manifest(content, str(path))


def parse_manifest(content: bytes, name: str) -> Manifest:
    """As `read_manifest`, of bytes; `name` is what messages call them."""
    try:
        version = msgspec.json.decode(content, type=_Head).version
        if version != VERSION:
            raise ManifestError(
                f"{name}: is of version {version!r}; this mainstem-airflow reads version {VERSION}: "
                "install the one that belongs to the Mainstem that wrote it"
            )
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as e:
        raise ManifestError(f"{name}: {e}") from e
    _check_names(manifest, name)
    return manifest


def _check_names(manifest: Manifest, name: str) -> None:
    """What Airflow would only stumble over later, or at another place."""
    dag_ids: set[str] = set()
    for dag in manifest.dags:
        if dag.dag_id in dag_ids:
            raise ManifestError(f"{name}: two DAGs are named {dag.dag_id}")
        dag_ids.add(dag.dag_id)
        tasks: dict[str, Task] = {}
        for task in dag.tasks:
            if task.task_id in tasks:
                raise ManifestError(f"{name}: {dag.dag_id}: two tasks are named {task.task_id}")
            if not task.argv:
                raise ManifestError(f"{name}: {dag.dag_id}.{task.task_id}: argv is empty; it needs a program")
            tasks[task.task_id] = task
        for task in dag.tasks:
            unknown = [other for other in task.depends_on if other not in tasks]
            if unknown:
                raise ManifestError(
                    f"{name}: {dag.dag_id}.{task.task_id}: depends_on names no task of its DAG: "
                    f"{', '.join(unknown)}; there are {', '.join(tasks)}"
                )
