"""What an answer means for the request that got it, and how long to wait before the next attempt. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

Verdict = Literal["taken", "again", "refused"]

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_ASKED_SECONDS = 3600.0
"""A Retry-After beyond it is a mistake of the other side's."""
_AGAIN = frozenset({408, 425, 429})


def verdict_of(status: int) -> Verdict:
    """408, 425, 429 and 5xx pass; any other answer but 2xx would be the same next time (a redirect too:
    an SDK would not follow it either)."""
    if 200 <= status < 300:
        return "taken"
    return "again" if status in _AGAIN or status >= 500 else "refused"


def pause_before(attempt: int, retry_after: float | None, longest: float) -> float:
    """Seconds before attempt number `attempt`, which is 1 after the first failure."""
    grown = min(longest, _FIRST_PAUSE_SECONDS * 2.0 ** min(attempt - 1, 30))
    return grown if retry_after is None else max(grown, min(retry_after, _LONGEST_ASKED_SECONDS))


def retry_after_of(header: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for, in either spelling of RFC 9110; None where it asks nothing."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
