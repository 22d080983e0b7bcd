"""Ending a question that runs: who asks holds an `Interruption`, the warehouse says in it how it is ended.

Promise: after `stop` a question that runs ends within moments with QueryStopped, and one that has not begun
does not begin. It is handed on by context, since nothing between a page and its statement has a use for it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from mainstem.errors import QueryStopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_current: ContextVar[Interruption | None] = ContextVar("interruption", default=None)


class Interruption:
    """Safe to use from several threads. Once stopped it stays stopped."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._ways: list[Callable[[], None]] = []
        self._told: list[Callable[[], None]] = []
        self._reason = ""

    @property
    def stopped(self) -> bool:
        return self._reason != ""

    def stop(self, reason: str = "nobody waits for its answer any more") -> None:
        """End what runs under it, and what would. Called again it ends what had not quite begun at the first
        call, and tells nobody twice."""
        with self._guard:
            self._reason = self._reason or reason
            ways, told = list(self._ways), list(self._told)
            self._told.clear()
        for call in (*ways, *told):
            call()

    def check(self) -> None:
        """Raises QueryStopped once it was stopped."""
        if self._reason:
            raise QueryStopped(self._reason)

    def tell(self, stopped: Callable[[], None]) -> None:
        """Call `stopped` when it is stopped; at once if it was."""
        with self._guard:
            if not self._reason:
                self._told.append(stopped)
                return
        stopped()

    @contextmanager
    def over(self) -> Iterator[None]:
        """What this thread asks of a warehouse in the block can be stopped by this one."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    @contextmanager
    def ended_by(self, way: Callable[[], None]) -> Iterator[None]:
        """While the block runs `way` ends it, called from another thread. Raises QueryStopped before it
        begins, and instead of whatever the ended block raises."""
        with self._guard:
            self.check()
            self._ways.append(way)
        try:
            yield
        except Exception as e:
            if self._reason:
                raise QueryStopped(self._reason) from e
            raise
        finally:
            with self._guard:
                self._ways.remove(way)


def current_interruption() -> Interruption | None:
    """That of whoever asks in this thread."""
    return _current.get()


@contextmanager
def can_be_stopped(way: Callable[[], None]) -> Iterator[None]:
    """For warehouses: `way` ends the statement in the block. Raises as `Interruption.ended_by`."""
    interruption = _current.get()
    if interruption is None:
        yield
        return
    with interruption.ended_by(way):
        yield
