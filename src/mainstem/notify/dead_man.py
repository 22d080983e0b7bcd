"""A call to a service outside that raises the alarm when the calls stop: who watches the watcher."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import urllib3

from mainstem.notify.struck import secrets_struck

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from mainstem.config import Secret

logger = logging.getLogger("mainstem.alerts")


class DeadMan:
    """A service that cannot be reached is logged once, until it is reached again, and stops nothing."""

    def __init__(self, url: Secret, every: timedelta, http: urllib3.PoolManager | None = None) -> None:
        self._url = url
        self._every = every
        self._http = http or urllib3.PoolManager(timeout=urllib3.Timeout(10.0), retries=False)
        self._called_at: datetime | None = None
        self._problem = ""

    def call(self, now: datetime) -> None:
        """Unless it was called a moment ago."""
        if self._called_at is not None and now - self._called_at < self._every:
            return
        problem = self._ask()
        if problem and problem != self._problem:
            logger.warning("the dead man's service %s", problem)
        self._problem = problem
        if not problem:
            self._called_at = now

    def _ask(self) -> str:
        """What went wrong; empty for nothing."""
        try:
            answer = self._http.request("GET", self._url.reveal())
        except urllib3.exceptions.HTTPError as e:
            return f"cannot be reached: {secrets_struck(str(e))}"
        return f"answered {answer.status}" if answer.status >= 400 else ""
