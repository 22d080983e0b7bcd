from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure
from mainstem.supervise import ChildSpec, Readiness, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTIFY = "from mainstem.supervise import notify_ready; notify_ready('port 7');"
SLEEP = "import time, os; print('pid', os.getpid(), flush=True); time.sleep(600)"


def python(name: str, code: str, **more: object) -> ChildSpec:
    return ChildSpec(name, (sys.executable, "-c", code), **more)  # type: ignore[arg-type] # test shorthand


def until(condition: Callable[[], bool], supervisor: Supervisor) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        supervisor.watch(0.05)


def pids(log: Path) -> list[int]:
    said = [json.loads(line)["message"] for line in log.read_text().splitlines()] if log.exists() else []
    return [int(line.split()[1]) for line in said if line.startswith("pid ")]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_start_returns_the_status_a_child_sent(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        assert supervisor.start(python("a", NOTIFY + SLEEP)) == "port 7"


def test_a_probe_stands_in_for_a_child_that_cannot_notify(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w').close();" + SLEEP
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(python("a", code, readiness=Readiness(mark.exists)))
        assert mark.exists()


def test_a_child_that_dies_before_it_is_ready_gives_its_last_words(tmp_path: Path) -> None:
    with (
        Supervisor(tmp_path) as supervisor,
        pytest.raises(EnvironmentFailure, match=r"a ended before .*exit 3.*\n  port 80 is taken"),
    ):
        supervisor.start(python("a", "print('port 80 is taken'); raise SystemExit(3)"))


def test_a_child_that_is_never_ready_is_an_error(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(EnvironmentFailure, match="not ready within"):
        supervisor.start(python("a", SLEEP, ready_within=0.3))


def test_a_child_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(python("a", NOTIFY + SLEEP))
        until(lambda: len(pids(tmp_path / "a.log")) == 1, supervisor)
        os.kill(pids(tmp_path / "a.log")[0], signal.SIGKILL)
        until(lambda: len(pids(tmp_path / "a.log")) == 2, supervisor)


def test_stop_ends_children_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys\n"
        f"def end(*_): open({str(order)!r}, 'a').write(sys.argv[1]); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n" + NOTIFY + "\nsignal.pause()"
    )
    with Supervisor(tmp_path) as supervisor:
        for name in "abc":
            supervisor.start(ChildSpec(name, (sys.executable, "-c", code, name)))
    assert order.read_text() == "cba"


def test_a_child_deaf_to_its_signal_is_killed_with_its_whole_group(tmp_path: Path) -> None:
    grandchild = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + grandchild + NOTIFY + "p.wait()"
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(python("a", deaf, stop_within=0.2))
        until(lambda: len(pids(tmp_path / "a.log")) == 1, supervisor)
    [grandchild_pid] = pids(tmp_path / "a.log")
    deadline = time.monotonic() + 30
    while alive(grandchild_pid) and not _is_zombie(grandchild_pid):
        assert time.monotonic() < deadline


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from mainstem.supervise import Supervisor, ChildSpec\n"
        f"s = Supervisor(pathlib.Path({str(tmp_path)!r}))\n"
        f"s.start(ChildSpec('a', (sys.executable, '-c', {NOTIFY + SLEEP!r})))\n"
        "print('up', flush=True); s.watch(600)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert supervisor.stdout is not None
    with supervisor.stdout:
        assert supervisor.stdout.readline() == b"up\n"
    deadline = time.monotonic() + 30
    while not pids(tmp_path / "a.log"):
        assert time.monotonic() < deadline
    supervisor.kill()
    supervisor.wait()
    [child] = pids(tmp_path / "a.log")
    while alive(child) and not _is_zombie(child):
        assert time.monotonic() < deadline


def _is_zombie(pid: int) -> bool:
    """Killed, but not yet reaped by whoever inherited it."""
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 # a file of the kernel's
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
