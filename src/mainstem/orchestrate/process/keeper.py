"""Keeps one try: starts its program, writes its log, ends it in time, says how it ended. Never imported.

Run as `python -I -S keeper.py DESCRIPTOR`, this is a server that forks a keeper for every job that comes over
the socket; it ends with the runner. A keeper does not: it has a session of its own and goes on when the
runner is killed, so that output is read, secrets are struck, time limits hold and the exit code is kept
whoever else dies. It imports nothing of ours but `keeping.log_file`, by its file, and little else: a fork
of it costs about a millisecond and two megabytes.

Files of a try's folder, each written whole or not at all:

    claim    the keeper that has the try (process, birth, machine); made once, by whoever is first
    program  its program's process, written by that process before it becomes the program
    stop     seconds of grace, by whoever wants the try ended; then SIGTERM to the keeper
    outcome  how it ended; after it nothing of the try runs

Room for `program` and `outcome` is taken on the disk before the program starts: on a full disk none starts,
and what ends there ended as it did.

Every process that the program starts is a descendant of the keeper, also one that left its group or session
or lost its parent: the keeper is their subreaper. It ends them all, as a container would, once the program
has ended. If the keeper itself is killed the kernel kills the program with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import importlib.util
import json
import os
import re
import select
import signal
import socket
import struct
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from mainstem.orchestrate.keeping.log_file import Log

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_NO_LEASE = "lost: no runner has renewed the lease under which it ran"
_MEMORY_SECONDS = (0.1, 0.5)
"""Between two looks at the memory of a try that has a limit: when it has more than half of it, and before."""
_KILL_AGAIN_SECONDS = 1.0
_ROOM = 4096
"""Bytes on the disk that are taken before a program starts, for each word that has to be kept of it."""
_DISK_SECONDS = 1.0
"""Until a full disk is asked again to keep an outcome."""
_LIKELY_TO_GO = b"300"
"""Of a program, to the kernel's choice of whom to kill when memory is short: before Postgres, before us."""

_libc = ctypes.CDLL(None, use_errno=True)


def _beside(name: str) -> Any:
    """A module of `keeping`, by its file: run by itself (`-I -S`), this is in no package."""
    path = os.path.join(os.path.dirname(__file__), "..", "keeping", f"{name}.py")  # noqa: PTH118, PTH120 # pathlib is a third of the imports
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # noqa: S101 # it is a file of ours
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_log_file = _beside("log_file")


def serve(jobs: socket.socket) -> None:
    """Fork a keeper for each job until the runner is gone. The descriptor that comes with a job is its
    answer's: `started`, `found`, `not started: why` or `unavailable: why`, and nothing when its keeper died
    first."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel takes away keepers that have ended
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the socket's end is what ends this
    gc.collect()
    gc.disable()
    gc.freeze()  # a collection in a keeper would copy every page that it shares with this
    while (received := _received(jobs)) is not None:
        text, answer = received
        if os.fork() == 0:
            jobs.close()
            _become_keeper(json.loads(text), answer)
        os.close(answer)


def _received(jobs: socket.socket) -> tuple[bytes, int] | None:
    head, descriptors, _, _ = socket.recv_fds(jobs, 4, 1)
    if len(head) < 4:
        return None
    os.set_inheritable(descriptors[0], False)  # no program holds it open
    (size,) = struct.unpack("!I", head)
    parts = []
    while size:
        part = jobs.recv(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts), descriptors[0]


def _become_keeper(job: dict[str, Any], answer: int) -> NoReturn:
    os.setsid()
    code = 1
    try:
        code = Keeper(job).keep(answer)
    except BaseException as e:  # noqa: BLE001 # a fork must never go on as its parent; the log is all it has
        with contextlib.suppress(OSError):
            _append(job["log"], f"[mainstem] the keeper of this try failed: {e!r}\n".encode())
    finally:
        os._exit(code)


class Keeper:
    """One try, from its claim to its outcome."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._folder: str = job["folder"]
        self._keeper = os.getpid()
        self._program = 0
        self._status: int | None = None
        self._why = ""
        self._reason = ""
        self._kill_at: float | None = None
        self._begun = time.monotonic()
        self._stop_asked = False
        self._memory_limit: int | None = job["memory_limit"]
        self._look_at_memory_at = self._begun
        self._oom_kills = _oom_kills()

    def keep(self, answer: int) -> int:
        """The keeper's own exit code, which says nothing about the program's."""
        try:
            claimed = self._claim()
        except OSError as e:
            os.write(answer, f"unavailable: nothing can be kept in {self._folder}: {e.strerror}".encode())
            return 0
        if not claimed:
            os.write(answer, b"found")
            return 0
        if self._is_too_late():
            self._write_outcome({"ended": "lost", "exit_code": None, "reason": _NO_LEASE, "at": time.time()})
            os.write(answer, b"found")
            return 0
        self._listen()
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        output, into = os.pipe()
        try:
            log = _log_file.Log(output, self._job["log"], self._job["secrets"], self._job["longest_log"])
        except OSError as e:  # no program runs whose output nobody keeps; somebody may try again
            self._give_back(*self._room(), f"{self._folder}/claim")
            why = f"the log cannot be written: {self._job['log']}: {e.strerror}"
            os.write(answer, f"unavailable: {why}".encode())
            return 0
        problem = self._start(into)
        os.close(into)
        if problem is not None:
            self._write_outcome({"ended": "not_started", "exit_code": problem[0], "reason": problem[1]})
            os.write(answer, f"not started: {problem[1]}".encode())
            return 0
        with contextlib.suppress(BrokenPipeError):  # a runner that died meanwhile wants no answer
            os.write(answer, b"started")
        os.close(answer)
        self._watch(log)
        self._end_descendants()
        log.finish()
        outcome = self._outcome()
        self._write_outcome({**outcome, "reason": f"{outcome['reason']}{log.missing()}"})
        return 0

    def _is_too_late(self) -> bool:
        """Whether the lease may be another's by now. A runner that stood still between its decision and this
        may ask for a try that has run and ended meanwhile."""
        before, lease = self._job["start_before"], self._job["lease"]
        late = before is not None and time.clock_gettime(time.CLOCK_BOOTTIME) >= before
        return late or (lease is not None and _lease_left(lease) <= 0)

    def _claim(self) -> bool:
        """Whether the try is this keeper's. A link is made whole or not at all, and by one alone."""
        own = f"{self._folder}/claim.{os.getpid()}"
        claim = {"pid": os.getpid(), "born": _born(), "machine": self._job["machine"], "at": time.time()}
        try:
            for path in self._room():
                _put(path, b" " * _ROOM)
            _put(own, json.dumps(claim).encode())
            os.link(own, f"{self._folder}/claim")
        except FileExistsError:
            self._give_back(*self._room())
            return False
        except OSError:
            self._give_back(*self._room())
            raise
        finally:
            self._give_back(own)
        return True

    def _room(self) -> list[str]:
        """Files that hold room for what is to be written once the program runs, however full the disk is."""
        return [self._fresh("program"), self._fresh("outcome")]

    def _give_back(self, *paths: str) -> None:
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108 # pathlib is a third of the imports

    def _listen(self) -> None:
        """Signals wake `poll`: SIGCHLD for ends, SIGTERM for a stop that somebody asked for."""
        self._awake, wake = os.pipe()
        os.set_blocking(self._awake, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        if os.path.exists(f"{self._folder}/stop"):  # noqa: PTH110 # as above; its signal may have come before
            self._stop_asked = True
            os.write(wake, b"x")

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self._stop_asked = True

    def _start(self, into: int) -> tuple[int, str] | None:
        """Fork the program; exit code and reason where it could not be started."""
        failed, failing = os.pipe()  # closed by a successful exec
        keeper = os.getpid()
        self._program = os.fork()
        if self._program == 0:
            try:
                self._become_program(into, keeper)
            except OSError as e:
                what = e.filename if e.filename == self._job["cwd"] else self._job["argv"][0]
                code = 127 if e.errno in (errno.ENOENT, errno.ENOTDIR) else 126
                os.write(failing, f"{code} {what}: {e.strerror}".encode(errors="surrogateescape"))
            finally:
                os._exit(127)
        os.close(failing)
        said = os.read(failed, 1 << 12).decode(errors="surrogateescape")
        os.close(failed)
        if not said:
            return None
        shown, _, reason = said.partition(" ")
        return int(shown), reason

    def _become_program(self, into: int, keeper: int) -> None:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != keeper:
            os._exit(1)
        self._write("program", {"pid": os.getpid(), "born": _born()})
        with contextlib.suppress(OSError):
            _append("/proc/self/oom_score_adj", _LIKELY_TO_GO)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for standard, descriptor in enumerate((nothing, into, into)):
            os.dup2(descriptor, standard)
        os.chdir(self._job["cwd"])
        argv = self._job["argv"]
        os.execvpe(argv[0], argv, self._job["env"])  # noqa: S606 # an argument list and no shell

    def _watch(self, log: Log) -> None:
        """Until the program has ended."""
        poller = select.poll()
        poller.register(log.descriptor, select.POLLIN)
        poller.register(self._awake, select.POLLIN)
        while self._status is None:
            for descriptor, _ in poller.poll(self._patience()):
                if descriptor == self._awake:
                    _drain(self._awake)
                elif not log.take():
                    poller.unregister(log.descriptor)
            self._reap()
            self._look_at_the_time()

    def _patience(self) -> float | None:
        """Milliseconds until something is due."""
        now = time.monotonic()
        due = [] if self._kill_at is None else [self._kill_at]
        if not self._why:
            if self._memory_limit is not None:
                due.append(self._look_at_memory_at)
            if self._job["timeout"] is not None:
                due.append(self._begun + self._job["timeout"])
            if self._job["lease"] is not None:
                due.append(now + _lease_left(self._job["lease"]))
        return max(0.0, min(due) - now) * 1000 + 1 if due else None

    def _look_at_the_time(self) -> None:
        if self._status is not None:
            return
        now = time.monotonic()
        timeout = self._job["timeout"]
        if self._memory_limit is not None and not self._why and now >= self._look_at_memory_at:
            self._look_at_memory(self._memory_limit)
        if self._kill_at is not None and now >= self._kill_at:
            _kill_all(_descendants(os.getpid()))
            self._kill_at = now + _KILL_AGAIN_SECONDS
        elif self._why:
            return
        elif self._stop_asked:
            self._end("killed", "stopped", self._grace())
        elif timeout is not None and now >= self._begun + timeout:
            self._end("timed_out", f"timed out after {timeout:g} s", self._job["kill_after"])
        elif self._job["lease"] is not None and _lease_left(self._job["lease"]) <= 0:
            self._end("lost", _NO_LEASE, self._job["kill_after"])

    def _end(self, why: str, reason: str, grace: float) -> None:
        self._why, self._reason = why, reason
        self._kill_at = time.monotonic() + grace
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._program, signal.SIGTERM)

    def _grace(self) -> float:
        try:
            with open(f"{self._folder}/stop", encoding="ascii") as file:  # noqa: PTH123 # as above
                return float(file.read())
        except (OSError, ValueError):
            return float(self._job["kill_after"])

    def _look_at_memory(self, limit: int) -> None:
        used = sum(map(_private_bytes, _descendants(os.getpid())))
        self._look_at_memory_at = time.monotonic() + _MEMORY_SECONDS[used * 2 < limit]
        if used > limit:
            self._why, self._reason = "oom_killed", f"killed: out of memory ({used} of {limit} bytes)"
            self._kill_at = time.monotonic()
            _kill_all(_descendants(os.getpid()))

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self._program:
                    self._status = status

    def _end_descendants(self) -> None:
        """Return when there are none: then there is no child either, for orphans become ours."""
        while True:
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            _kill_all(_descendants(os.getpid()))
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)

    def _outcome(self) -> dict[str, object]:
        code = os.waitstatus_to_exitcode(self._status or 0)
        if self._why == "oom_killed":
            return {"ended": "oom_killed", "exit_code": 137, "reason": self._reason, "at": time.time()}
        if self._why:
            shown: int | None = 128 - code if code < 0 else code
            shown = None if self._why == "lost" else shown
            return {"ended": self._why, "exit_code": shown, "reason": self._reason, "at": time.time()}
        if code >= 0:
            return {"ended": "exited", "exit_code": code, "reason": f"exit {code}", "at": time.time()}
        ended, reason = "killed", f"killed by {_name_of(-code)}"
        if -code == signal.SIGKILL and _oom_kills() > self._oom_kills:
            ended, reason = "oom_killed", "killed: the machine is out of memory"
        return {"ended": ended, "exit_code": 128 - code, "reason": reason, "at": time.time()}

    def _write_outcome(self, outcome: dict[str, object]) -> None:
        """Until the disk takes it: a program that ended well on a full disk has not failed."""
        while True:
            try:
                self._write("outcome", outcome)
                return
            except FileNotFoundError:  # somebody has taken the folder away
                return
            except OSError:
                time.sleep(_DISK_SECONDS)

    def _write(self, name: str, content: dict[str, object]) -> None:
        """Into the room that was taken for it, so that a full disk takes it too."""
        fresh = self._fresh(name)
        _put(fresh, json.dumps(content).encode())
        os.rename(fresh, f"{self._folder}/{name}")  # noqa: PTH104 # as above

    def _fresh(self, name: str) -> str:
        return f"{self._folder}/{name}.{self._keeper}"


def _put(path: str, text: bytes) -> None:
    """The whole of a file, in place: what it has of the disk is not given back and asked for again."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        written = 0
        while written < len(text):
            written += os.pwrite(descriptor, text[written:], written)
        os.ftruncate(descriptor, len(text))
    finally:
        os.close(descriptor)


def _append(path: str, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(descriptor, text)
    finally:
        os.close(descriptor)


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 512):
            pass


def _lease_left(path: str) -> float:
    """Seconds until what runs under the lease must have been told to end. A lease that is not there is over:
    nothing runs that nobody could know of."""
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123 # as above
            return float(file.read()) - time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, ValueError):
        return 0.0


def _born() -> int:
    """When this process began, in clock ticks since the boot: field 22 of proc(5)'s `stat`."""
    with open("/proc/self/stat", "rb") as file:  # noqa: PTH123 # as above
        return int(file.read().rpartition(b")")[2].split()[19])


def _descendants(pid: int) -> list[int]:
    """Every process below `pid`, parents first."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 # as above
        if name.isdigit():
            with contextlib.suppress(OSError):
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 # as above
                    parent = int(file.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found = [pid]
    for one in found:
        found += children.get(one, ())
    return found[1:]


def _kill_all(pids: list[int]) -> None:
    """One that is another user's by now (`sudo`) is waited for: the try is not over before it."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _private_bytes(pid: int) -> int:
    """Resident memory that no file stands behind: what a container's limit counts and cannot take back."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123 # as above
            _, resident, shared, *_ = map(int, file.read().split())
    except OSError:
        return 0
    return (resident - shared) * _PAGE


def _oom_kills() -> int:
    """How often the kernel has killed for want of memory since the boot."""
    try:
        with open("/proc/vmstat", "rb") as file:  # noqa: PTH123 # as above
            found = re.search(rb"^oom_kill (\d+)$", file.read(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
