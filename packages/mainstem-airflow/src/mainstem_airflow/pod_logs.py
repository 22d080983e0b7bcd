"""A container's log, followed line by line into the task's own.

Promise: each line that the program wrote is written once, as it was and when it was, blank ones too, also
when the stream breaks and is taken up again: Kubernetes can only be asked for whole seconds anew, so lines
are told apart by their timestamps.
"""

from __future__ import annotations

import math
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.cncf.kubernetes.utils.pod_manager import PodLoggingStatus, PodManager
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubernetes.client import CoreV1Api
    from kubernetes.client.models import V1Pod

_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?: |$)")

Moment = tuple[int, int]
"""Seconds since 1970 and nanoseconds: a float would take two lines of one microsecond for one."""


class Position:
    """How far the log of one container has been read."""

    def __init__(self) -> None:
        self._last: Moment | None = None
        self._of_last: set[bytes] = set()
        """Lines of that very moment."""
        self._again = False

    def resume(self) -> int | None:
        """Begin to read again. How many seconds back to ask for; None: from the beginning."""
        if self._last is None:
            return None
        self._again = True
        return max(1, math.ceil(time.time() - self._last[0]) + 1)

    def news(self, raw: bytes) -> bytes | None:
        """The text of a raw line; None if it was read before."""
        stamp = _STAMP.match(raw)
        if stamp is None:
            return raw.rstrip(b"\n")
        moment, line = _moment(stamp), raw[stamp.end() :].rstrip(b"\n")
        if self._again and self._last is not None:
            if moment < self._last or (moment == self._last and line in self._of_last):
                return None
            self._again = False
        if moment != self._last:
            self._last = moment
            self._of_last.clear()
        self._of_last.add(line)
        return line


def _moment(stamp: re.Match[bytes]) -> Moment:
    seconds, fraction, zone = (part.decode("ascii") for part in stamp.groups(b"0"))
    return int(datetime.fromisoformat(seconds + zone).timestamp()), int(fraction.ljust(9, "0"))


class FollowingPodManager(PodManager):
    """Hands each line of a log to `write`."""

    def __init__(self, client: CoreV1Api, position: Position, write: Callable[[str], None]) -> None:
        super().__init__(kube_client=client)
        self._position = position
        self._write = write

    def fetch_container_logs(
        self, pod: V1Pod, container_name: str, *, follow: bool = False, **_: Any
    ) -> PodLoggingStatus:
        """Until the container has ended, or once through if not to `follow`."""
        while True:
            self.read(pod, container_name, follow=follow)
            running = self.container_is_running(pod, container_name=container_name)
            if not running:
                # The stream may have broken off before the container's last words.
                self.read(pod, container_name, follow=False)
            if not (running and follow):
                return PodLoggingStatus(running=running, last_log_time=None)
            time.sleep(1)

    def read(self, pod: V1Pod, container_name: str, *, follow: bool, silence: float = 300) -> None:
        """What is new; with `follow` also what comes, until the stream ends or is silent for `silence` s."""
        try:
            for raw in self.read_pod_logs(
                pod=pod,
                container_name=container_name,
                timestamps=True,
                since_seconds=self._position.resume(),
                follow=follow,
                _request_timeout=(30, silence),
            ):
                if raw.strip():
                    self._take(raw)
        except HTTPError as e:
            self.log.debug("The log's stream broke: %s", type(e).__name__)

    def _take(self, raw: bytes) -> None:
        line = self._position.news(raw)
        if line is not None:
            self._write(line.decode("utf-8", errors="backslashreplace"))

    def run_pod_async(self, pod: V1Pod, **kwargs: Any) -> V1Pod:
        """As Airflow's, which would write the whole pod into the log if it is refused."""
        return self._client.create_namespaced_pod(
            body=self._client.api_client.sanitize_for_serialization(pod),
            namespace=pod.metadata.namespace,
            **kwargs,
        )
