from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from mainstem.supervise import on_signals

if TYPE_CHECKING:
    from types import FrameType


def test_the_reaction_may_set_what_the_main_thread_waits_for() -> None:
    for _ in range(200):
        stop = threading.Event()
        with on_signals((signal.SIGUSR2,), stop.set):
            threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR2)).start()
            assert stop.wait(30)


def test_other_signals_keep_their_handlers() -> None:
    heard: list[int] = []
    ours = threading.Event()

    def keep(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    before = signal.signal(signal.SIGUSR1, keep)
    try:
        with on_signals((signal.SIGUSR2,), ours.set):
            os.kill(os.getpid(), signal.SIGUSR1)
        assert heard == [signal.SIGUSR1]
        assert not ours.is_set()
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_afterwards_the_handler_is_the_one_before() -> None:
    before = signal.getsignal(signal.SIGUSR2)
    with on_signals((signal.SIGUSR2,), lambda: None):
        assert signal.getsignal(signal.SIGUSR2) != before
    assert signal.getsignal(signal.SIGUSR2) == before
