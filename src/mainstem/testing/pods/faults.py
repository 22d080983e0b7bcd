"""What goes wrong on purpose: with answers of the API, and with pods.

A fault names the task it strikes (the pod's label `task_id`), so that one run can meet many at once. What has
struck is written down: a test that met no fault proves nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

Call = Literal["create", "list", "get", "log", "events", "patch", "delete"]
Answer = Literal["404", "401", "429", "500", "disconnect", "lost", "slow", "drop"]
Mishap = Literal["deleted", "evicted", "unknown", "unknown_then_gone", "container_killed"]


@dataclass(frozen=True)
class BadAnswer:
    """Answers to one kind of call about pods of one task."""

    task: str
    call: Call
    answer: Answer
    """`disconnect`: the connection is closed without an answer, and nothing was done. `lost`: it was done,
    and then the connection is closed without an answer. `slow`: it comes after `seconds`.
    `drop`: a log stream breaks after its first line."""
    times: int = 1
    once_running: bool = True
    """Not before the pod's program has written a line."""
    seconds: float = 3.0


@dataclass(frozen=True)
class Trouble:
    """What befalls a task's pod once its program has written its first line, in one of its tries."""

    task: str
    mishap: Mishap
    try_number: str = "1"
    seconds: float = 2.0
    """How long it stays `unknown`."""


@dataclass
class Faults:
    """A plan, and what of it has happened: `struck`, in order, as (task, what)."""

    plan: tuple[BadAnswer | Trouble, ...] = ()
    struck: list[tuple[str, str]] = field(default_factory=list)
    _left: dict[BadAnswer, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer_for(self, call: Call, task: str, *, running: bool) -> BadAnswer | None:
        """The bad answer that this call gets, if any; it is used up by asking."""
        with self._lock:
            for fault in self.plan:
                if not isinstance(fault, BadAnswer) or (fault.task, fault.call) != (task, call):
                    continue
                left = self._left.get(fault, fault.times)
                if left > 0 and (running or not fault.once_running):
                    self._left[fault] = left - 1
                    self.struck.append((task, f"{call} {fault.answer}"))
                    return fault
        return None

    def trouble_for(self, task: str, try_number: str) -> Trouble | None:
        for fault in self.plan:
            if isinstance(fault, Trouble) and (fault.task, fault.try_number) == (task, try_number):
                with self._lock:
                    self.struck.append((task, fault.mishap))
                return fault
        return None
