"""A program under its guard: what it ends with, and that nothing of it outlives it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from mainstem_airflow.programs import Program

if TYPE_CHECKING:
    from pathlib import Path

_ENVIRONMENT = {"PATH": os.environ["PATH"]}


def _program(tmp_path: Path, code: str, *, grace: float = 30) -> Program:
    return Program([sys.executable, "-c", code], cwd=tmp_path, environment=_ENVIRONMENT, grace=grace)


def _gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


@pytest.mark.parametrize("code", [0, 3, 255])
def test_it_ends_with_its_programs_exit_code(tmp_path: Path, code: int) -> None:
    program = _program(tmp_path, f"import sys; sys.exit({code})")

    assert list(program.lines()) == []
    assert program.exit_code() == code


def test_a_signal_is_told_as_a_container_tells_it(tmp_path: Path) -> None:
    program = _program(tmp_path, "import os; os.kill(os.getpid(), 9)")

    assert list(program.lines()) == []
    assert program.exit_code() == 128 + signal.SIGKILL


def test_a_program_that_is_not_there_ends_with_127_and_says_which(tmp_path: Path) -> None:
    program = Program(["no-such-program"], cwd=tmp_path, environment=_ENVIRONMENT, grace=1)

    assert list(program.lines()) == ["[mainstem] cannot start no-such-program: No such file or directory"]
    assert program.exit_code() == 127


def test_lines_of_both_streams_come_as_they_are_written(tmp_path: Path) -> None:
    code = "import os; os.write(1, b'one\\n\\n'); os.write(2, b'two \\xff\\n'); os.write(1, b'three')"

    assert list(_program(tmp_path, code).lines()) == ["one", "", "two \\xff", "three"]


def test_the_program_gets_the_environment_that_it_is_given_and_no_other(tmp_path: Path) -> None:
    program = Program(["env"], cwd=tmp_path, environment={**_ENVIRONMENT, "A": "b"}, grace=1)

    assert sorted(program.lines()) == ["A=b", f"PATH={_ENVIRONMENT['PATH']}"]


def test_stopped_it_may_say_its_last_words(tmp_path: Path) -> None:
    code = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print("bye"), sys.exit(4)))
print("there", flush=True)
signal.pause()
"""
    program = _program(tmp_path, code)
    lines = program.lines()

    assert next(lines) == "there"
    program.stop()
    assert list(lines) == ["bye"]
    assert program.exit_code() == 4


def test_who_does_not_listen_is_killed_once_its_grace_is_over(tmp_path: Path) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('there', flush=True)\n"
    program = _program(tmp_path, code + "while True: signal.pause()", grace=0.05)
    lines = program.lines()

    assert next(lines) == "there"
    program.stop()
    assert list(lines) == []
    assert program.exit_code() == 128 + signal.SIGKILL


def test_what_left_its_group_is_ended_with_it(tmp_path: Path) -> None:
    code = """
import subprocess, sys
left = subprocess.Popen(["sleep", "1000"], start_new_session=True)
print(left.pid, flush=True)
"""
    program = _program(tmp_path, code)
    pid = int(next(lines := program.lines()))

    assert list(lines) == []
    assert program.exit_code() == 0
    assert _gone(pid)


def test_killing_whoever_started_it_ends_the_program(tmp_path: Path) -> None:
    starter = f"""
import os, signal, sys
from pathlib import Path
from mainstem_airflow.programs import Program
program = Program([sys.executable, "-c", "import os, signal; print(os.getpid(), flush=True); signal.pause()"],
                  cwd=Path({str(tmp_path)!r}), environment={_ENVIRONMENT!r}, grace=5)
print(next(program.lines()), program._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    said = subprocess.run([sys.executable, "-c", starter], capture_output=True, check=False, text=True)
    pid, guard = map(int, said.stdout.split())

    descriptor = os.pidfd_open(guard) if not _gone(guard) else None
    if descriptor is not None:  # readable once it has ended
        select.select([descriptor], [], [], 60)
        os.close(descriptor)
    assert _gone(pid)
