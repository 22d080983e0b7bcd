"""The answer to `/health`: RudderStack's keys, and the facts an operator asks for first.

It reports what the last request met; it never writes to the log to find out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mainstem.collect.replies import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.collect.intake import Intake, RecordLog


class ConfigProblem(NamedTuple):
    """Why settings that were changed are not served."""

    where: str
    """The file's name and line: what anybody who asks for the gateway's health may know."""
    text: str


class Health:
    """Down for `recovery` seconds after the log refused records, so that a balancer sends traffic
    elsewhere; then up again, or nothing would ever find out that the log has recovered."""

    def __init__(
        self,
        intake: Intake,
        log: RecordLog,
        *,
        started_at: str,
        recovery: float,
        now: Callable[[], float],
        free_disk_bytes: Callable[[], int] | None,
    ) -> None:
        self._intake = intake
        self._log = log
        self._started_at = started_at
        self._recovery = recovery
        self._now = now
        self._free_disk_bytes = free_disk_bytes
        self.refuses: Callable[[], bool] = lambda: False
        """Whether events are refused now, before any log has."""
        self.facts: list[Callable[[], Mapping[str, str | int | float | None]]] = []
        """What those that run beside the gateway have to say of it."""
        self.config_error: ConfigProblem | None = None
        """While the project's present settings are not served, but the ones before."""

    @property
    def accepts(self) -> bool:
        """Whether an event that came now would be kept, as far as is known."""
        failed_at = self._intake.failed_at
        recovered = failed_at is None or self._now() - failed_at >= self._recovery
        return recovered and not self.refuses()

    def __call__(self) -> Reply:
        up = self.accepts
        facts: dict[str, str | int | float | None] = {
            "appType": "GATEWAY",
            "server": "UP",
            "db": "UP" if up else "DOWN",
            "acceptingEvents": "TRUE" if up else "FALSE",
            "routingEvents": "TRUE",
            "mode": "NORMAL",
            "backendConfigMode": "JSON",
            "lastSync": self._started_at,
            "lastRegulationSync": "",
            "logEnd": self._log.durable_end,
            "waitingBytes": self._intake.waiting_bytes,
        }
        if self._free_disk_bytes is not None:
            facts["freeDiskBytes"] = _asked(self._free_disk_bytes)
        for tell in self.facts:
            facts |= tell()
        if self.config_error is not None:
            facts["configError"] = self.config_error.where
        return json_reply(facts, 200 if up else 503)


def _asked(free_disk_bytes: Callable[[], int]) -> int | None:
    """None while nobody can say: whether the gateway lives is asked for all the same."""
    try:
        return free_disk_bytes()
    except OSError:
        return None
