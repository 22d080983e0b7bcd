"""Airflow's processes: the API first, all ended when one ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from mainstem_airflow import components
from mainstem_airflow.components import Ended, run_all

if TYPE_CHECKING:
    from pathlib import Path

_SAYS_PID = "import os; print(os.getpid(), flush=True);"


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python programs in Airflow's stead."""
    monkeypatch.setattr(components, "airflow", lambda code: [sys.executable, "-c", code])


def _gone(log: Path) -> bool:
    try:
        os.kill(int(log.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("programs")
def test_when_one_ends_all_are_ended_and_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "FIRST", {"api": (f"{_SAYS_PID} import signal; signal.pause()",)})
    monkeypatch.setattr(components, "THEN", {"scheduler": (f"{_SAYS_PID} raise SystemExit(3)",)})
    api = tmp_path / "api.log"

    ended = run_all(
        dict(os.environ),
        tmp_path,
        answers=lambda: api.read_text().endswith("\n"),
        is_ready=lambda: False,
        when_ready=pytest.fail,
    )

    assert ended == Ended("scheduler", 3)
    assert _gone(api)


@pytest.mark.usefixtures("programs")
def test_nothing_that_asks_the_api_is_started_before_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = (f"{_SAYS_PID} import signal; signal.pause()",)
    monkeypatch.setattr(components, "FIRST", {"api": pause})
    monkeypatch.setattr(components, "THEN", {"scheduler": pause})
    found: list[bool] = []

    def answers() -> bool:
        found.append((tmp_path / "scheduler.log").exists())
        return len(found) > 1

    ended = run_all(
        dict(os.environ),
        tmp_path,
        answers=answers,
        is_ready=lambda: (tmp_path / "scheduler.log").read_text().endswith("\n"),
        when_ready=lambda: os.kill(os.getpid(), 15),
    )

    assert found == [False, False]
    assert ended == Ended()
    assert _gone(tmp_path / "api.log")
    assert _gone(tmp_path / "scheduler.log")
