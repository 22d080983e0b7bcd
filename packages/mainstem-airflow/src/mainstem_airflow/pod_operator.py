"""KubernetesPodOperator for a task of a manifest.

Promise: a failed try says why in one line and says nothing of the pod's specification; a pod that was told
to end has ended before the try has, so that no two tries overlap; arguments reach the program as the
manifest has them; its log is the program's own, without the values of its secrets.
"""

from __future__ import annotations

import base64
import sys
import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.utils.container import container_is_completed
from airflow.sdk.exceptions import AirflowException, AirflowSkipException, AirflowTaskTimeout
from airflow.sdk.log import mask_secret
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from mainstem_airflow import outcomes, pod_endings, pods
from mainstem_airflow.pod_logs import FollowingPodManager, Position
from mainstem_airflow.secrets import Mask
from mainstem_airflow.verbatim import VerbatimFields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow.sdk import Context
    from kubernetes.client.models import V1Pod

    from mainstem_airflow.manifest import SecretRef

_LOG_PAUSES = (1.0, 2.0)
"""Seconds before a log that was refused is asked for again."""


class MainstemPodOperator(VerbatimFields, KubernetesPodOperator):
    """A pod of one container that runs a task's program."""

    template_fields: Sequence[str] = ("cmds", "env_vars", "run_environment", "image", "namespace")
    rendered_fields = ("run_environment",)

    def __init__(
        self,
        *,
        run_environment: dict[str, str],
        working_dir: str,
        secret_refs: Sequence[SecretRef],
        mask_secrets: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.run_environment = run_environment
        self.working_dir = working_dir
        self.secret_refs = tuple(secret_refs)
        self.mask_secrets = mask_secrets
        self._position = Position()
        self._mask = Mask()

    @cached_property
    def pod_manager(self) -> FollowingPodManager:
        return FollowingPodManager(self.client, self._position, self._write)

    def build_pod_request_obj(self, context: Context | None = None, *, dry_run: bool = False) -> V1Pod:
        pod = super().build_pod_request_obj(context, dry_run=dry_run)
        base = next(c for c in pod.spec.containers if c.name == self.base_container_name)
        base.env = [*(base.env or []), *pods.variables(self.run_environment)]
        base.working_dir = self.working_dir or base.working_dir
        if not dry_run:
            self._learn_secrets(pod.metadata.namespace)
        return pod

    def execute(self, context: Context) -> Any:
        with self._told_shortly():
            return super().execute(context)

    def trigger_reentry(self, context: Context, event: dict[str, Any]) -> Any:
        """Airflow's, with the secrets learnt anew: this is another process than the one that deferred."""
        with self._told_shortly():
            self._learn_secrets(event["namespace"])
            # Where there is a stack trace, Airflow would fail with it and not with its message.
            told = {name: value for name, value in event.items() if name != "stack_trace"}
            return super().trigger_reentry(context, told)

    def cleanup(
        self,
        pod: V1Pod,
        remote_pod: V1Pod,
        xcom_result: Any = None,
        context: Context | None = None,
    ) -> None:
        """Delete the pod as told, and fail unless it succeeded; called while what broke the try passes by."""
        broke = sys.exception()
        if isinstance(broke, AirflowTaskTimeout):
            return  # the pod still runs: `_told_shortly` sees to it
        if _ran_out_of_time(broke):
            self._end_in_time()
            outcomes.fail(outcomes.of_timeout(self.execution_timeout))
        end = pod_endings.terminated(remote_pod, self.base_container_name)
        if end is not None:
            self.log.info("[mainstem] exit %s", end.exit_code)
        try:
            super().cleanup(pod, remote_pod, xcom_result, context)
        except AirflowSkipException:
            outcomes.skip(end.exit_code if end else None)
        except AirflowException:
            outcomes.fail(self._mask.strike(self._reason(remote_pod, broke)))

    def _reason(self, pod: V1Pod, broke: BaseException | None) -> str:
        if broke is None or pod_endings.terminated(pod, self.base_container_name) is not None:
            return pod_endings.of_container(pod, self.base_container_name)
        return pod_endings.of_exception(broke)

    @contextmanager
    def _told_shortly(self) -> Iterator[None]:
        """What goes wrong becomes TaskFailed, with a reason and no more."""
        try:
            yield
        except AirflowTaskTimeout:
            self._end_in_time()
            outcomes.fail(outcomes.of_timeout(self.execution_timeout))
        except (outcomes.TaskFailed, AirflowSkipException):
            raise
        except (AirflowException, ApiException, HTTPError) as e:
            outcomes.fail(self._mask.strike(pod_endings.of_exception(e)))
        if self._killed:
            # Airflow would take the end of a pod that was deleted under it for a success.
            outcomes.fail("stopped")

    def _end_in_time(self) -> None:
        """Delete the pod and wait until it has ended, with its last words; the next try must not meet it."""
        self.on_kill()
        if self.pod is None:
            return
        patience = (self.termination_grace_period or 30) + 30
        until = time.monotonic() + patience
        try:
            self.pod_manager.read(self.pod, self.base_container_name, follow=True, silence=patience)
            while not container_is_completed(self.pod_manager.read_pod(self.pod), self.base_container_name):
                if time.monotonic() > until:
                    self.log.warning("[mainstem] the pod was deleted and has not ended yet")
                    return
                time.sleep(0.5)
        except ApiException as e:
            if e.status != 404:
                self.log.warning("[mainstem] %s", pod_endings.of_answer(e))

    def _learn_secrets(self, namespace: str) -> None:
        """Know the values that the log must not show: nothing else tells them to Airflow."""
        if not self.mask_secrets:
            return
        for secret in self.secret_refs:
            try:
                data = self.client.read_namespaced_secret(secret.name, namespace).data or {}
            except ApiException as e:
                self.log.warning(
                    "[mainstem] Secret %s cannot be masked in this log: %s", secret.name, e.reason
                )
                continue
            value = base64.b64decode(data.get(secret.key, "")).decode("utf-8", errors="replace")
            if value:
                self._mask.learn([value])
                mask_secret(value)

    def _write(self, line: str) -> None:
        self.log.info("%s", self._mask.strike(line))

    def _write_logs(  # type: ignore[override] # Airflow's is decorated to be tried again; ours does it by itself
        self, pod: V1Pod, follow: bool = False, since_time: Any = None
    ) -> None:
        """After deferral. A pod whose time is over still runs: nobody waits for its end here. Raises
        ApiException, of which Airflow makes a warning: asked only once, a task is left without log."""
        for pause in _LOG_PAUSES:
            try:
                self.pod_manager.fetch_container_logs(pod, self.base_container_name, follow=False)
                return
            except ApiException as e:
                self.log.warning("[mainstem] the log is asked for again: %s", pod_endings.of_answer(e))
                time.sleep(pause)
        self.pod_manager.fetch_container_logs(pod, self.base_container_name, follow=False)


def _ran_out_of_time(broke: BaseException | None) -> bool:
    """Deferred: the triggerer can only tell in words that the task's time is over."""
    return isinstance(broke, AirflowException) and "execution_timeout deadline" in str(broke)
