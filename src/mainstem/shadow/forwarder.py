"""Every shadowed source's lanes, a thread each, until told to stop.

One source's data plane being down holds up that source alone. It never reads events or tables.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mainstem.shadow.lane import Lane
from mainstem.shadow.position import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.log import LogReader
    from mainstem.shadow.position import PositionFile
    from mainstem.shadow.settings import ShadowSettings
    from mainstem.shadow.upstream import Upstream

_POLL_SECONDS = 0.2
"""How long a lane that has forwarded everything waits before it looks again."""


class Forwarder:
    """Forwards one shadow log."""

    def __init__(
        self,
        reader: LogReader,
        positions: PositionFile,
        upstreams: Mapping[str, Upstream],
        settings: ShadowSettings,
    ) -> None:
        """`upstreams` by the id of the source whose requests go there."""
        self._reader = reader
        self._positions = positions
        self._upstreams = upstreams
        self._settings = settings
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

    def run_forever(self, stop: threading.Event) -> None:
        """Until `stop` is set; requests under way are finished first, for a timeout at most.

        Raises what a lane raised: a log that is damaged, a position that cannot be kept.
        """
        try:
            while not stop.is_set():
                for place in self._places():
                    if place not in self._threads:
                        self._start(place, stop)
                stop.wait(_POLL_SECONDS)
        finally:
            stop.set()
            for thread in self._threads.values():
                thread.join()
        if self._failure is not None:
            raise self._failure

    def _places(self) -> list[Place]:
        return [
            Place(source_id, partition)
            for partition in self._reader.partitions()
            for source_id in self._upstreams
        ]

    def _start(self, place: Place, stop: threading.Event) -> None:
        name = f"lane {place.source_id} {place.partition}"
        thread = threading.Thread(target=self._work, args=(place, stop), name=name)
        self._threads[place] = thread
        thread.start()

    def _work(self, place: Place, stop: threading.Event) -> None:
        try:
            lane = self._lane(place)
            while not stop.is_set():
                if not lane.step(stop):
                    stop.wait(_POLL_SECONDS)
        except BaseException as e:  # noqa: BLE001 # it is raised again, where somebody can act on it
            self._failure = e
            stop.set()

    def _lane(self, place: Place) -> Lane:
        upstream = self._upstreams[place.source_id]
        return Lane(place, self._reader, self._positions, upstream.send, self._settings)
