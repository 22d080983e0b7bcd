"""What an answer means: go on, wait, log in again, try again, or give up.

`judge_status` reads the status alone, as HTTP means it. A service that means something else (a quota told
with 403, an error inside a 200) gives its own judge, which answers None for what it leaves to the status.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response


class Verdict(Enum):
    OK = "ok"
    RENEW = "renew"
    """The token is not valid any more: get another, then try again."""
    WAIT = "wait"
    """Too many requests: the service says for how long, or it is found out by waiting longer each time."""
    QUOTA = "quota"
    """The account's quota is spent: nothing will be answered for hours."""
    RETRY = "retry"
    """Its own trouble: the same request may be answered the next time."""
    DENIED = "denied"
    """Who we are may not do this."""
    REFUSED = "refused"
    """The request is wrong, and will be the next time."""


Judge = Callable[["Response"], "Verdict | None"]
"""Looks at an answer of which the body has been read, unless it is streamed."""


def judge_status(response: Response) -> Verdict:
    status = response.status_code
    if status < 400:
        return Verdict.OK
    if status == 401:
        return Verdict.RENEW
    if status == 403:
        return Verdict.DENIED
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        return Verdict.WAIT
    if status in (408, 425) or status >= 500:
        return Verdict.RETRY
    return Verdict.REFUSED
