"""How many events a second a source may send: a token bucket that holds one second's worth.

A request is let in while a whole token is left and pays for all its events, on credit where they are more
than the bucket holds; whoever comes next waits until that is paid. So the rate holds over time, and a batch
larger than the bucket gets in as easily as a single event. No request is ever cut in two.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mainstem.collect.replies import RATE_LIMITED
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.collect.request import Request

_WHOLE = 1 - 1e-9
"""A token that was waited for is there, whatever the rounding."""


class Bucket:
    """What a source has left of its rate, or owes; it outlives a change of the rate."""

    __slots__ = ("counted_at", "tokens")

    def __init__(self) -> None:
        self.tokens = math.inf
        self.counted_at = 0.0


class RateLimit:
    """The gate of one source in one process. Called from one thread."""

    def __init__(
        self, events_per_second: float, now: Callable[[], float], bucket: Bucket | None = None
    ) -> None:
        """`now` gives seconds of a clock that never goes back; a `bucket` that is new is full."""
        self._rate = events_per_second
        self._most = max(events_per_second, 1.0)
        self._now = now
        self._bucket = bucket or Bucket()

    def __call__(self, request: Request, events: int) -> None:
        """Raises EventRejected 429, saying in how many seconds there will be a token."""
        bucket, now = self._bucket, self._now()
        tokens = min(self._most, bucket.tokens + (now - bucket.counted_at) * self._rate)
        bucket.counted_at = now
        if tokens < _WHOLE:
            bucket.tokens = tokens
            wait = (1 - tokens) / self._rate
            raise EventRejected(429, RATE_LIMITED, retry_after=max(1, math.ceil(wait)))
        bucket.tokens = tokens - events
