"""From a task of a run to the job that a runtime starts: its environment, whole, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import TaskNotStarted
from mainstem.orchestrate.runner.places import try_path
from mainstem.orchestrate.runtime import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from mainstem.manifest import DagRun, SecretRef, Task, TaskInstance

_PLAIN = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
"""What every process needs of its machine."""
OWN_WORK = "command"
"""The kind of tasks that are the user's."""


@dataclass(frozen=True)
class JobMaker:
    """Makes the jobs of one project."""

    project: Path
    runs: Path
    """The folder of all runs."""
    environment: Mapping[str, str]
    """The runner's own."""
    pass_environment: tuple[str, ...] = ()
    secrets_folder: Path | None = None
    struck: Callable[[], Collection[str]] = frozenset
    """Secrets that the runner knows of beside a task's: they are struck from every log."""
    in_container: bool = False
    """Then nothing of this machine's environment is given, and a task's folder is its image's."""
    longest_log: int | None = None
    """Bytes of output that are kept of a try."""

    def job(self, task: Task, run: DagRun, instance: TaskInstance, image: str) -> Job:
        """`image` is the manifest's. Raises TaskNotStarted for a secret that is not there."""
        secrets = {name: self._secret(task, ref) for name, ref in task.secret_env.items()}
        return Job(
            dag_id=run.dag_id,
            run_id=run.run_id,
            task_id=task.task_id,
            try_number=instance.try_number,
            argv=task.argv,
            folder=self.runs / try_path(run.dag_id, run.run_id, task.task_id, instance.try_number),
            cwd=Path(task.cwd) if self.in_container else self.project / task.cwd,
            environment={**self._given(task), **task.env, **secrets, **_about(run, instance)},
            secrets=tuple(value for value in {*secrets.values(), *self.struck()} if value),
            image=task.image or image,
            resources=task.resources,
            timeout=task.execution_timeout,
            longest_log=self.longest_log,
        )

    def _given(self, task: Task) -> dict[str, str]:
        """Of the runner's environment. The stack's own programs read the same settings as the runner, whose
        secrets may stand in any variable."""
        if self.in_container:
            return {}
        return dict(self._plain if task.kind == OWN_WORK else self.environment)

    @cached_property
    def _plain(self) -> dict[str, str]:
        wanted = (*_PLAIN, *self.pass_environment)
        return {
            name: value
            for name, value in self.environment.items()
            if any(fnmatchcase(name, pattern) for pattern in wanted)
        }

    def _secret(self, task: Task, ref: SecretRef) -> str:
        file = None if self.secrets_folder is None else self.secrets_folder / ref.name / ref.key
        if file is not None and file.is_file():
            try:
                return file.read_text(encoding="utf-8").removesuffix("\n")
            except (OSError, UnicodeDecodeError) as e:
                raise TaskNotStarted(f"secret {ref.name}/{ref.key}: {file} cannot be read: {e}") from e
        if ref.variable in self.environment:
            return self.environment[ref.variable]
        where = "" if file is None else f", or write {file}"
        raise TaskNotStarted(
            f"secret {ref.name}/{ref.key} of {task.task_id} is not there: set {ref.variable}{where}"
        )


def _about(run: DagRun, instance: TaskInstance) -> dict[str, str]:
    return {
        "MAINSTEM_DAG_ID": run.dag_id,
        "MAINSTEM_TASK_ID": instance.task_id,
        "MAINSTEM_RUN_ID": run.run_id,
        "MAINSTEM_TRY_NUMBER": str(instance.try_number),
        "MAINSTEM_LOGICAL_DATE": _moment(run.logical_date),
        "MAINSTEM_DATA_INTERVAL_START": _moment(run.data_interval_start),
        "MAINSTEM_DATA_INTERVAL_END": _moment(run.data_interval_end),
    }


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat()
