"""Where tries run: the contract of runtimes. Suite: `mainstem.testing.runtime`.

A try's folder is its truth: a runtime writes there what it needs to find the try again, so that a runner that
was killed, or its successor, can adopt it. `start` for a try that was started before finds it and starts
nothing: that is what keeps one from running twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mainstem.manifest import Resources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

Ended = Literal["exited", "oom_killed", "killed", "timed_out", "lost"]
"""`exited` with a code; `killed` by a signal, by `stop` (whatever code it then had) or by somebody else;
`lost`: it is gone and left no code. A signal's code is 128 and its number, as in a shell and in a pod."""


@dataclass(frozen=True)
class Job:
    """One try, ready to be started."""

    dag_id: str
    run_id: str
    task_id: str
    try_number: int
    argv: tuple[str, ...]
    folder: Path
    """Of this try alone: `<runs>/dag_id=…/run_id=…/task_id=…/attempt=N`; its log `attempt=N.log` beside."""
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Whole and resolved: secrets are in it, so it is never printed, and written nowhere that outlives the
    try."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Those of its values that are secret: no line of the log has one, however it is spelled."""
    image: str = ""
    resources: Resources = field(default_factory=Resources)
    timeout: float | None = None
    """Seconds."""
    longest_log: int | None = None
    """Bytes of output that are kept; None: all."""
    start_before: float | None = None
    """A moment, in seconds since the boot, from which on another runner may have it: too late to start it."""

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")


@dataclass(frozen=True)
class Outcome:
    """How a try ended."""

    ended: Ended
    exit_code: int | None = None
    reason: str = ""
    """In words, without secrets."""
    at: datetime | None = None
    """When it ended, where that is known: a runner may hear of it long after."""


class Runtime(ABC):
    """Every method raises RuntimeUnavailable when its means are away (Podman does not answer)."""

    name: str
    """As settings name it: process, podman."""

    @abstractmethod
    def start(self, job: Job) -> str:
        """Start it, unless it was started before; the handle it is found by afterwards, also by others.

        Raises TaskNotStarted when it cannot be: no such program, no such image.
        """

    @abstractmethod
    def poll(self, handle: str) -> Outcome | None:
        """None while it runs. Asked again, it says the same."""

    @abstractmethod
    def wait(self, handles: tuple[str, ...], seconds: float) -> None:
        """Until one of `handles` may have ended, or `seconds` are over."""

    @abstractmethod
    def stop(self, handle: str, grace: float) -> None:
        """End the whole of it: SIGTERM, `grace` seconds, SIGKILL. Nothing of it runs when this returns."""

    @abstractmethod
    def found(self, folder: Path) -> str | None:
        """The handle of the try whose folder this is, if it ever was started here."""

    @abstractmethod
    def forget(self, handle: str) -> None:
        """Remove what only a running try needs. Its log stays."""


class Waitable(ABC):
    """A runtime whose tries can be waited for together with other things."""

    @abstractmethod
    def descriptors(self, handles: tuple[str, ...]) -> list[int]:
        """A file descriptor for each, readable once it may have ended: for `poll`. They stay the runtime's,
        and are good until it is asked for others."""
