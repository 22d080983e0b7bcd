"""Every shadowed source's lanes, a thread each, until told to stop.

One source's data plane being down holds up that source alone. It never reads events or tables.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from mainstem.errors import LogUnavailable
from mainstem.shadow.lane import Lane
from mainstem.shadow.position import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.log import ConsumerMarks, LogReader
    from mainstem.shadow.position import PositionFile
    from mainstem.shadow.settings import ShadowSettings
    from mainstem.shadow.upstream import Upstream

_POLL_SECONDS = 0.2
"""How long a lane that has forwarded everything waits before it looks again."""

logger = logging.getLogger("mainstem.shadow")


class Forwarder:
    """Forwards one shadow log."""

    def __init__(
        self,
        reader: LogReader,
        positions: PositionFile,
        upstreams: Mapping[str, Upstream],
        settings: ShadowSettings,
        marks: ConsumerMarks | None = None,
    ) -> None:
        """`upstreams` by the id of the source whose requests go there. `marks` are told how far the log was
        forwarded, so that it can be deleted up to there."""
        self._reader = reader
        self._positions = positions
        self._upstreams = upstreams
        self._settings = settings
        self._marks = marks
        self._threads: dict[Place, threading.Thread] = {}
        self._failure: BaseException | None = None

    def run_once(self, stop: threading.Event) -> None:
        """Forward what the log holds now, however long that takes, one lane after the other."""
        for place in self._places():
            lane = self._lane(place)
            end = self._reader.end(place.partition)
            while lane.step(stop) and not stop.is_set():
                progress = self._positions.progress(place)
                if progress is not None and progress.offset >= end:
                    break
        self._mark()

    def run_forever(
        self, stop: threading.Event, goes_on: Callable[[], bool] = lambda: True, poll: float = _POLL_SECONDS
    ) -> None:
        """Until `stop` is set or `goes_on` says no; requests under way are finished first, for a timeout at
        most.

        Raises what a lane raised: a log that is damaged, a position that cannot be kept.
        """
        ending = threading.Event()
        try:
            while not stop.is_set() and not ending.is_set() and goes_on():
                for place in self._places():
                    if place not in self._threads:
                        self._start(place, ending)
                self._mark()
                stop.wait(poll)
        finally:
            ending.set()
            for thread in self._threads.values():
                thread.join()
            self._threads.clear()
        if self._failure is not None:
            raise self._failure

    def _places(self) -> list[Place]:
        return [
            Place(source_id, partition)
            for partition in self._reader.partitions()
            for source_id in self._upstreams
        ]

    def _start(self, place: Place, ending: threading.Event) -> None:
        name = f"lane {place.source_id} {place.partition}"
        thread = threading.Thread(target=self._work, args=(place, ending), name=name)
        self._threads[place] = thread
        thread.start()

    def _work(self, place: Place, ending: threading.Event) -> None:
        try:
            lane = self._lane(place)
            while not ending.is_set():
                if not lane.step(ending):
                    ending.wait(_POLL_SECONDS)
        except BaseException as e:  # noqa: BLE001 # it is raised again, where somebody can act on it
            self._failure = e
            ending.set()

    def _lane(self, place: Place) -> Lane:
        upstream = self._upstreams[place.source_id]
        return Lane(place, self._reader, self._positions, upstream.send, self._settings)

    def _mark(self) -> None:
        """What every source has behind it may be deleted."""
        if self._marks is None:
            return
        for partition in self._reader.partitions():
            reached = [self._positions.progress(Place(source, partition)) for source in self._upstreams]
            known = [progress.offset for progress in reached if progress is not None]
            if known and len(known) == len(reached) and min(known) != self._marks.consumed(partition):
                try:
                    self._marks.mark_consumed(partition, min(known))
                except LogUnavailable as e:
                    logger.warning("forwarded requests cannot be deleted yet: %s", e)
