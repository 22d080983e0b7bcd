from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import RuntimeUnavailable, TaskNotStarted
from mainstem.manifest import Resources
from mainstem.orchestrate.keeping.files import read_claim, read_program
from mainstem.orchestrate.keeping.machine import born_at, processes_of
from mainstem.orchestrate.process import ProcessRuntime
from mainstem.orchestrate.runner.heart import since_boot
from mainstem.orchestrate.runtime import Job, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.long


@pytest.fixture
def runtime() -> Iterator[ProcessRuntime]:
    runtime = ProcessRuntime(kill_after=0.2)
    yield runtime
    runtime.close()


def a_job(room: Path, *argv: str, **changes: object) -> Job:
    values: dict[str, object] = {
        "dag_id": "d",
        "run_id": "r",
        "task_id": "t",
        "try_number": 1,
        "argv": argv,
        "folder": room / "attempt=1",
        "cwd": room,
        "environment": {"PATH": os.environ["PATH"]},
        **changes,
    }
    return Job(**values)  # type: ignore[arg-type] # named values of a test


def a_script(folder: Path, script: str, **changes: object) -> Job:
    return a_job(folder, sys.executable, "-c", script, **changes)


def ended(runtime: ProcessRuntime, handle: str) -> Outcome:
    until = time.monotonic() + 30
    while (outcome := runtime.poll(handle)) is None:
        assert time.monotonic() < until, "the try does not end"
        runtime.wait((handle,), 1.0)
    return outcome


def wait_until(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until, f"waited in vain until {what}"
        time.sleep(0.01)


def said(outcome: Outcome) -> tuple[str, int | None, str]:
    return outcome.ended, outcome.exit_code, outcome.reason


def test_an_exit_code_and_the_output_are_what_the_program_made(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_job(tmp_path, "sh", "-c", "echo out; echo err >&2; printf 'no newline'; exit 3")
    outcome = ended(runtime, runtime.start(job))
    assert said(outcome) == ("exited", 3, "exit 3")
    assert job.log.read_text() == "out\nerr\nno newline"


def test_a_try_that_was_started_is_found_and_not_started_again(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_job(tmp_path, "sh", "-c", "echo begun")
    other = ProcessRuntime()
    assert runtime.found(job.folder) is None
    assert runtime.start(job) == other.start(job) == runtime.found(job.folder)
    ended(other, str(job.folder))
    assert runtime.start(job) == str(job.folder)
    assert job.log.read_text() == "begun\n"
    other.close()


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (("no-such-program",), "no-such-program: No such file or directory"),
        (("/dev/null",), "/dev/null: Permission denied"),
    ],
)
def test_a_program_that_is_not_there_is_said_so_also_the_second_time(
    runtime: ProcessRuntime, tmp_path: Path, argv: tuple[str, ...], reason: str
) -> None:
    job = a_job(tmp_path, *argv)
    for _ in range(2):
        with pytest.raises(TaskNotStarted, match=reason):
            runtime.start(job)


def test_a_working_directory_that_is_not_there_is_named(runtime: ProcessRuntime, tmp_path: Path) -> None:
    with pytest.raises(TaskNotStarted, match="absent: No such file"):
        runtime.start(a_job(tmp_path, "true", cwd=tmp_path / "absent"))


def test_a_program_killed_by_a_signal_has_the_exit_code_that_a_container_would_have(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    outcome = ended(runtime, runtime.start(a_job(tmp_path, "sh", "-c", "kill -9 $$")))
    assert said(outcome) == ("killed", 137, "killed by SIGKILL")


_FAMILY = """
import os, sys, time
folder = sys.argv[1] if len(sys.argv) > 1 else '.'
def forked(work):
    if os.fork() == 0:
        work()
        os._exit(0)
def rest():
    open(f'pid.{os.getpid()}', 'w').close()
    time.sleep(600)
def left():
    os.setsid()
    forked(lambda: (os.setsid(), rest()))
forked(rest)
forked(left)
"""


def family(folder: Path) -> list[int]:
    return [int(path.suffix[1:]) for path in folder.glob("pid.*")]


def test_a_time_limit_ends_the_group_and_grandchildren_of_other_sessions(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_script(tmp_path, _FAMILY + "\ntime.sleep(600)", timeout=1.0)
    outcome = ended(runtime, runtime.start(job))
    assert (outcome.ended, outcome.reason) == ("timed_out", "timed out after 1 s")
    assert len(family(tmp_path)) == 2
    assert [pid for pid in family(tmp_path) if born_at(pid) is not None] == []


def test_nothing_of_a_program_outlives_it(runtime: ProcessRuntime, tmp_path: Path) -> None:
    waiting = "\nwhile len([n for n in os.listdir('.') if n.startswith('pid.')]) < 2: time.sleep(0.01)"
    outcome = ended(runtime, runtime.start(a_script(tmp_path, _FAMILY + waiting)))
    assert said(outcome) == ("exited", 0, "exit 0")
    assert [pid for pid in family(tmp_path) if born_at(pid) is not None] == []


def test_a_program_that_ignores_sigterm_is_killed_after_its_grace(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_job(tmp_path, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 600; done")
    handle = runtime.start(job)
    wait_until(lambda: job.log.exists() and "ready" in job.log.read_text(), "the program is ready")
    runtime.stop(handle, 0.1)
    outcome = runtime.poll(handle)
    assert outcome is not None
    assert said(outcome) == ("killed", 137, "stopped")
    assert processes_of(handle, read_program(job.folder)) == []


def test_a_program_may_end_in_its_own_way_when_stopped(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_job(tmp_path, "sh", "-c", "trap 'echo bye; exit 4' TERM; echo ready; sleep 600 & wait")
    handle = runtime.start(job)
    wait_until(lambda: job.log.exists() and "ready" in job.log.read_text(), "the program is ready")
    runtime.stop(handle, 30)
    outcome = runtime.poll(handle)
    assert outcome is not None
    assert said(outcome) == ("killed", 4, "stopped")
    assert job.log.read_text() == "ready\nbye\n"


def test_memory_beyond_the_limit_is_told_apart(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_script(
        tmp_path,
        "import time; held = b'x' * (200 << 20); time.sleep(600)",
        resources=Resources(memory_limit="64Mi"),
    )
    outcome = ended(runtime, runtime.start(job))
    assert (outcome.ended, outcome.exit_code) == ("oom_killed", 137)
    assert outcome.reason.startswith("killed: out of memory")


def test_a_try_is_adopted_with_its_output_and_exit_code_when_its_runner_is_gone(tmp_path: Path) -> None:
    first = ProcessRuntime()
    job = a_job(
        tmp_path, "sh", "-c", "echo before; while [ ! -e go ]; do sleep 0.02; done; echo after; exit 7"
    )
    handle = first.start(job)
    first.close()  # its spawner ends as with a runner that was killed
    successor = ProcessRuntime()
    assert successor.found(job.folder) == handle
    assert successor.poll(handle) is None
    (tmp_path / "go").touch()
    assert said(ended(successor, handle)) == ("exited", 7, "exit 7")
    assert job.log.read_text() == "before\nafter\n"
    successor.close()


def test_a_try_whose_keeper_was_killed_is_lost_and_nothing_of_it_runs(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_script(tmp_path, _FAMILY + "\ntime.sleep(600)")
    handle = runtime.start(job)
    wait_until(lambda: len(family(tmp_path)) == 2, "the family is there")
    claim = read_claim(job.folder)
    assert claim is not None
    os.kill(claim.pid, signal.SIGKILL)
    assert ended(runtime, handle).ended == "lost"
    assert [pid for pid in family(tmp_path) if born_at(pid) is not None] == []
    assert runtime.poll(handle) == runtime.poll(handle)


def test_a_killed_spawner_costs_no_try(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_job(tmp_path, "sh", "-c", "while [ ! -e go ]; do sleep 0.02; done")
    handle = runtime.start(job)
    process = runtime._spawner._process
    assert process is not None
    process.kill()
    process.wait()
    second = a_job(tmp_path, "true", folder=tmp_path / "attempt=2")
    assert ended(runtime, runtime.start(second)).exit_code == 0
    (tmp_path / "go").touch()
    assert ended(runtime, handle).exit_code == 0


def test_a_try_ends_when_its_lease_does_though_no_runner_is_left(tmp_path: Path) -> None:
    lease = tmp_path / "lease"
    lease.write_text(str(time.clock_gettime(time.CLOCK_BOOTTIME) + 0.5))
    runtime = ProcessRuntime(kill_after=0.1, lease=lease)
    job = a_job(tmp_path, "sleep", "600")
    handle = runtime.start(job)
    runtime.close()
    assert ended(runtime, handle).ended == "lost"


def test_a_lease_that_is_renewed_lets_a_try_go_on(tmp_path: Path) -> None:
    lease = tmp_path / "lease"
    first = time.clock_gettime(time.CLOCK_BOOTTIME) + 3  # a busy machine needs time to start the try
    lease.write_text(str(first))
    runtime = ProcessRuntime(lease=lease)
    job = a_job(tmp_path, "sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; exit 5")
    handle = runtime.start(job)
    lease.write_text(str(first + 600))
    runtime.wait((handle,), first + 0.2 - time.clock_gettime(time.CLOCK_BOOTTIME))
    (tmp_path / "go").touch()
    assert ended(runtime, handle).exit_code == 5
    runtime.close()


_SECRET = 'pa"ss wörd/+=<>'


def test_no_secret_reaches_the_log_however_it_is_spelled_or_split(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    script = (
        "import json, os, sys, time, urllib.parse as u\n"
        "s = os.environ['S']\n"
        "print('plain', s); print(json.dumps({'a': s})); print(repr(s))\n"
        "print(u.quote(s)); print(u.quote_plus(s))\n"
        "sys.stdout.flush()\n"
        "raw = ('first ' + s + ' last\\n').encode()\n"
        "for i in range(len(raw)): os.write(1, raw[i:i+1])\n"
        "os.write(1, b'x' * 70000 + s.encode() + b'y' * 70000 + s.encode())\n"
    )
    job = a_script(
        tmp_path,
        script,
        environment={"PATH": os.environ["PATH"], "S": _SECRET, "PYTHONIOENCODING": "utf-8"},
        secrets=(_SECRET,),
    )
    assert ended(runtime, runtime.start(job)).exit_code == 0
    text = job.log.read_text()
    assert "plain ***\n" in text
    assert "first *** last\n" in text
    assert text.count("***") == 8
    for kept in (_SECRET, "wörd", "w%C3%B6rd", "w\\u00f6rd"):
        assert kept not in text
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert _SECRET.encode() not in file.read_bytes()


def test_output_of_any_size_comes_whole(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_script(tmp_path, "import sys\nfor n in range(200_000): sys.stdout.write(f'{n}\\n')")
    ended(runtime, runtime.start(job))
    assert job.log.read_text() == "".join(f"{n}\n" for n in range(200_000))


def test_a_reader_of_the_log_sees_lines_while_the_program_runs(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_job(tmp_path, "sh", "-c", "echo one; while [ ! -e go ]; do sleep 0.02; done; echo two")
    handle = runtime.start(job)
    wait_until(lambda: job.log.exists() and job.log.read_text() == "one\n", "the first line is there")
    (tmp_path / "go").touch()
    ended(runtime, handle)
    assert job.log.read_text() == "one\ntwo\n"


def test_forgetting_a_try_leaves_its_log_alone(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_job(tmp_path, "echo", "kept")
    handle = runtime.start(job)
    ended(runtime, handle)
    runtime.forget(handle)
    with suppress(FileNotFoundError):
        assert list(job.folder.iterdir()) == []
    assert job.log.read_text() == "kept\n"
    assert runtime.found(job.folder) is None


def test_what_is_asked_for_too_late_is_never_started(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_job(tmp_path, "touch", "ran", start_before=since_boot() - 1)
    assert ended(runtime, runtime.start(job)).ended == "lost"
    assert not (tmp_path / "ran").exists()


def test_no_program_is_started_whose_log_cannot_be_written(runtime: ProcessRuntime, tmp_path: Path) -> None:
    job = a_job(tmp_path, "touch", "ran")
    job.log.mkdir()
    with pytest.raises(RuntimeUnavailable, match="the log cannot be written"):
        runtime.start(job)
    assert not (tmp_path / "ran").exists()
    assert list(job.folder.iterdir()) == []
    job.log.rmdir()
    assert said(ended(runtime, runtime.start(job))) == ("exited", 0, "exit 0")


def test_a_stop_that_was_asked_for_before_anybody_listened_is_heard(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    job = a_job(tmp_path, "sleep", "600")
    job.folder.mkdir()
    (job.folder / "stop").write_text("5")
    assert said(ended(runtime, runtime.start(job))) == ("killed", 143, "stopped")


def test_an_outcome_waits_for_a_disk_that_does_not_take_it(runtime: ProcessRuntime, tmp_path: Path) -> None:
    handle = runtime.start(job := a_job(tmp_path, "sh", "-c", "until [ -e go ]; do sleep 0.01; done"))
    (job.folder / "outcome").mkdir()
    (tmp_path / "go").touch()
    tried = job.folder.glob
    wait_until(lambda: any(b"{" in file.read_bytes() for file in tried("outcome.*")), "the keeper has tried")
    (job.folder / "outcome").rmdir()
    assert said(ended(runtime, handle)) == ("exited", 0, "exit 0")
