"""Becomes the program of a child: `python -I -S launch.py SIGNAL PARENT USER PROGRAM ARGUMENT…`.

It arranges that the kernel sends SIGNAL when the supervisor (process PARENT) is gone, however it went, and
takes on USER (`-`: stays who it is), in this order because the kernel forgets the first at a change of
user. A program of its own and no function after a fork: the supervisor has threads. It imports nothing of
ours, so it also runs where the package cannot be read once the user has changed.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    number, parent, user, *command = arguments
    if user != "-":
        _become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != int(parent):
            os._exit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606 # an argument list and no shell: this is what it is for
    except OSError as e:
        sys.exit(f"mainstem: cannot run {command[0]}: {e.strerror}")


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ["HOME"] = entry.pw_dir


if __name__ == "__main__":
    main(sys.argv[1:])
