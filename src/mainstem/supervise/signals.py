"""React to signals in a thread of one's own, so that the reaction may take locks and wait.

A Python signal handler runs in the main thread, between two of its steps: in the middle of the `wait` whose
lock it needs, or not at all while the main thread is stuck outside Python. The interpreter's wake-up
descriptor is written the moment a signal comes, whatever the main thread does.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator


@contextmanager
def on_signals(numbers: Collection[signal.Signals], react: Callable[[], None]) -> Iterator[None]:
    """While the block runs, call `react` in another thread for each of `numbers` that comes.

    Main thread only; one block at a time in a process. What handled them before does so again afterwards.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = {number: signal.signal(number, _noted) for number in numbers}
    fd_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=_listen, args=(reader, frozenset(numbers), react), name="signals")
    thread.daemon = True
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        writer.close()  # ends the thread
        if thread is not threading.current_thread():
            thread.join()
        reader.close()


def _listen(reader: socket.socket, numbers: frozenset[signal.Signals], react: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):
        while heard := reader.recv(64):
            for number in heard:
                if number in numbers:
                    react()


def _noted(_number: int, _frame: object) -> None:
    """Keeps the default, which is to end the process, from happening; the thread does the rest."""
