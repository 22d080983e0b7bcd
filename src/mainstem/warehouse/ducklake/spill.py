"""Where a DuckDB may spill what its memory does not hold: a folder for each instance, never shared.

Two instances that spill into one folder overwrite each other's files: that ended with a segmentation fault
in a test of two sorts of 3 million rows at 60 MB each.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_numbers = itertools.count()


def spill_folder(parent: Path) -> Path:
    """A path for one instance, which makes and removes it; what processes of this machine that have died
    left in `parent` is removed here."""
    parent.mkdir(parents=True, exist_ok=True)
    machine = socket.gethostname()
    for left in parent.glob(f"{machine}-*-*"):
        pid = left.name.removeprefix(f"{machine}-").partition("-")[0]
        if pid.isdecimal() and not _runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return parent / f"{machine}-{os.getpid()}-{next(_numbers)}"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
