"""Let dbt change the lake's structure only while it holds the lake's lock, a node at a time.

dbt calls its callbacks synchronously, in the thread that does the work: a callback that waits at
NodeStart keeps the node from starting. So the lock is taken before each node and given up after it, and a
loader that wants a column waits for one model, never for a build. What dbt does outside nodes (schemas
and hooks before the first, hooks after the last) is covered by the lines it prints around them.

Sound with one dbt thread only: two nodes at once would share one hold of the lock.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from mainstem.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable


class Lock(Protocol):
    """The lock that every change of the lake's structure goes through.

    May be released by another thread than acquired it.
    """

    def acquire(self) -> None:
        """Wait for it, fairly. Raises when it cannot be had."""

    def release(self) -> None: ...


class StructureGate:
    """A dbt callback. `finish` must be called after each invocation, whatever came of it."""

    def __init__(
        self,
        lock: Lock,
        stopping: Callable[[], bool],
        break_off: Callable[[], None],
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        """`stopping` says that no node may start any more; `break_off` makes dbt's main thread end the
        run, and is called from dbt's pool; `at_end` is called when the run has done its last work, the
        lock still held."""
        self._lock = lock
        self._stopping = stopping
        self._break_off = break_off
        self._at_end = at_end
        self._held = False
        self._running = False
        self.failure: BaseException | None = None
        """Why the lock could not be had; the run was broken off for it."""

    def __call__(self, event: Any) -> None:
        match event.info.name:
            case "ConcurrencyLine":
                # Printed once a run, right before schemas are made and on-run-start hooks run.
                self._running = True
                self._take()
            case "NodeStart" | "LogHookStartLine":
                self._take()
            case "NodeFinished":
                self._give()
            case "Formatting" if self._running:
                # An empty line precedes the rendering of on-run-end hooks, which may run statements too.
                self._take()
            case "FinishedRunningStats":
                self._running = False
                self._end()

    def hold(self) -> None:
        """Take the lock for all of an invocation that has no nodes, such as run-operation."""
        self._take()

    def finish(self) -> None:
        self._running = False
        self._give()

    def _take(self) -> None:
        if self._held:
            return
        try:
            self._lock.acquire()
        except BaseException as e:
            self.failure = e
            # An exception in dbt's pool loses only this node, and dbt's main thread would wait for the
            # node for ever.
            if threading.current_thread() is not threading.main_thread():
                self._break_off()
            raise
        self._held = True
        if self._stopping():
            self._give()
            raise InterruptedError("no node starts: the worker was told to end")

    def _end(self) -> None:
        try:
            if self._held:
                self._at_end()
        except TransientError as e:
            self.failure = e
        finally:
            self._give()

    def _give(self) -> None:
        if self._held:
            self._held = False
            self._lock.release()
