"""Keeps one try in a container: starts it, writes its log, ends it in time, says how it ended.

Run as `python -I -S keeper.py` with a job as JSON on standard input, it answers there in one line on standard
output (`started`, `found`, `not started: why`, `unavailable: why`) and goes on in a session of its own. A
runner that is killed takes nothing with it: output is read, secrets are struck, time limits hold and the exit
code is kept. It imports the standard library alone: 15 ms and 10 MB a container.

The container writes into the keeper's own pipe (Podman's log driver `passthrough`), so that both streams keep
their order to the byte and no second copy with secrets in it lies on the disk. Without its keeper a container
has no reader: it is ended and `lost`.

Files of a try's folder:

    claim     the keeper that has the try (process, birth, machine); made once, by whoever is first
    stop      seconds of grace, by whoever wants the try ended; then SIGTERM to the keeper
    outcome   how it ended; after it nothing of the try runs
    removed   the container and its secrets are gone from Podman
    forget    by whoever needs the try no more: the keeper takes the folder away when it is done
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

_LOG_SOURCE = os.path.join(os.path.dirname(__file__), "..", "keeping", "log_file.py")  # noqa: PTH118, PTH120 # pathlib is a third of the imports
_DISK_SECONDS = 1.0
"""Until a full disk is asked again to keep an outcome."""
_KILL_AGAIN_SECONDS = 5.0
_TRIES_TO_REMOVE = 10
"""Each as long as any call to Podman may take."""
_ENDED = ("exited", "stopped")
_NEVER = "0001-01-01"
"""What Podman writes for a moment that has not come."""


class NotStarted(Exception):
    """Because of the job: its image, program or folder is not there."""


class Unavailable(Exception):
    """Because of Podman."""


class PodmanFailed(Exception):
    """Podman did not do what it was asked to; its own words, on one line."""

    def __init__(self, code: int, said: str) -> None:
        self.code = code
        super().__init__(said)


class Podman:
    """Calls the program. `command` is what stands before each subcommand."""

    def __init__(self, command: list[str], seconds: float) -> None:
        self._command = command
        self._seconds = seconds

    def __call__(self, *arguments: str, given: bytes = b"") -> str:
        """Standard output. Raises PodmanFailed, with code 125 also when there is no answer in time."""
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                input=given,
                capture_output=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PodmanFailed(125, f"podman {arguments[0]} did not end in {self._seconds:g} s") from None
        except OSError as e:
            raise PodmanFailed(125, f"{self._command[0]}: {e.strerror}") from e
        if done.returncode:
            raise PodmanFailed(done.returncode, told(done.stderr))
        return done.stdout.decode(errors="replace")

    def run(self, arguments: list[str], into: int, seconds: float) -> int:
        """`podman run`: its exit code. What it says goes `into` where the program's output goes."""
        process = subprocess.Popen(
            [*self._command, *arguments], stdin=subprocess.DEVNULL, stdout=into, stderr=into
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise PodmanFailed(125, f"podman run did not start it in {seconds:g} s") from None

    def state(self, name: str) -> dict[str, Any] | None:
        """Of a container; None when there is none."""
        try:
            return json.loads(self("container", "inspect", "--format", "{{json .State}}", name))  # type: ignore[no-any-return] # an object, by Podman's own format
        except PodmanFailed as e:
            if "no such container" in str(e).lower():
                return None
            raise


def told(text: bytes) -> str:
    """Podman's last words, as one line and without what it says of every error."""
    lines = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error: ")]
    return (errors or lines or ["it said nothing"])[-1].removeprefix("Error: ")


def ended_properly(state: dict[str, Any] | None) -> bool:
    """Whether the exit code is one. After a reboot, or when its monitor was killed, Podman shows a container
    as created or running with exit code 0, or as exited with -1: that is nobody's success."""
    if state is None:
        return False
    finished = state["Status"] in _ENDED and not state["FinishedAt"].startswith(_NEVER)
    return finished and state["ExitCode"] >= 0


def outcome_of(
    state: dict[str, Any] | None, stopped: tuple[str, str] | None, kills: int | None, limit: str
) -> dict[str, Any]:
    """How a container ended that nothing runs of any more.

    `stopped` is how and why it was ended by its keeper; `kills` how often the kernel found it out of memory,
    None when that could not be read; `limit` its memory limit.
    """
    if not ended_properly(state):
        why = "its container was removed" if state is None else f"its container is {state['Status']!r}"
        if stopped:
            return _outcome(*stopped, code=None)
        return _outcome("lost", f"lost: {why} and left no exit code", None)
    assert state is not None  # noqa: S101 # it ended properly
    code = state["ExitCode"]
    if stopped:
        return _outcome(*stopped, code=code)
    if code and (kills or state["OOMKilled"]):
        return _outcome("oom_killed", f"killed: out of memory (limit {limit or 'of the machine'})", code)
    if code == 128 + signal.SIGKILL and kills is None and limit:
        return _outcome("oom_killed", f"killed, probably: out of memory (limit {limit})", code)
    if 128 < code <= 128 + 31:
        return _outcome("killed", f"killed by {signal.Signals(code - 128).name}", code)
    return _outcome("exited", f"exit {code}", code)


def _outcome(ended: str, reason: str, code: int | None) -> dict[str, Any]:
    return {"ended": ended, "exit_code": code, "reason": reason, "at": time.time()}


class MemoryEvents:
    """How often the kernel ended something of a container for lack of memory, by its cgroup.

    Podman's own flag is not set on machines that mount both versions of cgroups.
    """

    def __init__(self, pid: int) -> None:
        self._file: int | None = None
        self.kills: int | None = None
        with contextlib.suppress(OSError):
            self._file = os.open(_memory_file(pid), os.O_RDONLY)
        self.read()

    def read(self) -> None:
        """To be called as soon as the program has ended: its cgroup goes away soon after."""
        if self._file is None:
            return
        try:
            lines = os.pread(self._file, 4096, 0).decode().splitlines()
        except OSError:  # the cgroup is gone
            return
        self.kills = sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


def _memory_file(pid: int) -> str:
    with open(f"/proc/{pid}/cgroup", encoding="utf-8") as file:  # noqa: PTH123 # as above
        lines = [line.rstrip("\n").split(":", 2) for line in file]
    for _, controllers, path in lines:
        if "memory" in controllers.split(","):
            return f"/sys/fs/cgroup/memory{path}/memory.oom_control"
    return next(f"/sys/fs/cgroup{path}/memory.events" for number, _, path in lines if number == "0")


class Keeper:
    """One try, from its claim to its outcome."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._folder: str = job["folder"]
        self._name: str = job["name"]
        self._podman = Podman(job["podman"], job["podman_seconds"])
        self._stopped: tuple[str, str] | None = None
        self._kill_at: float | None = None
        self._stop_asked = False
        self._memory: MemoryEvents | None = None

    def keep(self) -> None:
        self._listen()
        try:
            claimed = self._claim()
        except OSError as e:
            _answer(f"unavailable: nothing can be kept in {self._folder}: {e.strerror}")
            return
        if not claimed:
            _answer("found")
            return
        before = self._job["start_before"]
        if before is not None and time.clock_gettime(time.CLOCK_BOOTTIME) >= before:
            self._write_outcome(_outcome("lost", "lost: the lease it was to run under is over", None))
            _answer("found")
            return
        output, into = os.pipe()
        try:
            self._start(output, into)
        except NotStarted as e:
            self._remove()
            self._write_outcome(_outcome("not_started", str(e), None))
            _answer(f"not started: {e}")
            return
        except Unavailable as e:
            self._remove()
            if os.path.exists(f"{self._folder}/monitor.pid"):  # noqa: PTH110 # as above
                # Its program may have run; started again it would run twice.
                self._write_outcome(_outcome("lost", f"lost: {e}", None))
                _answer("started")
                return
            os.unlink(f"{self._folder}/claim")  # noqa: PTH108 # as above; somebody may try again
            _answer(f"unavailable: {e}")
            return
        self._began = time.monotonic()
        _answer("started")
        log = _log_class()(output, self._job["log"], self._job["spellings"], self._job["longest_log"])
        self._watch(log)
        log.finish()
        outcome = self._outcome()
        self._write_outcome({**outcome, "reason": f"{outcome['reason']}{log.missing()}"})
        self._remove(tries=_TRIES_TO_REMOVE)
        if os.path.exists(f"{self._folder}/forget"):  # noqa: PTH110 # as above
            self._forget()

    def _claim(self) -> bool:
        """Whether the try is this keeper's. A link is made whole or not at all, and by one alone."""
        own = f"{self._folder}/claim.{os.getpid()}"
        claim = {"pid": os.getpid(), "born": _born(), "machine": self._job["machine"], "at": time.time()}
        try:
            with open(own, "w", encoding="ascii") as file:  # noqa: PTH123 # as above
                json.dump(claim, file)
            os.link(own, f"{self._folder}/claim")
        except FileExistsError:
            return False
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(own)  # noqa: PTH108 # as above
        return True

    def _start(self, output: int, into: int) -> None:
        """Raises NotStarted or Unavailable; then no program has run."""
        try:
            for name, value in self._job["secrets"].items():
                self._podman("secret", "create", name, "-", given=value.encode(errors="surrogateescape"))
            code = self._podman.run(self._job["run"], into, self._job["start_seconds"])
        except PodmanFailed as e:
            raise Unavailable(str(e)) from e
        except OSError as e:
            raise Unavailable(f"{self._job['podman'][0]}: {e.strerror}") from e
        finally:
            os.close(into)
        if code == 0:
            self._remove_secrets()
        elif code in (126, 127):
            raise NotStarted(self._said(output))
        else:
            self._say_whose_fault(output)

    def _say_whose_fault(self, output: int) -> None:
        """Podman refused: because of the job, unless it refuses everything."""
        try:
            self._podman("image", "exists", self._job["image"])
        except PodmanFailed as e:
            if e.code == 1:
                raise NotStarted(f"{self._said(output)}{self._job['advice']}") from e
            raise Unavailable(str(e)) from e
        raise NotStarted(self._said(output))

    def _said(self, output: int) -> str:
        os.set_blocking(output, False)
        text = b""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(output, 1 << 16):
                text += part
        words = told(text)
        for spelling in self._job["spellings"]:
            words = words.replace(spelling, "***")
        return words

    def _listen(self) -> None:
        """SIGTERM wakes `poll`: somebody has asked for a stop."""
        self._awake, wake = os.pipe()
        os.set_blocking(self._awake, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self._stop_asked = True

    def _watch(self, log: Any) -> None:
        """Until the container's monitor (conmon) has ended: it does when the container has."""
        program, monitor = self._pid("program.pid"), self._pid("monitor.pid")
        self._memory = MemoryEvents(program) if program else None
        watched = {_opened(pid): pid for pid in (program, monitor) if pid}
        poller = select.poll()
        for descriptor in (log.descriptor, self._awake, *watched):
            if descriptor is not None:
                poller.register(descriptor, select.POLLIN)
        living = {descriptor for descriptor in watched if descriptor is not None}
        while living:
            for descriptor, _ in poller.poll(self._patience()):
                if descriptor in living:
                    if self._memory:
                        self._memory.read()
                    poller.unregister(descriptor)
                    living.discard(descriptor)
                    if watched[descriptor] == monitor:
                        self._kill_without_monitor(living)
                elif descriptor == self._awake:
                    _drain(self._awake)
                elif not log.take():
                    poller.unregister(descriptor)
            self._mind_the_time()

    def _pid(self, name: str) -> int:
        try:
            with open(f"{self._folder}/{name}", encoding="ascii") as file:  # noqa: PTH123 # as above
                return int(file.read())
        except (OSError, ValueError):  # it has ended before Podman could say
            return 0

    def _patience(self) -> float | None:
        """Milliseconds until something is to be done whatever happens."""
        due = (self._kill_at, self._times_out_at(), self._lease_ends_at())
        moments = [moment for moment in due if moment is not None]
        return None if not moments else max(0.0, (min(moments) - time.monotonic()) * 1000 + 1)

    def _times_out_at(self) -> float | None:
        timeout = self._job["timeout"]
        return None if timeout is None or self._stopped else self._began + timeout

    def _lease_ends_at(self) -> float | None:
        """When it has to be ended for want of a runner. A lease that cannot be read is over: nothing runs
        that nobody could know of."""
        path = self._job["lease"]
        if path is None or self._stopped:
            return None
        try:
            with open(path, encoding="ascii") as file:  # noqa: PTH123 # as above
                left = float(file.read()) - time.clock_gettime(time.CLOCK_BOOTTIME)
        except (OSError, ValueError):
            left = 0.0
        return time.monotonic() + left

    def _mind_the_time(self) -> None:
        lease_ends_at = self._lease_ends_at()
        now = time.monotonic()
        times_out_at = self._times_out_at()
        if self._stop_asked and not self._stopped:
            self._end("killed", "stopped", self._grace())
        elif times_out_at is not None and now >= times_out_at:
            self._end("timed_out", f"timed out after {self._job['timeout']:g} s", self._job["grace"])
        elif lease_ends_at is not None and now >= lease_ends_at:
            self._end("lost", "lost: no runner has renewed the lease under which it ran", self._job["grace"])
        if self._kill_at is not None and now >= self._kill_at:
            self._kill()
            self._kill_at = time.monotonic() + _KILL_AGAIN_SECONDS

    def _end(self, ended: str, reason: str, grace: float) -> None:
        self._stopped = (ended, reason)
        self._kill_at = time.monotonic() + grace
        if grace > 0:
            self._signal("TERM")

    def _kill(self) -> None:
        self._signal("KILL")

    def _kill_without_monitor(self, programs: set[int]) -> None:
        """Podman would wait some seconds for the monitor. The program is another user's where Podman is not
        root's."""
        for program in programs:
            try:
                signal.pidfd_send_signal(program, signal.SIGKILL)
            except ProcessLookupError:
                pass
            except PermissionError:
                self._kill()

    def _signal(self, name: str) -> None:
        with contextlib.suppress(PodmanFailed):  # it has ended meanwhile, or will be asked again
            self._podman("kill", "--signal", name, self._name)

    def _grace(self) -> float:
        try:
            with open(f"{self._folder}/stop", encoding="ascii") as file:  # noqa: PTH123 # as above
                return float(file.read())
        except (OSError, ValueError):
            return float(self._job["grace"])

    def _outcome(self) -> dict[str, Any]:
        try:
            state = self._podman.state(self._name)
        except PodmanFailed as e:
            return _outcome("lost", f"lost: Podman does not say how it ended: {e}", None)
        kills = self._memory.kills if self._memory else None
        return outcome_of(state, self._stopped, kills, self._job["memory_limit"])

    def _remove_secrets(self) -> None:
        """A container that runs has them already; Podman keeps them on the disk no longer than that."""
        for name in self._job["secrets"]:
            with contextlib.suppress(PodmanFailed):
                self._podman("secret", "rm", name)

    def _remove(self, tries: int = 1) -> None:
        """While an image is built or fetched Podman may keep everybody waiting for minutes."""
        while tries:
            tries -= 1
            with contextlib.suppress(
                PodmanFailed, OSError
            ):  # in the end `forget`, by somebody else, asks again
                self._podman("rm", "--force", "--time", "0", "--ignore", self._name)
                self._remove_secrets()
                self._write("removed", {})
                return

    def _forget(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._folder):  # noqa: PTH208 # as above
                os.unlink(f"{self._folder}/{name}")  # noqa: PTH108 # as above
            os.rmdir(self._folder)  # noqa: PTH106 # as above

    def _write_outcome(self, outcome: dict[str, Any]) -> None:
        """Until the disk takes it: a program that ended well on a full disk has not failed."""
        while True:
            try:
                self._write("outcome", outcome)
                return
            except FileNotFoundError:  # somebody has taken the folder away
                return
            except OSError:
                time.sleep(_DISK_SECONDS)

    def _write(self, name: str, content: dict[str, Any]) -> None:
        fresh = f"{self._folder}/{name}.new"
        with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123 # as above
            json.dump(content, file)
        os.rename(fresh, f"{self._folder}/{name}")  # noqa: PTH104 # as above


def _answer(text: str) -> None:
    with contextlib.suppress(OSError):  # a runner that died meanwhile wants no answer
        os.write(1, text.encode(errors="replace"))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.close(nothing)


def _born() -> int:
    """When this process began, in clock ticks since the boot: field 22 of proc(5)'s `stat`."""
    with open("/proc/self/stat", "rb") as file:  # noqa: PTH123 # as above
        return int(file.read().rpartition(b")")[2].split()[19])


def _opened(pid: int) -> int | None:
    """A descriptor that can be read once the process has ended; None when it has."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 512):
            pass


def _log_class() -> Any:
    """As the process runtime's: a log is written in one way."""
    spec = importlib.util.spec_from_file_location("log_file", _LOG_SOURCE)
    assert spec is not None and spec.loader is not None  # noqa: S101 # it is a file of this package
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Log


def main() -> None:
    job = json.load(sys.stdin)
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    try:
        Keeper(job).keep()
    except Exception as e:
        # Nobody sees this process: the log is all it has. What it kept is found out without it.
        with open(job["log"], "a", encoding="utf-8") as log:  # noqa: PTH123 # as above
            log.write(f"[mainstem] the keeper of this try failed: {e!r}\n")
        raise


if __name__ == "__main__":
    main()
