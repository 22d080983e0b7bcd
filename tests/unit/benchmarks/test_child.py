from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import child
from benchmarks.child import Task, run
from benchmarks.effort import QUICK
from benchmarks.figure import Outcome
from benchmarks.tools import ToolMissing

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from benchmarks.effort import Effort

TASK = Task("log", QUICK, "/nowhere")


def outcome(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Outcome:
    def fails(_name: str, _effort: Effort, _scratch: Path) -> Outcome:
        raise error

    monkeypatch.setattr(child, "measure", fails)
    return run(TASK)


def test_a_missing_tool_is_an_outcome_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = outcome(monkeypatch, ToolMissing(["nginx"]))
    assert found == Outcome(
        benchmark="log", problem="not measured: nginx not found; apt-get install nginx-light"
    )


def test_a_benchmark_that_breaks_is_an_outcome_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = outcome(monkeypatch, OSError("the disk is full"))
    assert found.problem == "failed: OSError: the disk is full"
    assert "Traceback" in capsys.readouterr().err
