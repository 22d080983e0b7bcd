"""What the runner has in its hands: open tries, started, found again, waited for, ended.

Promise: a try is in one of them until its outcome has been written down, and its runtime is asked to start it
only with its place in the records. It reads and writes no records.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from mainstem.errors import MainstemError, RuntimeUnavailable
from mainstem.orchestrate.runner.board import key_of
from mainstem.orchestrate.runtime import Waitable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.orchestrate.runner.board import TaskKey
    from mainstem.orchestrate.runtime import Job, Outcome, Runtime
    from mainstem.store.runs import Try

logger = logging.getLogger("mainstem.runner")

_WAIT_SECONDS = 1.0
_AGAIN_SECONDS = 0.5


class Hands:
    """One thread's, but for what waits and stops beside it."""

    def __init__(self, runtime: Runtime, wake: Callable[[], None]) -> None:
        self._runtime = runtime
        self._wake = wake
        self._held: dict[TaskKey, tuple[Try, str]] = {}
        self._over: dict[TaskKey, tuple[Try, Outcome, str]] = {}
        self._stopping: dict[TaskKey, threading.Thread] = {}
        self.unseen: set[TaskKey] = set()
        """Those that could not be asked after, and may have ended: to be looked at again soon."""
        self._waiter = None if isinstance(runtime, Waitable) else _Waiter(runtime, wake)

    def holds(self, key: TaskKey) -> bool:
        return key in self._held or key in self._over

    def take(self, one: Try, handle: str) -> None:
        """It runs, or has ended by now."""
        self._held[key_of(one)] = (one, handle)
        self._hand_over()

    def settle(self, one: Try, outcome: Outcome) -> None:
        """It never ran, or nothing of it is left."""
        self._over[key_of(one)] = (one, outcome, "")

    def start(self, one: Try, job: Job) -> str:
        """The handle. Raises TaskNotStarted, RuntimeUnavailable."""
        handle = self._runtime.start(job)
        self.take(one, handle)
        return handle

    def look(self) -> None:
        """Ask after every try that runs."""
        for key, (one, handle) in list(self._held.items()):
            try:
                outcome = None if key in self._stopping else self._runtime.poll(handle)
            except RuntimeUnavailable as e:
                if key not in self.unseen:
                    logger.warning("%s cannot be asked after now: %s", one.task_id, e)
                self.unseen.add(key)
                continue
            self.unseen.discard(key)
            if outcome is not None:
                self._over[key] = (one, outcome, handle)
                del self._held[key]
        self._hand_over()

    def over(self) -> list[tuple[Try, Outcome]]:
        """Tries that have ended, until `forget`."""
        return [(one, outcome) for one, outcome, _ in self._over.values()]

    def forget(self, one: Try) -> None:
        """Its outcome is written down."""
        _, _, handle = self._over.pop(key_of(one))
        if handle:
            try:
                self._runtime.forget(handle)
            except RuntimeUnavailable as e:
                logger.warning("what %s left behind could not be removed: %s", one.task_id, e)

    def drop(self) -> None:
        """Somebody else looks after all of them now."""
        self._held.clear()
        self._over.clear()
        self.unseen.clear()
        self._hand_over()

    def stop(self, key: TaskKey, grace: float) -> None:
        """End a try, in a thread of its own, unless that is under way, or it has ended."""
        if key in self._stopping or key not in self._held:
            return
        thread = threading.Thread(target=self._stop, args=(key, self._held[key][1], grace), name="stop")
        self._stopping[key] = thread
        thread.start()

    def stop_all(self, grace: float) -> None:
        """Returns when nothing runs, as far as its runtime can be reached."""
        for key in self._held:
            self.stop(key, grace)
        for thread in list(self._stopping.values()):
            thread.join()
        self.look()

    def descriptors(self) -> list[int]:
        """To poll for: readable when a try may have ended."""
        if not isinstance(self._runtime, Waitable):
            return []
        seen = [handle for key, (_, handle) in self._held.items() if key not in self.unseen]
        return self._runtime.descriptors(tuple(seen))

    def close(self) -> None:
        if self._waiter is not None:
            self._waiter.close()

    def _stop(self, key: TaskKey, handle: str, grace: float) -> None:
        try:
            self._runtime.stop(handle, grace)
        except MainstemError as e:
            logger.warning("%s cannot be ended now: %s", key[2], e)
            threading.Event().wait(_AGAIN_SECONDS)  # who wants it ended asks again as soon as this is over
        finally:
            del self._stopping[key]
            self._wake()

    def _hand_over(self) -> None:
        if self._waiter is not None:
            self._waiter.wait_for(tuple(handle for _, handle in self._held.values()))


class _Waiter:
    """Waits, in a thread, for the ends of tries of a runtime that has no descriptors of them."""

    def __init__(self, runtime: Runtime, wake: Callable[[], None]) -> None:
        self._runtime = runtime
        self._wake = wake
        self._handles: tuple[str, ...] = ()
        self._some = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="ends", daemon=True)
        self._thread.start()

    def wait_for(self, handles: tuple[str, ...]) -> None:
        self._handles = handles
        if handles:
            self._some.set()
        else:
            self._some.clear()

    def close(self) -> None:
        self._closing = True
        self._some.set()
        self._thread.join()

    def _work(self) -> None:
        while self._some.wait() and not self._closing:
            try:
                self._runtime.wait(self._handles, _WAIT_SECONDS)
            except RuntimeUnavailable:
                threading.Event().wait(_WAIT_SECONDS)
            if self._handles:
                self._wake()
