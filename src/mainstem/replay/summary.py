"""Held events by source and reason: how many, since when, and one to look at."""

from __future__ import annotations

from heapq import heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING

import msgspec

from mainstem.replay.held import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.replay.held import HeldEvent


class Group(msgspec.Struct, rename="camel"):
    """The events that one source's stage holds for one reason."""

    stage: Stage
    source_id: str
    reason: str
    count: int
    first: str
    """When the first of them arrived: RFC 3339, UTC."""
    last: str
    sample: str
    """Id of the last."""


class Summary:
    """Of all events that are shown to it it keeps the groups, and the newest events."""

    def __init__(self, most: int | None) -> None:
        """`most` events are kept; None keeps all."""
        self.count = 0
        self._most = most
        self._groups: dict[tuple[str, str, str], Group] = {}
        self._newest: list[tuple[str, int, HeldEvent]] = []

    def add(self, one: HeldEvent) -> None:
        at = one.received_at
        group = self._groups.setdefault(
            (one.stage, one.source_id, one.reason),
            Group(one.stage, one.source_id, one.reason, 0, at, at, one.id),
        )
        group.count += 1
        group.first = min(group.first, at)
        if at >= group.last:
            group.last, group.sample = at, one.id
        self.count += 1
        heappush(self._newest, (at, -self.count, one))
        if self._most is not None and len(self._newest) > self._most:
            heappop(self._newest)

    def groups(self) -> list[Group]:
        """The largest first."""
        return sorted(self._groups.values(), key=lambda group: (-group.count, group.source_id, group.reason))

    def newest(self) -> list[HeldEvent]:
        """The newest first; of those that came at once, what was shown first."""
        return [one for _, _, one in sorted(self._newest, key=itemgetter(0, 1), reverse=True)]


def summary_of(held: Iterable[HeldEvent], most: int | None = 0) -> Summary:
    """`held` is gone through once, and no more of it is in memory than is kept."""
    summary = Summary(most)
    for one in held:
        summary.add(one)
    return summary
