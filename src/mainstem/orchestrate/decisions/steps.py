"""What was decided, for somebody else to do: plain values, in the order in which they are to be done.

A change carries what was before, so that who stores it can refuse when that is no longer so. Nothing here
does anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance


@dataclass(frozen=True)
class AddRun:
    """A run that did not exist. Its tasks' instances come with it, all with no state."""

    run: DagRun
    instances: tuple[TaskInstance, ...]
    consumed: tuple[str, ...] = ()
    """Assets that it is for: they wait no longer."""
    consumed_until: datetime | None = None
    """It is for events of these assets since the last such run and until then, as in Airflow."""


@dataclass(frozen=True)
class ChangeRun:
    before: DagRun
    after: DagRun


@dataclass(frozen=True)
class AddTask:
    """An instance of a task that its run did not have."""

    instance: TaskInstance


@dataclass(frozen=True)
class ChangeTask:
    before: TaskInstance
    after: TaskInstance

    @property
    def starts(self) -> bool:
        """Whether the change is to begin a try: it has its places, and now its program is to be started."""
        return self.after.state == "queued"


@dataclass(frozen=True)
class StopTry:
    """End the program of a try, if one runs. The change that follows says what its task becomes: what the
    program's end comes to is not asked for."""

    instance: TaskInstance


Step = AddRun | ChangeRun | AddTask | ChangeTask | StopTry
