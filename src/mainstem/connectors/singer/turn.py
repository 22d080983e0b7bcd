"""One process at a time works with a tap's folder, and a tap that outlived its sync is ended first.

The tap inherits the lock: it is free when nobody is left who holds it, us or whatever the tap started. It
touches no process but those that the lock's file names by id and by birth.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import time
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import UsageError
from mainstem.supervise.state import born_at, is_alive

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger("mainstem.connectors")

_PATIENCE, _LOOK = 10.0, 0.02
_NOTE = 1024
"""Bytes of the note in the lock's file, always whole."""


class Holder(msgspec.Struct, frozen=True):
    pid: int
    born: int | None

    @property
    def is_alive(self) -> bool:
        return is_alive(self.pid, self.born)


class _Noted(msgspec.Struct, frozen=True):
    owner: Holder
    tap: Holder | None = None


class Turn:
    """The lock of a folder, held from the first command on until `close`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / "turn.lock"
        self._name = name
        self._descriptor: int | None = None

    def take(self) -> int:
        """The descriptor that a tap inherits. Raises UsageError while another process has the turn."""
        if self._descriptor is None:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                self._lock(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            self._descriptor = descriptor
            self._note(None)
        return self._descriptor

    def started(self, pid: int) -> None:
        """The tap that has it now, leader of its process group."""
        self._note(Holder(pid, born_at(pid)))

    def close(self) -> None:
        """Safe to call twice."""
        if self._descriptor is not None:
            os.pwrite(self._descriptor, b" " * _NOTE, 0)  # what was killed may hold it for a moment yet
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self, descriptor: int) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not _is_free(descriptor):
            noted = self._noted(descriptor)
            if noted is not None and noted.owner.is_alive:
                raise UsageError(
                    f"process {noted.owner.pid} is at work with the tap of {self._name}: wait for its end"
                )
            if noted is not None and noted.tap is not None and noted.tap.is_alive:
                logger.warning("%s: the tap of a sync that was killed still runs: ended", self._name)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(noted.tap.pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                raise UsageError(
                    f"something that a former tap of {self._name} started still runs and holds {self._path}: "
                    "end it"
                )
            time.sleep(_LOOK)

    def _noted(self, descriptor: int) -> _Noted | None:
        try:
            return msgspec.json.decode(os.pread(descriptor, _NOTE, 0), type=_Noted)
        except msgspec.DecodeError:  # whoever has it is about to write, or gave it up
            return None

    def _note(self, tap: Holder | None) -> None:
        assert self._descriptor is not None  # noqa: S101 # taken before anything is started
        noted = _Noted(Holder(os.getpid(), born_at(os.getpid())), tap)
        content = msgspec.json.encode(noted).ljust(_NOTE)
        os.pwrite(self._descriptor, content, 0)


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
