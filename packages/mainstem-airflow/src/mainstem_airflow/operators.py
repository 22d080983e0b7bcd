"""What a deployment decides, and the operator that a task becomes there.

Promise: nothing here is in the manifest, and nothing of the manifest is here. An unknown option is refused
with the names of those that there are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mainstem_airflow.environment import RUN_ENVIRONMENT
from mainstem_airflow.manifest import ManifestError
from mainstem_airflow.programs import INHERITED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import BaseOperator
    from kubernetes.client.models import V1Pod

    from mainstem_airflow.manifest import Dag, Manifest, Task

OWN_WORK = "command"
"""The kind of tasks that are no stage's of the stack."""


@dataclass(frozen=True, kw_only=True)
class Options(ABC):
    """Of one way to run tasks."""

    termination_grace: int = 30
    """Seconds between SIGTERM and SIGKILL."""

    @classmethod
    def of(cls, options: Mapping[str, Any], folder: Path) -> Self:
        """`folder` is the manifest's. Raises TypeError."""
        valid = [each.name for each in fields(cls)]
        unknown = [name for name in options if name not in valid]
        if unknown:
            raise TypeError(f"unknown option {', '.join(unknown)}; valid are {', '.join(valid)}")
        return cls(**options).beside(folder)

    def beside(self, folder: Path) -> Self:
        """With relative paths made absolute."""
        return self

    @abstractmethod
    def operator(self, manifest: Manifest, dag: Dag, task: Task, common: dict[str, Any]) -> BaseOperator: ...


@dataclass(frozen=True, kw_only=True)
class LocalOptions(Options):
    """Programs on the worker's own machine."""

    project_folder: str = "."
    """Where tasks run, and what their `cwd` is relative to; itself relative to the manifest."""
    bin_folder: str = ""
    """Looked through before PATH: where the `mainstem` of the project's environment is."""
    secrets_folder: str = ""
    """Files `<name>/<key>` of secrets that are in no environment variable."""
    pass_environment: Sequence[str] = ()
    """Variables of the worker that your own programs get too, beside PATH, HOME and the like; `*` for any
    letters. Tasks of the stack itself get all of them, but for Airflow's own."""

    def beside(self, folder: Path) -> Self:
        return replace(
            self,
            project_folder=str((folder / self.project_folder).absolute()),
            bin_folder=self.bin_folder and str((folder / self.bin_folder).absolute()),
            secrets_folder=self.secrets_folder and str((folder / self.secrets_folder).absolute()),
        )

    def operator(self, manifest: Manifest, dag: Dag, task: Task, common: dict[str, Any]) -> BaseOperator:
        from mainstem_airflow.local import LocalProgramOperator

        return LocalProgramOperator(
            argv=list(task.argv),
            cwd=str(Path(self.project_folder, task.cwd)),
            environment=dict(task.env),
            run_environment=dict(RUN_ENVIRONMENT),
            secrets=task.secret_env,
            secrets_folder=self.secrets_folder,
            inherit=(*INHERITED, *self.pass_environment) if task.kind == OWN_WORK else ("*",),
            bin_folder=self.bin_folder,
            termination_grace=self.termination_grace,
            skip_on_exit_code=task.skip_on_exit_code,
            **common,
        )


@dataclass(frozen=True, kw_only=True)
class KubernetesOptions(Options):
    """A pod per task. What is None is left to the connection or to Kubernetes."""

    image: str = ""
    """Of tasks that name none; goes before the manifest's, so that a deployment can pin a digest."""
    project_folder: str = ""
    """The project in the image, if a task's relative `cwd` does not start at the image's own."""
    namespace: str | None = None
    kubernetes_conn_id: str | None = "kubernetes_default"
    """The connection that says where the cluster is; None for the one that Airflow itself runs in."""
    in_cluster: bool | None = None
    config_file: str | None = None
    cluster_context: str | None = None
    service_account_name: str | None = None
    automount_service_account_token: bool | None = False
    """A task rarely asks Kubernetes for anything."""
    image_pull_policy: str | None = None
    image_pull_secrets: Sequence[str] = ()
    secrets_prefix: str = ""
    """Before the name of every Secret."""
    mask_secrets: bool = True
    """Read the Secrets of a task, to strike their values from its log; without the right to (`get` on them)
    its log says so and goes on."""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    node_selector: Mapping[str, str] = field(default_factory=dict)
    priority_class_name: str | None = None
    run_as_user: int | None = None
    run_as_non_root: bool = False
    full_pod_spec: V1Pod | None = None
    """Merged below all the rest: volumes, tolerations, affinity, security contexts."""
    deferrable: bool = False
    """Wait in the triggerer, not in a worker's slot."""
    poll_interval: float = 2
    startup_timeout: int = 600
    """Seconds until a pod must run: nodes may have to be added, images pulled."""
    on_finish_action: str = "delete_pod"
    log_events_on_failure: bool = True

    def operator(self, manifest: Manifest, dag: Dag, task: Task, common: dict[str, Any]) -> BaseOperator:
        from mainstem_airflow import pods
        from mainstem_airflow.pod_operator import MainstemPodOperator

        image = task.image or self.image or manifest.image
        if not image:
            raise ManifestError(f"{dag.dag_id}.{task.task_id}: no image; say build_dags(…, image=…)")
        return MainstemPodOperator(
            name=pods.pod_name(dag.dag_id, task.task_id),
            random_name_suffix=True,
            image=image,
            cmds=[pods.unexpanded(argument) for argument in task.argv],
            env_vars=[
                *pods.variables(task.env),
                *pods.secret_variables(task.secret_env, self.secrets_prefix),
            ],
            run_environment=dict(RUN_ENVIRONMENT),
            working_dir=self._working_dir(dag, task),
            secret_refs=pods.with_prefix(task.secret_env, self.secrets_prefix),
            mask_secrets=self.mask_secrets,
            container_resources=pods.requirements(task.resources),
            labels=self._labels(manifest, task),
            annotations=dict(self.annotations),
            skip_on_exit_code=list(task.skip_on_exit_code),
            namespace=self.namespace,
            kubernetes_conn_id=self.kubernetes_conn_id,
            in_cluster=self.in_cluster,
            config_file=self.config_file,
            cluster_context=self.cluster_context,
            service_account_name=self.service_account_name,
            automount_service_account_token=self.automount_service_account_token,
            image_pull_policy=self.image_pull_policy,
            image_pull_secrets=pods.pull_secrets(self.image_pull_secrets),
            node_selector=dict(self.node_selector),
            priority_class_name=self.priority_class_name,
            security_context=pods.pod_security(self.full_pod_spec, self.run_as_user, self.run_as_non_root),
            container_security_context=pods.container_security(self.full_pod_spec),
            full_pod_spec=self.full_pod_spec,
            termination_grace_period=self.termination_grace,
            startup_timeout_seconds=self.startup_timeout,
            startup_check_interval_seconds=1,  # Airflow's 5 would be a floor under every pod's time
            deferrable=self.deferrable,
            poll_interval=self.poll_interval,
            get_logs=True,
            container_name_log_prefix_enabled=False,  # the log is the program's own
            durable=True,
            on_finish_action=self.on_finish_action,
            on_kill_action="delete_pod",
            log_pod_spec_on_failure=False,  # it would print every variable
            log_events_on_failure=self.log_events_on_failure,
            **common,
        )

    def _working_dir(self, dag: Dag, task: Task) -> str:
        if not task.cwd or task.cwd.startswith("/"):
            return task.cwd or self.project_folder
        if not self.project_folder:
            raise ManifestError(
                f"{dag.dag_id}.{task.task_id}: cwd {task.cwd} is relative; say where the project is in the "
                "image: build_dags(…, project_folder=…)"
            )
        return f"{self.project_folder.rstrip('/')}/{task.cwd}"

    def _labels(self, manifest: Manifest, task: Task) -> dict[str, str]:
        from airflow.providers.cncf.kubernetes.pod_generator import make_safe_label_value

        return {
            "app.kubernetes.io/part-of": "mainstem",
            "mainstem/project": make_safe_label_value(manifest.project),
            "mainstem/kind": make_safe_label_value(task.kind),
            **self.labels,
        }
