"""Runs tries as processes: starts a keeper for each, and learns from its files what became of it.

A handle is the try's folder. What holds a try is its keeper (`keeper`); a try whose keeper is gone and left
no outcome is `lost`: what is left of it is killed before anybody is told so.

Limits of memory are looked at ten times a second, so a program may have more for a moment; a CPU limit needs
a container. A process that hands itself to another service (`docker run`, `at`) is not of the try any more.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.config import spellings_of
from mainstem.errors import RuntimeUnavailable, TaskNotStarted
from mainstem.manifest import memory_bytes
from mainstem.orchestrate.keeping import KeptRuntime
from mainstem.orchestrate.keeping.files import (
    Ending,
    read_claim,
    read_ending,
    read_program,
)
from mainstem.orchestrate.keeping.machine import (
    TRY_VARIABLE,
    kill_all,
    processes_of,
    this_machine,
)
from mainstem.orchestrate.process.spawner import Spawner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.orchestrate.runtime import Job

_LOOK_SECONDS = 0.01


class ProcessRuntime(KeptRuntime):
    """Safe to use from several threads."""

    name = "process"

    def __init__(self, *, kill_after: float = 10.0, lease: Path | None = None) -> None:
        """`kill_after`: seconds from SIGTERM to SIGKILL at a time limit. `lease`: a file with the moment
        (seconds since the boot) at which keepers end their tries, unless it has been put off."""
        self._kill_after = kill_after
        self._lease = lease
        super().__init__()
        self._spawner = Spawner()

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets one of its own, over the same tries."""
        return (_opened, (self._kill_after, self._lease))

    def start(self, job: Job) -> str:
        handle = str(job.folder)
        try:
            job.folder.mkdir(parents=True, exist_ok=True)
            answer = "found" if read_claim(job.folder) else self._spawner.spawn(self._message(job))
        except OSError as e:
            raise RuntimeUnavailable(f"cannot use {job.folder}: {e.strerror}") from e
        if answer.startswith("unavailable: "):
            raise RuntimeUnavailable(answer.removeprefix("unavailable: "))
        if not answer and read_claim(job.folder) is None:
            raise RuntimeUnavailable(f"the keeper of {job.task_id} could not be started")
        ending = read_ending(job.folder)
        if ending is not None and ending.ended == "not_started":
            raise TaskNotStarted(ending.reason)
        return handle

    def _message(self, job: Job) -> Mapping[str, object]:
        return {
            "folder": str(job.folder),
            "log": str(job.log),
            "argv": job.argv,
            "cwd": str(job.cwd),
            "env": {**job.environment, TRY_VARIABLE: str(job.folder)},
            "secrets": spellings_of(job.secrets),
            "longest_log": job.longest_log,
            "timeout": job.timeout,
            "memory_limit": memory_bytes(job.resources.memory_limit),
            "lease": None if self._lease is None else str(self._lease),
            "start_before": job.start_before,
            "kill_after": self._kill_after,
            "machine": this_machine(),
        }

    def lost(self, folder: Path) -> Ending:
        program = read_program(folder)
        while left := processes_of(str(folder), program):
            try:
                kill_all(left)
            except PermissionError as e:
                raise RuntimeUnavailable(f"what is left of {folder} is another user's: {left}") from e
            time.sleep(_LOOK_SECONDS)
        return Ending("lost", None, "lost: it is gone and left no exit code", time.time())

    def forget(self, handle: str) -> None:
        folder = Path(handle)
        self.let_go(handle)
        self.remove(folder)

    def close(self) -> None:
        """Tries go on."""
        super().close()
        self._spawner.close()


def _opened(kill_after: float, lease: Path | None) -> ProcessRuntime:
    return ProcessRuntime(kill_after=kill_after, lease=lease)
