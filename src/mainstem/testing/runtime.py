"""The contract suite of runtimes: subclass `RuntimeContract`, say how to open yours, and run it with pytest.

Every implementation of `Runtime` passes it. Its programs are plain `sh` with what busybox has beside it. No
duration is asserted: what never comes true ends by pytest's own timeout.
"""

# ruff: noqa: S101  # asserting is what a suite is for

from __future__ import annotations

import hashlib
import pickle
import random
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import TaskNotStarted
from mainstem.manifest import Resources
from mainstem.orchestrate.runtime import Job, Outcome, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATH = "/usr/local/bin:/usr/bin:/bin"
OURS = b"[mainstem] "
"""What a line begins with that the program did not write."""
SECRET = "c4n4ry/+ \"q' s3cret"  # noqa: S105 # planted, so that it can be looked for
FOREVER = "while :; do sleep 0.05; done"

_START_AND_DIE = """
import os, pickle, signal, sys
runtime, job = pickle.load(sys.stdin.buffer)
runtime.start(job)
os.kill(os.getpid(), signal.SIGKILL)
"""


def output(job: Job) -> bytes:
    """What the program wrote: the log but for lines of ours."""
    if not job.log.exists():
        return b""
    lines = job.log.read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(OURS))


def running(marker: str) -> list[list[str]]:
    """Every live process on this machine that has `marker` among its arguments."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                arguments = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:  # it has ended meanwhile
                continue
            if any(marker in argument for argument in arguments):
                found.append(arguments)
    return found


def new_marker() -> str:
    """A number that `sleep` takes for its seconds, found nowhere else on this machine."""
    return str(random.SystemRandom().randrange(10**9, 2 * 10**9))


def ended(runtime: Runtime, handle: str) -> Outcome:
    while (outcome := runtime.poll(handle)) is None:
        runtime.wait((handle,), 5)
    return outcome


def until(runtime: Runtime, handle: str, condition: Callable[[], bool]) -> None:
    """Wait for something that the program does while it runs."""
    while not condition():
        outcome = runtime.poll(handle)
        assert outcome is None or condition(), f"it ended before: {outcome}"
        runtime.wait((handle,), 0.02)


class RuntimeContract(ABC):
    """What the runner relies on. Each test has a folder of its own.

    A program that is over its time is to be given a second at the most: some ignore SIGTERM.
    """

    image = ""
    adds: frozenset[str] = frozenset()
    """Names that this runtime puts into a program's environment beside the job's."""

    @abstractmethod
    def open_runtime(self) -> Runtime:
        """The runtime under test; another object over the same place each time. One that was not used
        yet can be pickled."""

    @abstractmethod
    def kill(self, runtime: Runtime, handle: str) -> None:
        """End the program with SIGKILL, as somebody who knows nothing of us would."""

    @abstractmethod
    def lose(self, runtime: Runtime, handle: str) -> None:
        """Make away with the program and all that watches it, so that nothing can tell how it ended."""

    @abstractmethod
    def working_directory(self) -> Path:
        """A folder that programs can work in, not the one they would be in anyhow."""

    @pytest.fixture
    def runtime(self) -> Runtime:
        return self.open_runtime()

    @pytest.fixture
    def make(self, tmp_path: Path) -> Iterator[Callable[..., Job]]:
        """Jobs of one run; whatever they started is ended after the test."""
        made: list[Job] = []

        def make(script: str, *arguments: str, **changes: Any) -> Job:
            task = f"task-{len(made)}"
            folder = tmp_path / "dag_id=d" / "run_id=manual__1" / f"task_id={task}" / "attempt=1"
            argv = ("sh", "-c", script, "sh", *arguments)
            job = Job("d", "manual__1", task, 1, argv, folder, self.working_directory(), {"PATH": PATH})
            made.append(replace(job, **{"image": self.image, **changes}))
            return made[-1]

        yield make
        runtime = self.open_runtime()
        for job in made:
            if (handle := runtime.found(job.folder)) is not None:
                runtime.stop(handle, 0)
                runtime.forget(handle)

    def ran(self, runtime: Runtime, job: Job) -> Outcome:
        return ended(runtime, runtime.start(job))

    def start_and_die(self, job: Job) -> None:
        """Start it from another process, which is killed then."""
        given = pickle.dumps((self.open_runtime(), job))
        done = subprocess.run([sys.executable, "-c", _START_AND_DIE], input=given, check=False)
        assert done.returncode == -signal.SIGKILL

    # --- how it ends -------------------------------------------------------------------------------------

    @pytest.mark.parametrize("code", [0, 1, 99, 255])
    def test_the_exit_code_is_the_programs(
        self, runtime: Runtime, make: Callable[..., Job], code: int
    ) -> None:
        outcome = self.ran(runtime, make('exit "$1"', str(code)))
        assert (outcome.ended, outcome.exit_code) == ("exited", code)

    def test_asked_again_it_says_the_same_also_by_another_runtime(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        handle = runtime.start(make("exit 3"))
        outcome = ended(runtime, handle)
        assert runtime.poll(handle) == outcome
        assert self.open_runtime().poll(handle) == outcome

    def test_a_program_that_somebody_kills_was_killed(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make(f"echo ready; {FOREVER}")
        handle = runtime.start(job)
        until(runtime, handle, lambda: b"ready\n" in output(job))
        self.kill(runtime, handle)
        outcome = ended(runtime, handle)
        assert (outcome.ended, outcome.exit_code) == ("killed", 128 + signal.SIGKILL)
        assert outcome.reason

    def test_what_is_gone_without_a_code_is_lost_and_never_a_success(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make('echo ready; sleep "$1" & wait', marker := new_marker())
        handle = runtime.start(job)
        until(runtime, handle, lambda: b"ready\n" in output(job))
        self.lose(runtime, handle)
        outcome = ended(self.open_runtime(), handle)
        assert (outcome.ended, outcome.exit_code) == ("lost", None)
        assert running(marker) == []
        assert ended(runtime, runtime.start(job)) == outcome

    @pytest.mark.parametrize("manners", ["", "trap '' TERM; "], ids=["ends at SIGTERM", "ignores SIGTERM"])
    def test_a_timeout_ends_all_that_the_program_started(
        self, runtime: Runtime, make: Callable[..., Job], manners: str
    ) -> None:
        job = make(f'{manners}sleep "$1" & echo ready; wait', marker := new_marker(), timeout=0.5)
        outcome = self.ran(runtime, job)
        assert outcome.ended == "timed_out"
        assert "0.5 s" in outcome.reason
        assert running(marker) == []
        assert output(job) == b"ready\n"

    def test_a_timeout_holds_when_who_started_it_is_dead(self, make: Callable[..., Job]) -> None:
        job = make('sleep "$1"', marker := new_marker(), timeout=0.5)
        self.start_and_die(job)
        runtime = self.open_runtime()
        handle = runtime.found(job.folder)
        assert handle is not None
        assert ended(runtime, handle).ended == "timed_out"
        assert running(marker) == []

    def test_a_program_that_ends_in_time_knows_no_timeout(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        assert self.ran(runtime, make("exit 4", timeout=600)).exit_code == 4

    # --- started once ------------------------------------------------------------------------------------

    def test_a_try_is_started_once_however_often_it_is_asked_for(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("echo ran")
        handle = runtime.start(job)
        assert runtime.start(job) == handle
        ended(runtime, handle)
        assert runtime.start(job) == handle
        assert self.open_runtime().start(job) == handle
        assert output(job) == b"ran\n"

    def test_of_several_who_start_one_try_at_once_one_does(self, make: Callable[..., Job]) -> None:
        job = make("echo ran")
        handles: list[str] = []
        threads = [
            threading.Thread(target=lambda: handles.append(self.open_runtime().start(job))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(handles) == 3
        assert len(set(handles)) == 1
        ended(self.open_runtime(), handles[0])
        assert output(job) == b"ran\n"

    def test_who_comes_after_a_killed_runner_adopts_the_try(self, make: Callable[..., Job]) -> None:
        job = make('echo before; sleep 0.7; echo "after, $TOKEN"; exit 7')
        job = replace(job, environment={**job.environment, "TOKEN": SECRET}, secrets=(SECRET,))
        self.start_and_die(job)
        runtime = self.open_runtime()
        handle = runtime.found(job.folder)
        assert handle is not None
        assert runtime.start(job) == handle
        outcome = ended(runtime, handle)
        assert (outcome.ended, outcome.exit_code) == ("exited", 7)
        assert output(job) == b"before\nafter, ***\n"

    def test_a_folder_that_nothing_was_started_in_has_no_handle(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        assert runtime.found(make("true").folder) is None

    def test_a_forgotten_try_keeps_its_log(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        job = make("echo ran; exit 5")
        handle = runtime.start(job)
        ended(runtime, handle)
        runtime.forget(handle)
        runtime.forget(handle)
        assert output(job) == b"ran\n"

    # --- stopping ----------------------------------------------------------------------------------------

    def test_stop_lets_a_program_say_goodbye(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        job = make(f"trap 'echo bye; exit 6' TERM; echo ready; {FOREVER}")
        handle = runtime.start(job)
        until(runtime, handle, lambda: b"ready\n" in output(job))
        runtime.stop(handle, 60)
        outcome = ended(runtime, handle)
        assert (outcome.ended, outcome.exit_code) == ("killed", 6)
        said = output(job).splitlines()  # a shell may say of what it ran last that it was terminated
        assert (said[0], said[-1]) == (b"ready", b"bye")

    def test_stop_ends_after_its_grace_what_does_not_want_to_end(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("trap '' TERM; sleep \"$1\" & echo ready; wait", marker := new_marker())
        handle = runtime.start(job)
        until(runtime, handle, lambda: b"ready\n" in output(job))
        runtime.stop(handle, 0.2)
        assert running(marker) == []
        outcome = ended(runtime, handle)
        assert (outcome.ended, outcome.exit_code) == ("killed", 128 + signal.SIGKILL)

    def test_a_new_runtime_stops_what_a_killed_one_started(self, make: Callable[..., Job]) -> None:
        job = make('sleep "$1"', marker := new_marker())
        self.start_and_die(job)
        runtime = self.open_runtime()
        handle = runtime.found(job.folder)
        assert handle is not None
        runtime.stop(handle, 0)
        assert running(marker) == []
        assert ended(runtime, handle).ended == "killed"

    def test_stopping_what_has_ended_changes_nothing(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        handle = runtime.start(make("exit 2"))
        outcome = ended(runtime, handle)
        runtime.stop(handle, 0)
        assert runtime.poll(handle) == outcome

    # --- what it is given --------------------------------------------------------------------------------

    def test_the_environment_is_the_jobs_and_nothing_of_ours(
        self, runtime: Runtime, make: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("MAINSTEM_LEAK", "http_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, "http://leaked")
        given = {
            "PATH": PATH,
            "EMPTY": "",
            "SPACES": " a  b ",
            "LINES": "one\ntwo\n",
            "SIGNS": "a=b=$PATH $(PATH) $$ {{ x }} \\ ' \" #",
            "LETTERS": "größer → 字",
        }
        job = replace(make(""), argv=("env", "-0"), environment=given)
        assert self.ran(runtime, job).exit_code == 0
        found = dict(pair.split("=", 1) for pair in output(job).decode().split("\0") if pair)
        assert {name: value for name, value in found.items() if name not in self.adds} == given

    def test_arguments_arrive_as_they_are(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        arguments = [
            "",
            " ",
            "a b",
            "$PATH",
            "$(PATH)",
            "$$",
            "{{ x }}",
            "--help",
            "-v",
            "*",
            "größer",
            "a\nb",
        ]
        job = make('for one in "$@"; do printf "%s\\0" "$one"; done', *arguments)
        self.ran(runtime, job)
        assert output(job).decode().split("\0")[:-1] == arguments

    def test_it_runs_in_its_working_directory(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        job = make("pwd")
        self.ran(runtime, job)
        assert output(job).decode() == f"{job.cwd}\n"

    def test_there_is_nothing_to_read_from_standard_input(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("cat; echo end")
        self.ran(runtime, job)
        assert output(job) == b"end\n"

    @pytest.mark.parametrize("missing", ["program", "folder"])
    def test_what_is_not_there_is_not_started(
        self, runtime: Runtime, make: Callable[..., Job], missing: str
    ) -> None:
        job = make("echo never")
        job = replace(job, environment={**job.environment, "TOKEN": SECRET}, secrets=(SECRET,))
        if missing == "program":
            job = replace(job, argv=("no-such-program", "x"))
        else:
            job = replace(job, cwd=Path("/no/such/folder"))
        with pytest.raises(TaskNotStarted) as told:
            runtime.start(job)
        assert ("no-such-program" if missing == "program" else "/no/such/folder") in str(told.value)
        assert SECRET not in str(told.value)
        with pytest.raises(TaskNotStarted):
            runtime.start(job)
        assert output(job) == b""

    # --- its log -----------------------------------------------------------------------------------------

    def test_the_log_can_be_read_while_the_program_runs(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make(f"echo one; echo two; {FOREVER}")
        handle = runtime.start(job)
        until(runtime, handle, lambda: output(job) == b"one\ntwo\n")
        assert runtime.poll(handle) is None

    @pytest.mark.parametrize(
        ("script", "written"),
        [
            ("true", b""),
            ("printf 'no end of line'", b"no end of line"),
            ("printf 'a\\n\\n\\nb\\r\\n c \\n'", b"a\n\n\nb\r\n c \n"),
            ("printf '\\000\\377\\200\\n\\001'", b"\x00\xff\x80\n\x01"),
            ("echo a; echo b > /dev/stderr; echo c > /dev/stdout; echo d", b"a\nb\nc\nd\n"),
        ],
        ids=["nothing", "no end of line", "blank lines", "binary", "opened anew"],
    )
    def test_the_log_is_what_was_written_to_the_byte(
        self, runtime: Runtime, make: Callable[..., Job], script: str, written: bytes
    ) -> None:
        job = make(script)
        self.ran(runtime, job)
        assert output(job) == written

    def test_both_streams_are_in_the_log_in_the_order_they_were_written(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("i=0; while [ $i -lt 200 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done")
        self.ran(runtime, job)
        assert output(job).decode() == "".join(f"out {i}\nerr {i}\n" for i in range(200))

    def test_ten_megabytes_come_whole(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        job = make("yes 0123456789abcde | head -n 655360; head -c 3000000 /dev/zero | tr '\\000' x")
        self.ran(runtime, job)
        expected = b"0123456789abcde\n" * 655360 + b"x" * 3_000_000
        assert hashlib.sha256(output(job)).digest() == hashlib.sha256(expected).digest()

    def test_what_stands_in_the_log_already_stays(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        job = make("echo ran")
        job.log.parent.mkdir(parents=True)
        job.log.write_bytes(b"[mainstem] try 1\n")
        self.ran(runtime, job)
        assert job.log.read_bytes().startswith(b"[mainstem] try 1\nran\n")

    def test_secrets_are_struck_out_of_the_log_however_they_are_cut_up(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make(
            'echo "whole: $TOKEN."; printf "%s" "cut: ${TOKEN%?????}"; sleep 0.2; '
            'echo "${TOKEN#"${TOKEN%?????}"}."; echo "$KEY"; printf "%s" "$TOKEN" >&2'
        )
        key = "-----BEGIN KEY-----\nabcdefgh12345678\n-----END KEY-----"
        environment = {**job.environment, "TOKEN": SECRET, "KEY": key, "PLAIN": "shown"}
        job = replace(job, environment=environment, secrets=(SECRET, key))
        self.ran(runtime, job)
        assert output(job) == b"whole: ***.\ncut: ***.\n***\n***\n***\n***"

    def test_a_secret_reaches_the_program_and_no_command_line_nor_what_is_left_of_the_try(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make(
            f'[ "$URL" = "$(printf "https://u:%s%s@h" {SECRET[:6]} "$1")" ] && echo same; {FOREVER}', "-rest"
        )
        secret = f"{SECRET[:6]}-rest"
        environment = {**job.environment, "URL": f"https://u:{secret}@h"}
        job = replace(job, environment=environment, secrets=(secret,))
        handle = runtime.start(job)
        until(runtime, handle, lambda: output(job) == b"same\n")
        assert running(secret) == []
        runtime.stop(handle, 0)
        ended(runtime, handle)
        runtime.forget(handle)
        kept = [file for file in job.folder.parent.rglob("*") if file.is_file()]
        assert [file for file in kept if secret.encode() in file.read_bytes()] == []

    def test_a_secret_stands_in_no_text_of_a_job(self, make: Callable[..., Job]) -> None:
        job = replace(make("true"), environment={"TOKEN": SECRET}, secrets=(SECRET,))
        assert SECRET not in repr(job)

    # --- waiting -----------------------------------------------------------------------------------------

    def test_waiting_ends_when_one_of_several_has_ended(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        long, short = runtime.start(make(FOREVER)), runtime.start(make("exit 0"))
        while runtime.poll(short) is None:
            runtime.wait((long, short), 10_000)
        runtime.wait((short, long), 10_000)
        assert runtime.poll(long) is None

    def test_waiting_ends_when_its_seconds_are_over(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        handle = runtime.start(make(FOREVER))
        runtime.wait((handle,), 0)
        runtime.wait((handle,), 0.01)
        runtime.wait((), 0.01)
        assert runtime.poll(handle) is None

    # --- limits ------------------------------------------------------------------------------------------

    limits_memory = False
    """Whether `memory_limit` holds with this runtime on this machine."""

    def test_a_program_over_its_memory_limit_was_killed_for_that(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        if not self.limits_memory:
            pytest.skip(f"the {runtime.name} runtime sets no memory limit on this machine")
        job = make("echo before; exec tail /dev/zero", resources=Resources(memory_limit="32Mi"))
        outcome = self.ran(runtime, job)
        assert (outcome.ended, outcome.exit_code) == ("oom_killed", 128 + signal.SIGKILL)
        assert "memory" in outcome.reason
        assert output(job) == b"before\n"

    def test_a_program_that_says_137_itself_was_not_out_of_memory(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("sleep 0.3; exit 137", resources=Resources(memory_limit="32Mi"))
        assert self.ran(runtime, job).ended in ("exited", "killed")
