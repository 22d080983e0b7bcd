"""Settings of `[orchestrate]` in `mainstem.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class TaskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be said of tasks that stages offer; a setting left out leaves the offer as it is.

    Fields are the manifest's; durations are seconds, or text such as `5m`.
    """

    retries: Annotated[int, msgspec.Meta(ge=0)] | None = None
    retry_delay: float | str | None = None
    execution_timeout: float | str | None = None
    pool: str | None = None
    priority_weight: int | None = None
    image: str | None = None
    owner: str | None = None
    env: dict[str, str] | None = None
    """Added to the offer's."""


class DagSettings(TaskSettings, frozen=True, forbid_unknown_fields=True):
    """`[orchestrate.dags.<dag_id>]`: changes to a DAG that a stage offers, and to each of its tasks."""

    enabled: bool | None = None
    schedule: str | None = None
    """A cron expression; empty for runs by hand only."""
    timezone: str | None = None
    is_paused_upon_creation: bool | None = None
    catchup: bool | None = None
    max_active_runs: Annotated[int, msgspec.Meta(ge=1)] | None = None
    dagrun_timeout: float | str | None = None
    sla: float | str | None = None
    tasks: dict[str, TaskSettings] = {}
    """Changes to one task, by its id."""


class OrchestrateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is run, when and where; docs/orchestration-manifest.md says more."""

    runtime: Literal["process", "podman"] = "process"
    """Whether tasks run as processes of this machine or in containers."""
    image: str = ""
    """Image of tasks that name none, where they run in containers."""
    timezone: str = "UTC"
    """Whose wall clock schedules follow that name no other."""
    dags_dir: str = "dags"
    """Folder of the project's own DAGs, a YAML file each."""
    logs_dir: str = ""
    """Where tries keep their logs; empty: `runs` in the data folder."""
    keep_runs_days: Annotated[int, msgspec.Meta(ge=1)] = 90
    """Runs that ended longer ago are forgotten, with their logs."""
    pools: dict[str, Annotated[int, msgspec.Meta(ge=1)]] = {}
    """Places that tasks share, a number for each pool: `pools = {crm_api = 2}`."""
    dags: dict[str, DagSettings] = {}
    """Changes to DAGs that Mainstem's stages offer, by id: `[orchestrate.dags.transform]` with `enabled`,
    `schedule`, `timezone`, `is_paused_upon_creation`, `catchup`, `max_active_runs`, `dagrun_timeout`, `sla`,
    `tasks`, and for all its tasks `retries`, `retry_delay`, `execution_timeout`, `pool`, `priority_weight`,
    `image`, `owner`, `env`."""
