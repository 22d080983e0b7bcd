"""One source's copies in one partition of the shadow log, forwarded in order.

What is read at once is shared out by sender over a few connections: a sender's requests go one after the
other, and each is tried until it is taken, refused for good, or too old. The position moves past a request
only when all before it are decided, so a kill repeats some and loses none.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from mainstem.events import Forwarded, decode_forwarded, parse_time
from mainstem.shadow.pace import pause_before, verdict_of
from mainstem.shadow.position import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.log import LogReader
    from mainstem.shadow.position import Place, PositionFile
    from mainstem.shadow.settings import ShadowSettings
    from mainstem.shadow.upstream import Answer

READ_BYTES = 256 * 1024
"""What is under way at once, and may be sent again after a kill."""
_TELL_FROM_ATTEMPT = 3
_MOST_FAILURES = 20
"""Answers of 5xx to one request, while others are taken, until it is given up: with the usual pauses that is
a quarter of an hour. From then on the request behind it is tried too, so that there is another. A data plane
that takes nothing is tried on."""
_SKIPPED, _UNDECIDED = -1, 0

logger = logging.getLogger("mainstem.shadow")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Work:
    """What one read gave, and what became of it."""

    def __init__(
        self, requests: Sequence[tuple[int, Forwarded]], outcomes: list[int], next_offset: int
    ) -> None:
        self.requests = requests
        """With the offset of each."""
        self.outcomes = outcomes
        """For each the status that decided it, _SKIPPED, or _UNDECIDED."""
        self.next_offset = next_offset


class Lane:
    """Used by one thread. `send` is called from several."""

    def __init__(
        self,
        place: Place,
        reader: LogReader,
        positions: PositionFile,
        send: Callable[[Forwarded], Answer],
        settings: ShadowSettings,
        *,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._place = place
        self._reader = reader
        self._positions = positions
        self._send = send
        self._settings = settings
        self._now = now
        self._is_failing = False
        self._taken = 0
        self._ahead: dict[int, int] = {}
        """By offset, the status of requests that were decided before their turn."""
        self._trying_another = threading.Lock()

    def step(self, stop: threading.Event) -> bool:
        """Forward what one read gives; False when there is nothing, or `stop` was set before all was done.

        Raises as `LogReader.read` and `PositionFile.store`.
        """
        progress = self._progress()
        batch = self._reader.read(self._place.partition, progress.offset, READ_BYTES)
        if not batch.records:
            return False
        mine = [found for found in map(_decoded, batch.records) if found and self._is_mine(found[1])]
        work = _Work(mine, [_UNDECIDED] * len(mine), batch.next_offset)
        self._forward(work, stop)
        outcomes = work.outcomes
        done = outcomes.index(_UNDECIDED) if _UNDECIDED in outcomes else len(outcomes)
        after = batch.next_offset if done == len(mine) else mine[done][0]
        self._positions.store(self._place, _moved(progress, after, mine[:done], outcomes))
        self._tell_skipped(outcomes[:done])
        return done == len(mine)

    def _progress(self) -> Progress:
        start = self._reader.start(self._place.partition)
        progress = self._positions.progress(self._place) or Progress(start)
        if progress.offset < start:
            logger.warning(
                "source %s: requests of partition %s were removed before they were forwarded",
                self._place.source_id,
                self._place.partition,
            )
            return msgspec.structs.replace(progress, offset=start)
        return progress

    def _is_mine(self, request: Forwarded) -> bool:
        return request.source_id == self._place.source_id

    def _forward(self, work: _Work, stop: threading.Event) -> None:
        """Decide what is undecided, as far as `stop` allows."""
        queues = _by_sender([request for _, request in work.requests], self._settings.connections)

        def decide(numbers: Sequence[int]) -> None:
            for number in numbers:
                status = self._ahead.pop(work.requests[number][0], _UNDECIDED)
                work.outcomes[number] = status or self._until_decided(work, number, stop)
                if work.outcomes[number] == _UNDECIDED:
                    return

        if len(queues) <= 1:
            for numbers in queues:
                decide(numbers)
            return
        with ThreadPoolExecutor(len(queues), thread_name_prefix="forward") as threads:
            list(threads.map(decide, queues))

    def _until_decided(self, work: _Work, number: int, stop: threading.Event) -> int:
        _, request = work.requests[number]
        attempt = failures = 0
        taken_before = self._taken
        while not stop.is_set():
            if self._is_too_old(request):
                return _SKIPPED
            answer = self._send(request)
            if (status := self._decided_by(answer)) is not None:
                return status
            attempt += 1
            if answer.status is not None and answer.status >= 500:
                failures += 1
                tries = failures - _MOST_FAILURES
                if tries >= 0 and self._is_another_taken(taken_before, work, number, tries):
                    return answer.status
            pause = pause_before(attempt, answer.retry_after, self._settings.longest_pause_s)
            self._tell_fails(attempt, answer)
            stop.wait(pause)
        return _UNDECIDED

    def _decided_by(self, answer: Answer) -> int | None:
        """The status, where it is the last word."""
        if answer.status is None or verdict_of(answer.status) == "again":
            return None
        self._taken += 1
        self._tell_works()
        return answer.status

    def _is_another_taken(self, taken_before: int, work: _Work, number: int, attempt: int) -> bool:
        """Whether the data plane takes requests while one keeps failing. Where none went there meanwhile, one
        is sent before its turn, at each `attempt` another."""
        with self._trying_another:
            if self._taken > taken_before:
                return True
            others = self._others(work, number)
            if not others:
                return False
            at, request = others[attempt % len(others)]
            status = self._decided_by(self._send(request))
            if status is not None:
                self._ahead[at] = status
            return status is not None

    def _others(self, work: _Work, failing: int) -> list[tuple[int, Forwarded]]:
        """What stands behind what is failing, read or not, but for senders of whom more is under way."""
        sender = _sender(work.requests[failing][1])
        undecided = [n for n, outcome in enumerate(work.outcomes) if outcome == _UNDECIDED]
        busy = {_sender(work.requests[n][1]) for n in undecided} - {sender}
        batch = self._reader.read(self._place.partition, work.next_offset, READ_BYTES)
        unread = (found for found in map(_decoded, batch.records) if found and self._is_mine(found[1]))
        behind = (work.requests[n] for n in undecided if n > failing)
        return [
            found
            for found in (*behind, *unread)
            if _sender(found[1]) not in busy and found[0] not in self._ahead
        ]

    def _is_too_old(self, request: Forwarded) -> bool:
        arrived = parse_time(request.received_at)
        oldest = timedelta(hours=self._settings.max_backlog_hours)
        return arrived is not None and self._now() - arrived > oldest

    def _tell_fails(self, attempt: int, answer: Answer) -> None:
        if attempt == _TELL_FROM_ATTEMPT and not self._is_failing:
            self._is_failing = True
            what = answer.failure or f"it answers {answer.status}"
            logger.warning("source %s cannot be forwarded, trying on: %s", self._place.source_id, what)

    def _tell_works(self) -> None:
        if self._is_failing:
            self._is_failing = False
            logger.info("source %s is forwarded again", self._place.source_id)

    def _tell_skipped(self, outcomes: Sequence[int]) -> None:
        skipped = outcomes.count(_SKIPPED)
        if skipped:
            hours = self._settings.max_backlog_hours
            logger.warning(
                "source %s: %s requests had waited for more than %g hours and were skipped",
                self._place.source_id,
                skipped,
                hours,
            )
        refused = Counter(status for status in outcomes if status > 0 and verdict_of(status) != "taken")
        for status, count in refused.items():
            logger.warning(
                "source %s: %s requests were refused with %s", self._place.source_id, count, status
            )


def _decoded(record: tuple[int, bytes]) -> tuple[int, Forwarded] | None:
    """None for a record that is none: the log checks its bytes, so a later version of us wrote it."""
    at, payload = record
    try:
        return at, decode_forwarded(payload)
    except msgspec.MsgspecError:
        logger.error("the record at %s of the shadow log cannot be read; it is left out", at)
        return None


def _by_sender(requests: Sequence[Forwarded], most: int) -> list[list[int]]:
    """Numbers of requests in `most` queues, one sender's all in one: whom it names, or else its address."""
    queues: dict[int, list[int]] = {}
    for number, request in enumerate(requests):
        queues.setdefault(crc32(_sender(request).encode()) % most, []).append(number)
    return list(queues.values())


def _sender(request: Forwarded) -> str:
    return request.headers.get("anonymousid") or request.request_ip


def _moved(
    progress: Progress,
    offset: int,
    done: Sequence[tuple[int, Forwarded]],
    outcomes: Sequence[int],
) -> Progress:
    for (_, request), outcome in zip(done, outcomes, strict=False):
        if outcome == _SKIPPED:
            progress = msgspec.structs.replace(progress, skipped=progress.skipped + 1)
        elif verdict_of(outcome) != "taken":
            progress = progress.refused_once_more(outcome)
        else:
            last_at, forwarded = request.received_at, progress.forwarded + 1
            progress = msgspec.structs.replace(progress, forwarded=forwarded, last_at=last_at)
    return msgspec.structs.replace(progress, offset=offset)
