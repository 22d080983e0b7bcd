"""Several logs read as one: this machine's, and those of gateways elsewhere.

A partition belongs to one of them, by its name. One that cannot be reached stands in nobody's way: its
partitions raise LogUnavailable, and it is tried again a little later, while the others go on.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from mainstem.errors import LogUnavailable, UsageError
from mainstem.log.contract import ConsumerMarks, LogReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from mainstem.log.contract import Batch
    from mainstem.log.reader import SegmentReader

    T = TypeVar("T")

RETRY_SECONDS = 5.0

logger = logging.getLogger(__name__)


class JoinedLogReader(LogReader, ConsumerMarks):
    """`logs` by what a person calls each: a folder, a URL. `now` gives seconds of a clock that never goes
    back."""

    def __init__(self, logs: Mapping[str, SegmentReader], now: Callable[[], float] = time.monotonic) -> None:
        self._logs = logs
        self._now = now
        self._owners: dict[str, str] = {}
        self._down: dict[str, tuple[float, LogUnavailable]] = {}

    @property
    def unreached(self) -> tuple[str, ...]:
        """What is wrong with each log that could not be reached when last tried."""
        return tuple(str(failure) for _, failure in self._down.values())

    def close(self) -> None:
        for log in self._logs.values():
            log.close()

    def partitions(self) -> tuple[str, ...]:
        """Those of a log that cannot be reached are listed if they ever were. Raises UsageError for a name
        that two logs have."""
        for label, log in self._logs.items():
            try:
                names = self._ask(label, log.partitions)
            except LogUnavailable:
                continue
            for name in names:
                owner = self._owners.setdefault(name, label)
                if owner != label:
                    raise UsageError(
                        f"{owner} and {label} both have a log partition {name}: "
                        "give one of those gateways another [collect] partition"
                    )
        return tuple(sorted(self._owners))

    def start(self, partition: str) -> int:
        return self._of(partition, lambda log: log.start(partition))

    def end(self, partition: str) -> int:
        return self._of(partition, lambda log: log.end(partition))

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        return self._of(partition, lambda log: log.read(partition, offset, max_bytes))

    def consumed(self, partition: str) -> int | None:
        return self._of(partition, lambda log: log.consumed(partition))

    def mark_consumed(self, partition: str, offset: int) -> None:
        self._of(partition, lambda log: log.mark_consumed(partition, offset))

    def _of(self, partition: str, call: Callable[[SegmentReader], T]) -> T:
        if partition not in self._owners and partition not in self.partitions():
            known = ", ".join(self._owners) or "none yet"
            raise UsageError(f"there is no log partition {partition}; there are: {known}")
        label = self._owners[partition]
        return self._ask(label, lambda: call(self._logs[label]))

    def _ask(self, label: str, call: Callable[[], T]) -> T:
        tried = self._down.get(label)
        if tried is not None and self._now() - tried[0] < RETRY_SECONDS:
            raise tried[1]
        try:
            found = call()
        except LogUnavailable as e:
            if tried is None:
                logger.warning("going on without %s: %s", label, e)
            self._down[label] = self._now(), e
            raise
        if self._down.pop(label, None) is not None:
            logger.info("%s is reached again", label)
        return found
