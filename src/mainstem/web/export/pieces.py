"""Pieces of a file, made in one thread from beginning to end and sent as fast as they are taken.

Some pieces wait at most, so that a slow connection holds back the warehouse and fills no memory. When who
takes them leaves, the thread ends, and with it the query.
"""

from __future__ import annotations

import contextvars
import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from anyio import to_thread

from mainstem.query.interruption import Interruption

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

_WAITING = 4
_LOOK_SECONDS = 0.2
_AT_ONCE = threading.BoundedSemaphore(4)
"""Files that are being made; further ones wait."""


class Pieces:
    """Made by `produce`, which is called and read in a thread of its own, in the context of who asks."""

    def __init__(self, produce: Callable[[], Iterator[str]]) -> None:
        self._produce = produce
        self._ready: queue.Queue[bytes | Exception | None] = queue.Queue(_WAITING)
        self._interruption = Interruption()
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=lambda: context.run(self._make), name="export", daemon=True)
        self._thread.start()

    async def first(self) -> bytes:
        """The first piece; empty when there is none. Raises what was met before it."""
        return await self._next() or b""

    async def rest(self) -> AsyncIterator[bytes]:
        """All after the first. Raises what is met on the way: the file is not complete then."""
        try:
            while (piece := await self._next()) is not None:
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Make no more of it."""
        self._interruption.stop()

    async def _next(self) -> bytes | None:
        piece = await to_thread.run_sync(self._ready.get, abandon_on_cancel=True)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def _make(self) -> None:
        end: Exception | None = None
        try:
            with _AT_ONCE, self._interruption.over():
                for piece in self._produce():
                    self._put(piece.encode())
        except Exception as e:  # noqa: BLE001 # raised where the pieces are taken
            end = e
        with suppress(Exception):  # nobody takes the end of what was closed
            self._put(end)

    def _put(self, piece: bytes | Exception | None) -> None:
        while True:
            self._interruption.check()
            with suppress(queue.Full):
                self._ready.put(piece, timeout=_LOOK_SECONDS)
                return
