from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.orchestrate.runner.board import key_of
from mainstem.orchestrate.runner.hands import Hands
from mainstem.orchestrate.runtime import Outcome, Runtime, Waitable
from mainstem.store.runs import Try

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.orchestrate.runtime import Job

ONE = Try("d", "r", "t", 1, "running", None, datetime(2026, 11, 23, tzinfo=UTC), None, None, "", "", "", "h")


class SlowToStop(Runtime, Waitable):
    """One try, which ends only when it is let."""

    name = "slow"

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.may_end = threading.Event()
        self.has_ended = False

    def start(self, job: Job) -> str:
        return "h"

    def poll(self, handle: str) -> Outcome | None:
        return Outcome("killed", 143, "stopped") if self.has_ended else None

    def wait(self, handles: tuple[str, ...], seconds: float) -> None:
        self.may_end.wait(seconds)

    def stop(self, handle: str, grace: float) -> None:
        self.stopping.set()
        self.may_end.wait()
        self.has_ended = True

    def found(self, folder: Path) -> str | None:
        return "h"

    def forget(self, handle: str) -> None:
        self.has_ended = True

    def descriptors(self, handles: tuple[str, ...]) -> list[int]:
        return []


def test_stopping_all_waits_for_what_was_being_stopped_already() -> None:
    runtime = SlowToStop()
    hands = Hands(runtime, lambda: None)
    hands.take(ONE, "h")
    hands.stop(key_of(ONE), 0.0)
    assert runtime.stopping.wait(30)
    threading.Timer(0.05, runtime.may_end.set).start()
    hands.stop_all(0.0)
    assert runtime.has_ended, "or another runner could begin the next try beside it"
    assert [outcome.reason for _, outcome in hands.over()] == ["stopped"]
