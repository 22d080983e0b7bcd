"""What goes wrong, when: a plan that is made before, so that the same plan fails alike each time.

A fault counts the requests that it is about and happens to some of them. What it means to a client is the
service's own: its 429, its word for a spent quota.
"""

from __future__ import annotations

import re
import threading
from typing import Literal, TypeAlias

import msgspec

FaultName: TypeAlias = Literal[
    "rate_limit",
    "quota",
    "expired",
    "error",
    "lost",
    "timeout",
    "unheard",
    "cut",
    "short",
    "repeat",
    "slip",
    "rows_fail",
    "job_fails",
]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rate_limit`: too many requests, with Retry-After of `seconds`. `quota`: the account's quota is spent
    for `seconds`. `expired`: tokens are no longer valid. `error`: nothing is done, and status `status` is
    answered; `lost`: it is done, and the status is answered all the same. `unheard`: nothing is done, and
    nothing is answered; `timeout`: it is done, and nothing is answered. `cut`: the connection ends in the
    middle of the body. `short`: half a body, of which the length fits. `repeat`: the last `rows` rows of a
    page come again with the next. `slip`: the newest `rows` rows of a page are left out. `rows_fail`: `rows`
    rows of a write fail, with the service's word `code`. `job_fails`: a job is given up after `rows` rows."""

    name: FaultName
    path: str = ""
    """A regular expression looked for in the path; empty for all."""
    method: str = ""
    after: int = 0
    """Requests it is about that go well before."""
    times: int = 1
    """Requests it happens to; 0 for all that follow."""
    seconds: float = 30.0
    status: int = 500
    rows: int = 1
    code: str = ""


class FaultPlan:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._met: list[int] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._planned += faults
            self._met += [0] * len(faults)

    def clear(self) -> None:
        with self._lock:
            self._planned, self._met = [], []

    def left(self) -> list[Fault]:
        """Those that may still happen."""
        with self._lock:
            return [
                fault
                for fault, met in zip(self._planned, self._met, strict=True)
                if not fault.times or met < fault.after + fault.times
            ]

    def meet(self, method: str, path: str) -> dict[str, Fault]:
        """What happens to a request, by name; it counts."""
        found: dict[str, Fault] = {}
        with self._lock:
            for number, fault in enumerate(self._planned):
                if (fault.method and fault.method != method) or not re.search(fault.path, path):
                    continue
                self._met[number] += 1
                turn = self._met[number] - fault.after
                if turn > 0 and (not fault.times or turn <= fault.times):
                    found.setdefault(fault.name, fault)
        return found
