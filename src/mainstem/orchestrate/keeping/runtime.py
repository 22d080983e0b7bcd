"""A runtime whose tries have a keeper each: a process that outlives the runner and leaves its files behind.

A handle is the try's folder. The keeper holds the try until it has written down how it ended; of a try whose
keeper is gone and left no such word, what is left is ended before anybody is told that it is `lost`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import RuntimeUnavailable
from mainstem.orchestrate.keeping.files import Claim, Ending, read_claim, read_ending, write_ending
from mainstem.orchestrate.keeping.machine import born_at, kill_all, this_machine
from mainstem.orchestrate.runtime import Runtime, Waitable

if TYPE_CHECKING:
    from mainstem.orchestrate.runtime import Outcome

_LOOK_SECONDS = 0.01
_KEEPER_SECONDS = 10.0
"""Beyond a grace, until a keeper that does not end a try is killed itself."""


class KeptRuntime(Runtime, Waitable):
    """All but how a try is started, and what is left to do for one whose keeper is gone."""

    def __init__(self) -> None:
        self._keepers: dict[str, int] = {}

    @abstractmethod
    def lost(self, folder: Path) -> Ending:
        """End what is left of a try without a keeper; how it ended, as far as that is known."""

    def poll(self, handle: str) -> Outcome | None:
        folder = Path(handle)
        if (ending := read_ending(folder)) is not None:
            return ending.outcome()
        if keeps(read_claim(folder)):
            return None
        # It may have ended between the two looks.
        return (read_ending(folder) or self._ended_by_us(folder)).outcome()

    def _ended_by_us(self, folder: Path) -> Ending:
        ending = self.lost(folder)
        try:
            write_ending(folder, ending)
        except FileNotFoundError:
            pass  # forgotten meanwhile
        except OSError as e:
            raise RuntimeUnavailable(f"cannot use {folder}: {e.strerror}") from e
        return ending

    def wait(self, handles: tuple[str, ...], seconds: float) -> None:
        poller = select.poll()
        for descriptor in self.descriptors(handles):
            poller.register(descriptor, select.POLLIN)
        poller.poll(seconds * 1000)

    def descriptors(self, handles: tuple[str, ...]) -> list[int]:
        found = [self._descriptor(handle) for handle in handles]
        for handle in self._keepers.keys() - set(handles):
            os.close(self._keepers.pop(handle))
        return found

    def _descriptor(self, handle: str) -> int:
        """Of the keeper's process; of one that is gone, of a pipe that has ended."""
        if handle not in self._keepers:
            descriptor = claim = None
            with contextlib.suppress(RuntimeUnavailable):  # `poll` says so
                claim = read_claim(Path(handle))
            if claim is not None:
                with contextlib.suppress(ProcessLookupError):
                    descriptor = os.pidfd_open(claim.pid)
            if descriptor is not None and not keeps(claim):
                os.close(descriptor)
                descriptor = None
            self._keepers[handle] = _ended_pipe() if descriptor is None else descriptor
        return self._keepers[handle]

    def stop(self, handle: str, grace: float) -> None:
        folder = Path(handle)
        claim = read_claim(folder)
        if claim is not None and keeps(claim):
            with contextlib.suppress(OSError):  # on a full disk it ends in its own time of grace
                (folder / "stop").write_text(str(grace), encoding="ascii")
            with contextlib.suppress(ProcessLookupError):
                os.kill(claim.pid, signal.SIGTERM)
            until = time.monotonic() + grace + _KEEPER_SECONDS
            while keeps(claim):
                if time.monotonic() > until:
                    kill_all([claim.pid])
                time.sleep(_LOOK_SECONDS)
        self.poll(handle)

    def found(self, folder: Path) -> str | None:
        return None if read_claim(folder) is None else str(folder)

    def let_go(self, handle: str) -> None:
        """Of what `descriptors` opened for it."""
        if handle in self._keepers:
            os.close(self._keepers.pop(handle))

    def remove(self, folder: Path) -> None:
        """What keepers leave of a try, but not its log. Raises RuntimeUnavailable."""
        try:
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as e:
            raise RuntimeUnavailable(f"cannot remove {folder}: {e.strerror}") from e

    def close(self) -> None:
        """Tries go on."""
        for descriptor in self._keepers.values():
            os.close(descriptor)
        self._keepers.clear()


def keeps(claim: Claim | None) -> bool:
    """Whether the keeper lives. On another machine than this nobody can tell: those who ask hold the lease,
    which tries of another machine do not outlive."""
    return claim is not None and claim.machine == this_machine() and born_at(claim.pid) == claim.born


def _ended_pipe() -> int:
    reading, writing = os.pipe()
    os.close(writing)
    return reading
