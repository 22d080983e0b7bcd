"""What is done before dbt runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.transform import DumpedRuns
from mainstem.errors import StoreUnavailable
from mainstem.transform.messages import Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.transform.messages import Event

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass
class Told:
    """dbt and the dumps, as they are called."""

    calls: list[str] = field(default_factory=list)
    fails: bool = False
    stopping: bool = False

    def stop(self) -> None:
        self.stopping = True

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        self.calls.append(" ".join(args))
        return Finished(True, 0, 0, ())

    def make_before_build(self, now: datetime) -> None:
        self.calls.append(f"dump {now:%H:%M}")
        if self.fails:
            raise StoreUnavailable("no room")


def run(told: Told, *args: str) -> Finished:
    return DumpedRuns(told, told, lambda: NOW).run(args, lambda _: None)


@pytest.mark.parametrize(("command", "dumped"), [("build", True), ("run-operation", True), ("ls", False)])
def test_the_catalog_is_dumped_before_what_changes_structure_and_nothing_else(
    command: str, dumped: bool
) -> None:
    told = Told()
    run(told, command, "x")
    assert told.calls == [*(["dump 00:00"] if dumped else []), f"{command} x"]


def test_a_dump_that_cannot_be_made_keeps_no_build_from_running(caplog: pytest.LogCaptureFixture) -> None:
    told = Told(fails=True)
    assert run(told, "build").success
    assert told.calls[-1] == "build"
    assert "no room" in caplog.text


def test_a_stop_reaches_dbt() -> None:
    told = Told()
    runs = DumpedRuns(told, told)
    runs.stop()
    assert runs.stopping
