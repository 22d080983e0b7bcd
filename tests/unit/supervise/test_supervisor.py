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
from mainstem.supervise import ChildSpec, LoggingSettings, Readiness, Supervisor, is_alive, read_state

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.supervise import LogLine, ProcessState

pytestmark = pytest.mark.long

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


def test_a_child_that_somebody_kills_before_it_is_ready_gets_another_start(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    killed_at_first = (
        f"import os; from pathlib import Path; mark = Path({str(mark)!r})\n"
        "if not mark.exists(): mark.touch(); os.kill(os.getpid(), 9)\n"
    )
    with Supervisor(tmp_path) as supervisor:
        assert supervisor.start(python("a", killed_at_first + NOTIFY + SLEEP)) == "port 7"


def test_a_child_that_is_never_ready_is_an_error(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(EnvironmentFailure, match="not ready within"):
        supervisor.start(python("a", SLEEP, ready_within=0.3))


def test_a_child_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(python("a", NOTIFY + SLEEP))
        until(lambda: len(pids(tmp_path / "a.log")) == 1, supervisor)
        os.kill(pids(tmp_path / "a.log")[0], signal.SIGKILL)
        until(lambda: len(pids(tmp_path / "a.log")) == 2, supervisor)


def test_a_signal_is_passed_on_to_children_that_are_ready(tmp_path: Path) -> None:
    code = (
        "import signal\n"
        "signal.signal(signal.SIGHUP, lambda *_: print('pid 1', flush=True))\n" + NOTIFY + "\n"
        "while True: signal.pause()"
    )
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(python("a", code))
        supervisor.pass_on(signal.SIGHUP)
        until(lambda: pids(tmp_path / "a.log") == [1], supervisor)


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


def process_of(supervisor: Supervisor, name: str = "a") -> ProcessState:
    [found] = [process for process in supervisor.state().processes if process.name == name]
    return found


def kill(supervisor: Supervisor, name: str = "a") -> None:
    pid = process_of(supervisor, name).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_the_state_file_follows_every_change_and_goes_with_the_supervisor(tmp_path: Path) -> None:
    path = tmp_path / "up.json"
    with Supervisor(tmp_path / "logs", state_file=path) as supervisor:
        supervisor.start(python("a", NOTIFY + SLEEP))
        first = read_state(path)
        assert first == supervisor.state()
        assert first is not None
        assert first.processes[0].ready
        assert (first.processes[0].restarts, first.processes[0].last_exit) == (0, None)
        assert first.processes[0].status == "port 7"
        assert is_alive(first.pid, first.born)
        kill(supervisor)
        until(lambda: process_of(supervisor).restarts == 1 and process_of(supervisor).ready, supervisor)
        second = read_state(path)
        assert second is not None
        assert second.processes[0].last_exit == -signal.SIGKILL
        assert second.processes[0].pid != first.processes[0].pid
    assert not path.exists()


def test_a_child_that_keeps_ending_is_told_with_its_last_lines_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = tmp_path / "mark"
    dies_later = (
        f"import os; second = os.path.exists({str(mark)!r}); open({str(mark)!r}, 'w').close();"
        "second and (print('the disk is gone'), exit(4));"
    )
    with Supervisor(tmp_path / "logs") as supervisor:
        supervisor.start(python("good", NOTIFY + SLEEP))
        before = process_of(supervisor, "good").pid
        supervisor.start(python("bad", dies_later + NOTIFY + SLEEP))
        kill(supervisor, "bad")

        def told() -> list[logging.LogRecord]:
            return [record for record in caplog.records if "keeps ending" in record.message]

        until(lambda: bool(told()), supervisor)
        assert "3 times now (exit 4)" in told()[0].message
        assert "  the disk is gone" in told()[0].message
        assert str(tmp_path / "logs" / "bad.log") in told()[0].message
        assert process_of(supervisor, "good").pid == before
        assert process_of(supervisor, "good").ready


def test_a_child_that_could_not_start_is_looked_after_all_the_same(tmp_path: Path) -> None:
    mark = tmp_path / "mended"
    code = f"import os; os.path.exists({str(mark)!r}) or exit('not yet');" + NOTIFY + SLEEP
    with Supervisor(tmp_path / "logs") as supervisor:
        with pytest.raises(EnvironmentFailure, match="not yet"):
            supervisor.start(python("a", code))
        mark.touch()
        until(lambda: process_of(supervisor).ready, supervisor)


def test_a_child_ends_while_another_starts_and_is_started_again_meanwhile(tmp_path: Path) -> None:
    revived = tmp_path / "revived"
    first = f"import os; os.path.exists({str(revived)!r} + '1') and open({str(revived)!r}, 'w').close();"
    first += f"open({str(revived)!r} + '1', 'w').close();" + NOTIFY + SLEEP
    with Supervisor(tmp_path / "logs") as supervisor:
        supervisor.start(python("a", first))
        kill(supervisor)
        supervisor.start(python("b", SLEEP, readiness=Readiness(revived.exists)))
        assert revived.exists()


def test_a_program_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(EnvironmentFailure, match="cannot run /no/such"):
        supervisor.start(ChildSpec("a", ("/no/such",)))


def test_what_a_child_says_is_passed_on_with_its_name_as_it_comes(tmp_path: Path) -> None:
    told: list[LogLine] = []
    with Supervisor(tmp_path, tell=told.append) as supervisor:
        supervisor.start(python("a", "print('one\\ntwo', flush=True);" + NOTIFY + SLEEP))
        until(lambda: len(told) >= 2, supervisor)
    assert [(line.process, line.message) for line in told[:2]] == [("a", "one"), ("a", "two")]


def test_a_flood_of_output_neither_blocks_the_child_nor_outgrows_its_files(tmp_path: Path) -> None:
    flood = "import sys\nfor n in range(5000): print('x' * 100)\nsys.stdout.flush()\n" + NOTIFY + "\n" + SLEEP
    settings = LoggingSettings(file_bytes=50_000, files=2)
    with Supervisor(tmp_path, settings=settings) as supervisor:
        supervisor.start(python("a", flood))
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * 50_000


def test_a_crash_that_nobody_caught_is_one_line_with_its_traceback(tmp_path: Path) -> None:
    code = (
        "from mainstem.supervise import LoggingSettings, log_as, notify_ready\n"
        "log_as('a', LoggingSettings(format='json'))\n"
        "notify_ready()\nraise RuntimeError('postgresql://u:pw@h/d is away')"
    )
    with Supervisor(tmp_path) as supervisor:
        with pytest.raises(EnvironmentFailure, match="RuntimeError"):
            supervisor.start(python("a", code, readiness=Readiness(lambda: False)))
        lines = [json.loads(line) for line in (tmp_path / "a.log").read_text().splitlines()]
    assert lines[0]["level"] == "critical"
    assert lines[0]["message"] == "RuntimeError: postgresql://u:***@h/d is away"
    assert lines[0]["fields"]["traceback"].startswith("Traceback")
    assert "pw@" not in json.dumps(lines)
