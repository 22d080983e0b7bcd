"""The machine a run was made on, in words that mean something elsewhere."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import msgspec
import psutil

_BUSY = 0.25
"""Load a core, before anything was measured, from which on the machine counts as shared."""


class Machine(msgspec.Struct, frozen=True):
    """Facts that a figure may depend on."""

    cores: int
    cpu: str
    memory_gb: float
    file_system: str
    """Of the folder that was measured in."""
    system: str
    python: str
    load_before: float
    """Load average of the minute before the run."""

    @property
    def was_shared(self) -> bool:
        return self.load_before > _BUSY * self.cores


def this_machine(scratch: Path) -> Machine:
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        cpu=_cpu(),
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        file_system=file_system_of(scratch),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        python=platform.python_version(),
        load_before=round(os.getloadavg()[0], 1),
    )


def file_system_of(folder: Path) -> str:
    """Type of the file system that holds `folder`, such as `ext4`."""
    resolved = folder.resolve()
    found = ("", "unknown")
    for part in psutil.disk_partitions(all=True):
        mount = Path(part.mountpoint)
        if (resolved == mount or mount in resolved.parents) and len(part.mountpoint) >= len(found[0]):
            found = (part.mountpoint, part.fstype)
    return found[1]


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return re.sub(r"\((R|TM)\)", "", name.group(1)).strip() if name else platform.machine()
