"""What `mainstem build` asks the worker for; dbt stood in for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.assemble.init import init_project
from mainstem.assemble.project import open_project
from mainstem.cli.build import command
from mainstem.errors import UsageError
from mainstem.transform import Finished, socket_path
from mainstem.transform.builds import Builds
from mainstem.transform.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mainstem.transform import Event


@dataclass
class Recorded:
    """A dbt that builds nothing, its checks and its records; keeps what it ran, and what was recorded of it
    for which run."""

    ran: list[tuple[str, ...]] = field(default_factory=list)
    asked: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    stopping: bool = False

    def stop(self) -> None:
        self.stopping = True

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        self.ran.append(tuple(args))
        return Finished(True, 1, 2, ())

    def check(self) -> None: ...

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        self.asked.append((tuple(command), run))
        return 1

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        return outcome


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_project(tmp_path / "shop", None)
    return tmp_path / "shop"


@pytest.fixture
def worker(folder: Path) -> Iterator[Recorded]:
    recorded = Recorded()
    path = socket_path(open_project(folder).data_dir)
    path.parent.mkdir(parents=True)
    serving = Worker(Builds(recorded, recorded, recorded), path)
    ready = threading.Event()
    thread = threading.Thread(target=serving.serve, args=(ready.set,))
    thread.start()
    assert ready.wait(30)
    yield recorded
    serving.stop()
    thread.join()


def build(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(command, ["--project", str(folder), *options], catch_exceptions=False)
    return done.output if done.exit_code == 0 else f"exit {done.exit_code}: {done.output}"


def test_options_of_dbt_go_to_dbt(folder: Path, worker: Recorded) -> None:
    assert "1 models built, 2 tests run, 0 failures" in build(folder, "--select", "orders", "--full-refresh")
    assert worker.asked == [(("build", "--select", "orders", "--full-refresh"), "")]


def test_a_task_of_a_run_builds_for_that_run(
    folder: Path, worker: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINSTEM_DAG_ID", "transform")
    monkeypatch.setenv("MAINSTEM_RUN_ID", "manual__1")
    build(folder)
    build(folder, "--of", "another")
    assert [run for _, run in worker.asked] == ["transform/manual__1", "another"]


def test_a_group_is_built_by_its_files(folder: Path, worker: Recorded) -> None:
    (folder / "dbt" / "models" / "mine").mkdir()
    (folder / "dbt" / "models" / "mine" / "orders.sql").write_text("select 1", encoding="utf-8")
    build(folder, "--group", "mine", "--full-refresh")
    assert worker.ran == [
        ("build", "--indirect-selection", "buildable", "--select", "file:orders.sql", "--full-refresh")
    ]
    assert worker.asked == [(("build", "--group", "mine", "--full-refresh"), "")], "as a person would say it"


def test_a_group_that_is_not_there_is_told_with_those_that_are(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no group of models 'marts' \(valid: company\.staging, company\."):
        build(folder, "--group", "marts")


def test_the_rest_is_of_a_run_and_selects_by_itself(folder: Path) -> None:
    assert "name it with --of RUN" in build(folder, "--rest")
    assert "--rest selects by itself" in build(folder, "--rest", "--select", "orders")
