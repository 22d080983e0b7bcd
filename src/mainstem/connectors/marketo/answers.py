"""What Marketo means by its answers: errors stand in the body of a 200, by number.

Two of them are no trouble but decide how something is read; they are left to who asked: `failing`.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mainstem.saas import Quota, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from requests import Response

TOO_MANY_JOBS = 1029
"""The queue of exports is full, or the day's megabytes are spent."""
NO_SUCH_FILTER = 1035
"""The subscription does not filter exports by `updatedAt`."""
_MEANING = {
    **dict.fromkeys((601, 602), Verdict.RENEW),
    603: Verdict.DENIED,
    **dict.fromkeys((606, 615), Verdict.WAIT),
    607: Verdict.QUOTA,
    **dict.fromkeys((502, 604, 608, 611, 614, 713, 1022), Verdict.RETRY),
    **dict.fromkeys((TOO_MANY_JOBS, NO_SUCH_FILTER), Verdict.OK),
}
_USAGE = "/rest/v1/stats/usage.json"
_DAY_BEGINS = ZoneInfo("America/Chicago")
"""The day of the quota begins at midnight in Central time."""


def judge(response: Response) -> Verdict | None:
    code = failing(response)
    return None if code is None else _MEANING.get(code, Verdict.REFUSED)


def failing(response: Response) -> int | None:
    """The number of an error that an answer tells; None for one that tells none, or is no JSON."""
    body = _body(response)
    if body is None or body.get("success") is not False:
        return None
    told = (body.get("errors") or [{}])[0].get("code", 0)
    return int(told) if str(told).isdigit() else 0


def quota(response: Response, allowed: int | None, now: datetime) -> Quota | None:
    """Of the day, as the service's own usage tells it; what others spent is in it too."""
    if allowed is None or not (response.url or "").partition("?")[0].endswith(_USAGE):
        return None
    body = _body(response) or {}
    if not body.get("success"):
        return None
    spent = sum(int(day.get("total", 0)) for day in body.get("result") or ())
    local = now.astimezone(_DAY_BEGINS)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Quota(max(allowed - spent, 0), allowed, (midnight + timedelta(days=1)).astimezone(UTC))


def _body(response: Response) -> dict[str, Any] | None:
    if response.status_code != 200 or "json" not in response.headers.get("Content-Type", ""):
        return None
    try:
        body = response.json()
    except ValueError:
        return None  # cut off: the session sees that
    return body if isinstance(body, dict) else None
