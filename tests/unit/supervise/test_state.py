from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mainstem.supervise import ProcessState, UpState, end_leftovers, is_alive, read_state, supervisor_runs
from mainstem.supervise.state import born_at, now_text, write_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = "import signal, sys; print('ready', flush=True); signal.pause()"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {GOOD}"


def state_of(process: subprocess.Popen[bytes], *, born: int | None = None) -> UpState:
    born = born_at(process.pid) if born is None else born
    one = ProcessState("a", "ready", process.pid, born, now_text(), 0, None, "", "a.log", int(signal.SIGTERM))
    return UpState(1, 1, now_text(), (one,))


@pytest.fixture(params=[GOOD, DEAF])
def left_over(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-c", request.param], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_what_was_written_is_read_back_and_no_file_is_no_state(tmp_path: Path) -> None:
    path = tmp_path / "up.json"
    assert read_state(path) is None
    state = UpState(os.getpid(), born_at(os.getpid()), now_text(), ())
    write_state(path, state)
    assert read_state(path) == state
    assert [found.name for found in tmp_path.iterdir()] == ["up.json"]


def test_a_file_that_is_no_state_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text('{"pid": "x"}')
    with pytest.raises(ValueError, match=r"up\.json is not what `mainstem up` writes"):
        read_state(tmp_path / "up.json")


def test_a_state_is_stale_when_its_process_id_belongs_to_another_process() -> None:
    pid = os.getpid()
    assert supervisor_runs(UpState(pid, born_at(pid), now_text(), ()))
    assert not supervisor_runs(UpState(pid, 1, now_text(), ()))
    assert not is_alive(2**22 + 1, None)


def test_leftovers_are_ended_the_deaf_ones_too(left_over: subprocess.Popen[bytes]) -> None:
    assert end_leftovers(state_of(left_over), patience=0.2) == ["a"]
    assert left_over.wait() in (-signal.SIGTERM, -signal.SIGKILL)


@pytest.mark.parametrize("left_over", [GOOD], indirect=True)
def test_a_later_process_of_the_same_id_is_left_alone(left_over: subprocess.Popen[bytes]) -> None:
    assert end_leftovers(state_of(left_over, born=1)) == []
    assert left_over.poll() is None
