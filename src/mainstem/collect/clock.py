"""The wall clock as the gateway writes it: `receivedAt` in milliseconds, `Date` in seconds.

Both texts are made again only when their unit has passed, which under load is once for many requests.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """`nanoseconds` gives the time since the epoch; tests pass one that stands still."""

    def __init__(self, nanoseconds: Callable[[], int] = time.time_ns) -> None:
        self._nanoseconds = nanoseconds
        self._millisecond = self._second = -1
        self._stamp = self._prefix = ""
        self._date_line = b""

    def stamp(self) -> str:
        """Now, as RFC 3339 in UTC with milliseconds."""
        millisecond = self._nanoseconds() // 1_000_000
        if millisecond != self._millisecond:
            self._millisecond = millisecond
            second, rest = divmod(millisecond, 1000)
            self._turn(second)
            self._stamp = f"{self._prefix}.{rest:03d}Z"
        return self._stamp

    def date_line(self) -> bytes:
        """The `Date` header of RFC 9110, with its CRLF."""
        self._turn(self._nanoseconds() // 1_000_000_000)
        return self._date_line

    def _turn(self, second: int) -> None:
        if second != self._second:
            self._second = second
            moment = datetime.fromtimestamp(second, UTC)
            self._prefix = moment.strftime("%Y-%m-%dT%H:%M:%S")
            self._date_line = f"Date: {format_datetime(moment, usegmt=True)}\r\n".encode()
