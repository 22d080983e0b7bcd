from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks.figure import Figure, Outcome, Round
from benchmarks.registry import BENCHMARKS

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort


def fake_run(benchmark: str, effort: Effort, _folder: Path, _longest: float) -> Outcome:
    """Measures nothing; `batch` lacks a tool."""
    if benchmark == "batch":
        return Outcome(benchmark=benchmark, problem="not measured: wrk not found; apt-get install wrk")
    figure = Figure(
        benchmark=benchmark,
        name=f"figure of {benchmark}",
        unit="s",
        limit="a peer",
        better="lower",
        rounds=(Round(1, 2),) * effort.rounds,
    )
    return Outcome(benchmark=benchmark, figures=(figure,))


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setattr(command, "run", fake_run)
    monkeypatch.setattr(command, "DOCUMENT", tmp_path / "performance.md")
    return CliRunner()


def test_without_names_every_benchmark_is_in_the_table_and_a_missing_tool_is_told(runner: CliRunner) -> None:
    done = runner.invoke(command.main, ["--quick"])
    assert all(f"figure of {name}" in done.output for name in BENCHMARKS if name != "batch")
    assert "apt-get install wrk" in done.output
    assert done.exit_code == 1


def test_one_benchmark_can_be_measured_alone(runner: CliRunner) -> None:
    done = runner.invoke(command.main, ["log", "--set", "rounds=3"])
    assert "figure of log" in done.output
    assert "figure of load" not in done.output
    assert done.exit_code == 0


def test_the_document_is_written_from_a_whole_run_alone(runner: CliRunner) -> None:
    assert runner.invoke(command.main, ["log", "--write"]).exit_code == 2
    assert not command.DOCUMENT.exists()
    runner.invoke(command.main, ["--write"])
    page = command.DOCUMENT.read_text(encoding="utf-8")
    assert all(f"## {name}\n" in page for name in BENCHMARKS)
    assert ", 5 rounds, on " in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "no benchmark is called 'nothing' (valid: durable-event, batch,"),
        (["--set", "rounds"], "--set takes FIELD=VALUE"),
        (["--set", "speed=1"], "valid fields: rounds,"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_with_what_is_valid(
    runner: CliRunner, arguments: list[str], said: str
) -> None:
    done = runner.invoke(command.main, arguments)
    assert done.exit_code == 2
    assert said in done.output
