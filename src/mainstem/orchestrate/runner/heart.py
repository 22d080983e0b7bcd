"""Keeps a lease: renews it from a thread of its own, and knows by this machine's clock how long it is good.

The keepers of tries read that moment from a file (`<runs>/lease-…`): what runs ends in time even when no
runner is left to end it.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from mainstem.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.store.runs import Lease, Leases

logger = logging.getLogger("mainstem.runner")

_RENEWALS = 6
"""How often a lease is renewed in the time it lasts."""
_MOST_SECONDS = 20.0
"""Between two beats, however long the lease: a runner that says nothing for minutes is taken for dead."""


def since_boot() -> float:
    """Seconds, also those in which the machine slept; alike for all processes of the machine."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Heart:
    """Beats from `start` until `stop`; `good_until` moves with each beat."""

    def __init__(
        self,
        leases: Leases,
        lease: Lease,
        seconds: float,
        *,
        taken_at: float,
        margin: float,
        file: Path | None,
        lost: Callable[[], None],
    ) -> None:
        """`taken_at`: since the boot, read before the lease was asked for. `margin`: seconds that ending
        tries may take. `file`: for keepers; None where none can take over from elsewhere. `lost` is called
        once, from the thread."""
        self._leases = leases
        self._lease = lease
        self._seconds = seconds
        self._margin = margin
        self._file = file
        self._lost = lost
        self._stopping = threading.Event()
        self._put_off(taken_at)
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def is_good(self) -> bool:
        """Whether a try may be started."""
        return since_boot() < self.good_until

    def _put_off(self, asked_at: float) -> None:
        """Raises OSError; then keepers go by the moment of before, and so does this."""
        good_until = asked_at + self._seconds - self._margin
        if self._file is not None:
            fresh = self._file.with_name(f"{self._file.name}.new")
            fresh.write_text(str(good_until), encoding="ascii")
            fresh.replace(self._file)
        self.good_until = good_until

    def is_kept_here(self) -> bool:
        """Whether a runner of this very machine keeps the lease that was ours: it has adopted what runs."""
        if self._file is None:
            return True
        try:
            return float(self._file.read_text(encoding="ascii")) > since_boot()
        except (OSError, ValueError):
            return False

    def _beat(self) -> None:
        """However it ends before `stop`, nothing is started any more and the runner is told."""
        try:
            self._renew_until_stopped()
        finally:
            if not self._stopping.is_set():
                self.good_until = 0.0
                self._lost()

    def _renew_until_stopped(self) -> None:
        told = False
        while not self._stopping.wait(min(self._seconds / _RENEWALS, _MOST_SECONDS, max(1.0, self._left()))):
            asked_at = since_boot()
            try:
                if not self._leases.renew(self._lease, self._seconds):
                    return
                self._put_off(asked_at)
                told = False
            except (StoreUnavailable, OSError) as e:  # records that are away; a disk that is full
                if not told:
                    logger.warning("the lease is not renewed now: %s", e)
                told = True
                if self._file is not None and not self.is_good():
                    return

    def _left(self) -> float:
        return self.good_until - since_boot()
