"""Threads of one server on one day, as they truly were: how many, how long, how many at once.

A thread is a post with a reply. It is going on for an hour after each of its replies. It sends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mainstem.simulate.world.usage import Doing

_HOUR = 3_600_000


class Threads:
    """Which of the open threads have begun; remembers no other."""

    def __init__(self) -> None:
        self._begun: set[str] = set()

    def day(self, doings: Sequence[Doing], pace: int, still_open: Collection[str]) -> dict[str, int]:
        """`pace`: milliseconds between two doings. Counts are 0 on a day without replies.

        `threads_begun`: threads whose first reply ever it was; their sum over days counts every thread once.
        `concurrent`, `concurrent_in_channel`: the most that went on at one moment, on the server and in one
        channel.
        """
        live: dict[str, tuple[int, int]] = {}
        begun = most = most_in_channel = replies = 0
        roots: set[str] = set()
        for number, doing in enumerate(doings, 1):
            if not doing.root_id:
                continue
            at = number * pace
            replies += 1
            roots.add(doing.root_id)
            if doing.root_id not in self._begun:
                self._begun.add(doing.root_id)
                begun += 1
            live[doing.root_id] = (at, doing.channel)
            live = {root: last for root, last in live.items() if last[0] > at - _HOUR}
            most = max(most, len(live))
            here = sum(channel == doing.channel for _, channel in live.values())
            most_in_channel = max(most_in_channel, here)
        self._begun.intersection_update(still_open)
        return {
            "replies": replies,
            "threads": len(roots),
            "threads_begun": begun,
            "concurrent": most,
            "concurrent_in_channel": most_in_channel,
        }
