"""Reading worklogs: ids of what was changed and deleted since, then the worklogs themselves.

Jira tells of none of the last minute; each run begins some minutes before the last that it was told of.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Page
from mainstem.connectors.jira import rows
from mainstem.errors import ApiUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.connectors.contract import Asked
    from mainstem.saas import ApiSession, Clock

Object = dict[str, Any]
_OVERLAP = timedelta(minutes=10)
_SETTLES = timedelta(minutes=1)


def read_worklogs(session: ApiSession, clock: Clock, start: datetime, asked: Asked) -> Iterator[Page]:
    began = clock.now()
    position = dict(asked.position or {})
    for found in _told(session, "updated", _since(position, "updated", asked, start)):
        ids = [one["worklogId"] for one in found["values"] if _is_before(one, asked.until)]
        position["updated"] = max(found["until"], position.get("updated", 0))
        yield Page({"worklog": [rows.worklog(one) for one in _listed(session, ids)]}, dict(position))
    for found in _told(session, "deleted", _since(position, "deleted", asked, start)):
        gone = [{"id": one["worklogId"]} for one in found["values"]]
        position["deleted"] = max(found["until"], position.get("deleted", 0))
        yield Page(position=dict(position), gone={"worklog": gone})
    yield Page(position=dict(position), complete_through=began - _SETTLES)


def _since(position: Object, what: str, asked: Asked, start: datetime) -> int:
    """In milliseconds since 1970, as the service counts."""
    if asked.since is not None:
        return int(asked.since.timestamp() * 1000) - 1  # rows of that very moment, too
    if what in position:
        return max(int(position[what] - _OVERLAP.total_seconds() * 1000), 0)
    return int(start.timestamp() * 1000)


def _is_before(one: Object, until: datetime | None) -> bool:
    return until is None or datetime.fromtimestamp(one["updatedTime"] / 1000, UTC) < until


def _told(session: ApiSession, what: str, since: int) -> Iterator[Object]:
    while True:
        body = session.get(f"/rest/api/3/worklog/{what}", params={"since": since}).json()
        yield body
        if body.get("lastPage", True):
            return
        if body["until"] <= since:
            raise ApiUnavailable(
                f"worklog/{what} ends with the moment that it began with, and says there is more"
            )
        since = body["until"]


def _listed(session: ApiSession, ids: list[int]) -> list[Object]:
    """A thousand at the most, as one page tells of; those deleted meanwhile are left out."""
    if not ids:
        return []
    found: list[Object] = session.post("/rest/api/3/worklog/list", json={"ids": ids}).json()
    return found
