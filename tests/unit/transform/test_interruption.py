from __future__ import annotations

import os
import signal
import threading

import pytest

from mainstem.transform.interruption import Interruption


def test_it_ends_a_wait_for_a_lock_every_time() -> None:
    for _ in range(100):
        held = threading.Lock()
        held.acquire()
        interruption = Interruption()
        with pytest.raises(KeyboardInterrupt), interruption:
            interruption.break_off()
            held.acquire()


def test_it_is_raised_once_however_often_it_is_asked_for() -> None:
    interruption = Interruption()
    with interruption:
        try:
            for _ in range(5):
                interruption.break_off()
            threading.Event().wait(30)
        except KeyboardInterrupt:
            for _ in range(50):
                os.kill(os.getpid(), signal.SIGUSR1)


def test_outside_its_block_it_does_nothing() -> None:
    interruption = Interruption()
    interruption.break_off()
    with interruption:
        pass
    interruption.break_off()
    os.kill(os.getpid(), signal.SIGUSR1)
