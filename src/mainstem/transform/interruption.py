"""Break a call in the main thread off, from any thread, for certain and once.

dbt gives up its queue on KeyboardInterrupt, and only a real signal wakes a thread that waits for a lock. One
signal is not enough: one that arrives just before the thread begins to wait is noted and not acted on until
something else wakes it. So it is sent again until it has been seen.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_AGAIN_SECONDS = 0.1
_SIGNAL = signal.SIGUSR1


class Interruption:
    """A `with` block of the main thread that `break_off` ends with KeyboardInterrupt."""

    def __init__(self) -> None:
        self._settled = threading.Event()
        """Nothing is to be broken off: not begun, raised already, or ended."""
        self._settled.set()

    def __enter__(self) -> Interruption:
        signal.signal(_SIGNAL, self._raise_once)
        self._settled.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._settled.set()
        signal.signal(_SIGNAL, signal.SIG_IGN)  # one that comes late must not end the process

    def break_off(self) -> None:
        """Returns at once; does nothing outside the block. Any thread may call it, and more than once."""
        threading.Thread(target=self._insist, name="interruption", daemon=True).start()

    def _insist(self) -> None:
        main = threading.main_thread().ident
        while main is not None and not self._settled.is_set():
            signal.pthread_kill(main, _SIGNAL)
            self._settled.wait(_AGAIN_SECONDS)

    def _raise_once(self, _number: int, _frame: FrameType | None) -> None:
        if not self._settled.is_set():
            self._settled.set()
            raise KeyboardInterrupt
