"""Runs one program and sees to it that nothing of it outlives the task.

`guard.py GRACE LC_CTYPE PROGRAM [ARGUMENT…]`.

Promise: once the program has ended, or whoever started us has closed our standard input (it also closes
when that process is killed), every process that the program left is ended: SIGTERM, GRACE seconds, SIGKILL.
It ends as the program did: with its exit code, or 128 + the signal's number as a container does. It reads
and writes nothing of the program.

It runs by itself under `python -I -S`, so that it starts in some 15 ms: it imports the standard library
alone.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

NOT_STARTED = 127
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what the program leaves behind becomes our child, not init's


def main(arguments: list[str]) -> int:
    grace, locale, argv = float(arguments[0]), arguments[1], arguments[2:]
    if not locale:  # Python has set it where no locale was; the program shall not inherit that
        os.environ.pop("LC_CTYPE", None)
    ended = _wakened_by_children()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        program = os.posix_spawnp(
            argv[0],
            argv,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
            setpgroup=0,
            setsigdef=[signal.SIGPIPE],
        )
    except OSError as e:
        os.write(1, f"[mainstem] cannot start {argv[0]}: {e.strerror}\n".encode())
        return NOT_STARTED
    code = _code_once_ended(program, ended, grace)
    _end_the_rest(program)
    return code


def _wakened_by_children() -> int:
    """A descriptor that can be read once a child has ended."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # A terminal's Ctrl-C is for the one that started us; it tells us by closing our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return reading


def _code_once_ended(program: int, ended: int, grace: float) -> int:
    watched: list[int] = [ended, 0]
    deadline: float | None = None
    while True:
        wait = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select(watched, [], [], wait)
        if ended in ready:
            with suppress(BlockingIOError):
                os.read(ended, 4096)
            code = _reaped(program)
            if code is not None:
                return code
        if 0 in ready and not os.read(0, 4096):
            watched.remove(0)
            deadline = time.monotonic() + grace
            _signal_group(program, signal.SIGTERM)
        if deadline is not None and time.monotonic() >= deadline:
            _signal_group(program, signal.SIGKILL)
            _, status = os.waitpid(program, 0)
            return _as_a_container_says(status)


def _reaped(program: int) -> int | None:
    """Collect children that have ended; the code of `program`, if it is among them."""
    code = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            if pid == program:
                code = _as_a_container_says(status)
    return code


def _as_a_container_says(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _signal_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _end_the_rest(program: int) -> None:
    """As a pod does when its first process ends: also what left the group, which the kernel gave to us."""
    _signal_group(program, signal.SIGKILL)
    while True:
        for child in _children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    me = os.getpid()
    with suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()]
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
