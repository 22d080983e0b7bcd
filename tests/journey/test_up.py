"""`mainstem init` and `mainstem up` with the real stack: processes die, one by one and all at once."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from mainstem.assemble.project import open_project
from mainstem.assemble.up import state_path
from mainstem.supervise import ProcessState, UpState, read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.journey

PATIENCE_SECONDS = 120.0
_OUTLIVED = "postgres  | still running from an earlier"
_numbers = itertools.count()
PROCESSES = ["collect", "postgres", "load", "transform", "upkeep", "alerts", "web"]


def mainstem(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mainstem", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Up:
    """A running `mainstem up`."""

    def __init__(self, folder: Path, while_starting: Callable[[Up], None] = lambda _: None) -> None:
        self.folder = folder
        self.output = folder.with_name(f"up-{next(_numbers)}.out")
        command = [sys.executable, "-m", "mainstem", "up", "--project", str(folder)]
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--port", "0", "--gateway-port", "0"], stdout=out, stderr=subprocess.STDOUT
            )
        try:
            while_starting(self)
            self.until(self.all_ready, "all processes are ready")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def state(self) -> UpState:
        state = read_state(state_path(open_project(self.folder)))
        return state or UpState(0, None, "", ())

    def of(self, name: str) -> ProcessState:
        return next(process for process in self.state().processes if process.name == name)

    def all_ready(self) -> bool:
        state = self.state()
        ready = [process.name for process in state.processes if process.ready]
        return state.pid == self.process.pid and ready == PROCESSES

    def pids(self) -> dict[str, int]:
        return {process.name: process.pid or 0 for process in self.state().processes}

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, f"never came true: {what}\n{self.said()}"
            time.sleep(0.05)  # two processors: the stack needs them

    def said(self) -> str:
        return self.output.read_text()

    def logged(self, name: str) -> list[dict[str, object]]:
        path = self.folder / ".mainstem" / "logs" / f"{name}.log"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def runs() -> Iterator[list[Up]]:
    """Every run of one new project; the last may still go on."""
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        Path(name).chmod(0o755)  # run by root, Postgres is another user's and must get in
        folder = Path(name) / "shop"
        assert mainstem("init", folder, "--name", "Shop").returncode == 0
        runs = [Up(folder)]
        yield runs
        runs[-1].end()


@pytest.fixture
def up(runs: list[Up]) -> Up:
    """The project running: started again where an earlier test ended it."""
    if runs[-1].process.poll() is not None:
        runs.append(Up(runs[0].folder))
    return runs[-1]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_that_is_killed_comes_back_ready_and_the_others_stay(up: Up, name: str) -> None:
    before, restarts = up.pids(), up.of(name).restarts
    os.kill(before[name], signal.SIGKILL)
    up.until(lambda: up.of(name).restarts == restarts + 1 and up.all_ready(), f"{name} is back")
    after = up.pids()
    assert after.pop(name) != before.pop(name)
    assert after == before
    assert up.of(name).last_exit == -signal.SIGKILL
    assert re.search(rf"^{name} +\| ended \(killed by SIGKILL\); starting it again", up.said(), re.MULTILINE)


def test_a_second_up_on_the_same_folder_is_refused_with_one_line(up: Up) -> None:
    done = mainstem("up", "--project", up.folder, "--port", "0", "--gateway-port", "0")
    assert done.returncode == 2
    assert done.stderr == (
        f"mainstem: {up.folder} is already running (process {up.process.pid}); stop that first\n"
    )
    assert up.all_ready()


def test_every_log_is_json_lines_that_name_their_process(up: Up) -> None:
    for name in [*PROCESSES, "up"]:
        for line in up.logged(name):
            assert set(line) == {"ts", "level", "logger", "process", "message", "fields"}
            assert line["process"] == name or name == "up"
    assert any("database system is ready" in str(line["message"]) for line in up.logged("postgres"))
    assert {line["process"] for line in up.logged("up")} >= set(PROCESSES)


def test_the_doctor_finds_a_running_project_well(up: Up) -> None:
    [website, _] = open_project(up.folder).sources()
    request = urllib.request.Request(f"{up.of('collect').status}/v1/page?writeKey={website.write_keys[0]}")
    with urllib.request.urlopen(request, b'{"anonymousId": "me"}') as answer:
        assert answer.status == 200

    def report() -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = json.loads(
            mainstem("doctor", "--project", up.folder, "--json").stdout
        )
        return found

    def loaded() -> bool:
        [loader] = [found for found in report()["findings"] if found["check"] == "loader"]
        return loader["found"].startswith("0.0 MB behind the log, last commit")

    up.until(loaded, "the loader has caught up")
    findings = report()["findings"]
    assert [found for found in findings if found["result"] in ("fail", "skipped")] == []
    said = {found["found"] for found in findings}
    assert f"collect listens on {up.of('collect').status}" in said
    assert "databases and roles catalog, mainstem, crm are there" in said


def test_a_killed_supervisor_takes_all_with_it_and_the_next_one_takes_over(runs: list[Up], up: Up) -> None:
    children = [psutil.Process(pid) for pid in up.pids().values()]
    grandchildren = [child for parent in children for child in parent.children(recursive=True)]
    up.process.kill()
    up.process.wait()
    _, alive = psutil.wait_procs([*children, *grandchildren], timeout=60)
    assert alive == []
    assert up.state().pid == up.process.pid  # it had no time to take its state back

    runs.append(Up(up.folder))
    assert "was killed; taking over" in runs[-1].said()


def test_a_postgres_that_outlived_its_supervisor_is_ended_and_started_again(runs: list[Up], up: Up) -> None:
    """One that stands still cannot obey the kernel's word that its supervisor is gone."""
    postgres = psutil.Process(up.of("postgres").pid)
    postgres.suspend()
    up.process.kill()
    up.process.wait()
    assert postgres.is_running()
    runs.append(Up(up.folder, while_starting=lambda next_up: _resume_once_noticed(next_up, postgres)))
    assert not postgres.is_running()
    assert _OUTLIVED in runs[-1].said()
    assert runs[-1].all_ready()


def _resume_once_noticed(next_up: Up, postgres: psutil.Process) -> None:
    """The next `up` waits for it by then, however long it took to begin."""
    next_up.until(lambda: _OUTLIVED in next_up.said(), "it tells of the Postgres that is still there")
    postgres.resume()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_in_reverse_order_and_leaves_no_state(up: Up, number: signal.Signals) -> None:
    assert up.end(number) == 0
    stopped = re.findall(r"^(\w+) +\| stopped \(exit 0\)$", up.said(), re.MULTILINE)
    assert stopped == PROCESSES[::-1]
    assert read_state(state_path(open_project(up.folder))) is None
