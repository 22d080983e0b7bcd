"""Reading issues: what changed since, by search; their history and comments; and which are gone.

Jira tells of no deleted issue. So the ids of all issues are listed now and then, which is a call for some
thousands: one that was known and is listed no more is asked for by itself, and gone when it is not found.
One that is listed and was not known is read. An issue that was moved keeps its id.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Page, SchemaChange
from mainstem.connectors.gone import gone_columns
from mainstem.connectors.jira import rows
from mainstem.connectors.jira.history import histories, moment
from mainstem.connectors.jira.ids import IdRanges
from mainstem.connectors.jira.jql import not_after, not_before
from mainstem.connectors.jira.paging import SearchToken, StartAt
from mainstem.connectors.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from mainstem.connectors.contract import Asked
    from mainstem.connectors.jira.settings import JiraSettings
    from mainstem.connectors.streams import Row
    from mainstem.saas import ApiSession, Clock

Object = dict[str, Any]
OVERLAP = timedelta(minutes=10)
"""The search's index is behind by seconds, and its dates have minutes."""
_IDS = 5000
"""Issues of a page without fields."""
_BULK = 100
_EVENTS = 1000
_SEARCH = "/rest/api/3/search/jql"


class IssueReader:
    def __init__(
        self,
        session: ApiSession,
        settings: JiraSettings,
        clock: Clock,
        zone: ZoneInfo,
        fields: Iterable[Object],
    ) -> None:
        self._session = session
        self._settings = settings
        self._clock = clock
        self._zone = zone
        self._fields = {one["id"]: one for one in fields}
        self._columns = rows.custom_columns(self._fields.values())
        self._start = datetime.fromisoformat(settings.start).replace(tzinfo=UTC)

    def read(self, asked: Asked) -> Iterator[Page]:
        began = self._clock.now()
        before = dict(asked.position or {})
        known = IdRanges(before.get("ids", ""))
        newest = _read(before.get("newest"))
        since = asked.since or (newest - OVERLAP if newest else self._start)
        looked = before.get("looked")
        columns = before.get("columns", ())
        for found in self._changed(since, asked.until):
            newest = max(filter(None, [newest, *(moment(one["fields"]["updated"]) for one in found)]))
            if asked.until is not None:
                found = [one for one in found if moment(one["fields"]["updated"]) < asked.until]
            known.update(int(one["id"]) for one in found)
            yield self._page(found, _position(newest, known, looked, columns))
        changes: tuple[SchemaChange, ...] = ()
        if asked.since is None and asked.until is None:
            if self._is_time(looked, began):
                yield from self._look(known)
                looked = began.isoformat()
            changes = gone_columns("issue", columns, self._columns.values())
            columns = sorted(self._columns.values())
        position = _position(newest, known, looked, columns)
        yield Page(position=position, complete_through=began - OVERLAP, changes=changes)

    def _is_time(self, looked: str | None, now: datetime) -> bool:
        at = _read(looked)
        return at is None or not at <= now < at + timedelta(hours=self._settings.deleted_hours)

    def _changed(self, since: datetime, until: datetime | None) -> Iterator[list[Object]]:
        query = f'updated >= "{not_after(since, self._zone)}"'
        if until is not None:
            query += f' AND updated <= "{not_before(until, self._zone)}"'
        parameters = {
            "jql": f"{query} ORDER BY updated ASC",
            "fields": "*all",
            "maxResults": self._settings.page_size,
        }
        for found, _ in pages(self._session, _SEARCH, parameters, SearchToken(), "issues[*]"):
            yield found

    def _look(self, known: IdRanges) -> Iterator[Page]:
        """Issues that are gone, and such as no search brought; `known` is made what there is."""
        listed = IdRanges()
        query = f'updated >= "{not_after(self._start, self._zone)}" ORDER BY key ASC'
        parameters = {"jql": query, "fields": "id", "maxResults": _IDS}
        for found, _ in pages(self._session, _SEARCH, parameters, SearchToken(), "issues[*]"):
            listed.update(int(one["id"]) for one in found)
        for portion in _portions(number for number in known if number not in listed):
            found, missing = self._fetched(portion)
            yield Page(self._page(found).rows, None, {"issue": [{"id": number} for number in missing]})
            listed.update(int(one["id"]) for one in found)
        for portion in _portions(number for number in listed if number not in known):
            found, _ = self._fetched(portion)
            if found:
                yield self._page(found)
        known.become(listed)

    def _fetched(self, numbers: list[int]) -> tuple[list[Object], list[int]]:
        """Issues by their ids, and the ids of those that there are not, or not for us."""
        asked = {"issueIdsOrKeys": [str(number) for number in numbers], "fields": ["*all"]}
        body = self._session.post("/rest/api/3/issue/bulkfetch", json=asked).json()
        found = body.get("issues") or []
        there = {int(one["id"]) for one in found}
        return found, [number for number in numbers if number not in there]

    def _page(self, found: list[Object], position: Object | None = None) -> Page:
        events = self._events([one["id"] for one in found])
        ids = [int(one["id"]) for one in found]
        single: list[Any] = []
        several: list[Any] = []
        for one in found:
            of_one, of_several = histories(one, events.get(one["id"], []), self._fields)
            single += of_one
            several += of_several
        return Page(
            {
                "issue": [rows.issue(one, self._columns) for one in found],
                "issue_field_history": single,
                "issue_multiselect_history": several,
                "issue_link": [row for one in found for row in rows.links(one)],
                "comment": [row for one in found for row in self._comments(one)],
            },
            position,
            owners={
                table: ids
                for table in ("issue_field_history", "issue_multiselect_history", "issue_link", "comment")
            },
        )

    def _events(self, ids: list[str]) -> dict[str, list[Object]]:
        """Changelogs of issues, whole, by their ids."""
        found: dict[str, list[Object]] = {}
        asked: Object = {"issueIdsOrKeys": ids, "maxResults": _EVENTS}
        while ids:
            body = self._session.post("/rest/api/3/changelog/bulkfetch", json=asked).json()
            for log in body.get("issueChangeLogs") or ():
                found.setdefault(str(log["issueId"]), []).extend(log.get("changeHistories") or ())
            if not body.get("nextPageToken"):
                break
            asked["nextPageToken"] = body["nextPageToken"]
        return found

    def _comments(self, issue: Object) -> Iterator[Row]:
        """Those that came with the issue, if these are all."""
        held = (issue.get("fields") or {}).get("comment") or {}
        comments: Iterable[Object] = held.get("comments") or ()
        if held.get("total", 0) > len(held.get("comments") or ()):
            path = f"/rest/api/3/issue/{issue['id']}/comment"
            listed = pages(self._session, path, {"maxResults": _BULK}, StartAt(), "comments[*]")
            comments = itertools.chain.from_iterable(found for found, _ in listed)
        for one in comments:
            yield rows.comment(one, issue["id"])


def _position(newest: datetime | None, known: IdRanges, looked: str | None, columns: Sequence[str]) -> Object:
    """`columns` are those of custom fields that the site described last."""
    found: Object = {"ids": str(known)} | ({"columns": columns} if columns else {})
    if newest is not None:
        found["newest"] = newest.isoformat()
    return found | ({"looked": looked} if looked else {})


def _read(written: str | None) -> datetime | None:
    return None if not written else datetime.fromisoformat(written)


def _portions(numbers: Iterator[int]) -> Iterator[list[int]]:
    while portion := list(itertools.islice(numbers, _BULK)):
        yield portion
