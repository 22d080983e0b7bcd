"""Worklogs of a simulated Jira: which changed and which are gone since, and those of an issue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.jira import fixed
from mainstem.simulate.saas.jira.answers import UNSEEN, errors, paged, plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.jira.shown import Shown
    from mainstem.simulate.saas.jira.site import Site
    from mainstem.simulate.saas.service import Handler

Object = dict[str, Any]
_SETTLES = timedelta(minutes=1)
"""Worklogs of the last minute are not told of yet."""
_MOST = 1000


class Worklogs:
    """Routes under one version of the API or another."""

    def __init__(self, site: Site, clock: ControlledClock, shown: Callable[[Request, str], Shown]) -> None:
        self._site = site
        self._clock = clock
        self._shown = shown

    def routes(self, api: str) -> list[tuple[str, str, Handler]]:
        of_issue = rf"{api}/issue/([\w-]+)/worklog"
        return [
            ("GET", f"{api}/worklog/updated", self._updated),
            ("GET", f"{api}/worklog/deleted", self._deleted),
            ("POST", f"{api}/worklog/list", self._listed),
            ("GET", of_issue, self._of_issue),
            ("POST", of_issue, self._add),
            ("GET", rf"{of_issue}/(\d+)", self._one),
            ("DELETE", rf"{of_issue}/(\d+)", self._delete),
        ]

    def _updated(self, request: Request, version: str) -> Answer:
        moments = {number: one["updated"] for number, one in self._site.worklogs.items()}
        return self._told(request, "updated", moments)

    def _deleted(self, request: Request, version: str) -> Answer:
        return self._told(request, "deleted", self._site.deleted_worklogs)

    def _told(self, request: Request, what: str, moments: dict[int, datetime]) -> Answer:
        since = int(request.query.get("since", 0))
        settled = self._clock.now() - _SETTLES
        rows = sorted((int(at.timestamp() * 1000), number) for number, at in moments.items() if at <= settled)
        rows = [row for row in rows if row[0] > since]
        page = rows[:_MOST]
        until = page[-1][0] if page else since
        body: Object = {
            "values": [
                {"worklogId": number, "updatedTime": at, "properties": []} for at, number in page
            ],
            "since": since, "until": until, "lastPage": len(rows) <= _MOST,
            "self": f"{request.base_url}{request.path}?since={since}",
        }  # fmt: skip
        if not body["lastPage"]:
            body["nextPage"] = f"{request.base_url}{request.path}?since={until}"
        return json_answer(body)

    def _listed(self, request: Request, version: str) -> Answer:
        shown = self._shown(request, version)
        ids = [int(one) for one in request.json()["ids"]]
        return json_answer([shown.worklog(one) for one in ids if one in self._site.worklogs])

    def _of_issue(self, request: Request, version: str, name: str) -> Answer:
        issue = self._site.issue(name)
        if issue is None:
            return errors([UNSEEN], 404)
        shown = self._shown(request, version)
        found = [shown.worklog(n) for n, one in self._site.worklogs.items() if one["issue"] == issue.number]
        return paged(request, found, "worklogs")

    def _one(self, request: Request, version: str, name: str, number: str) -> Answer:
        if int(number) not in self._site.worklogs:
            return errors([UNSEEN], 404)
        return json_answer(self._shown(request, version).worklog(int(number)))

    def _add(self, request: Request, version: str, name: str) -> Answer:
        issue = self._site.issue(name)
        if issue is None:
            return errors([UNSEEN], 404)
        given = request.json()
        seconds = given.get("timeSpentSeconds") or _seconds(given["timeSpent"])
        text = plain(given.get("comment") or "")
        number = self._site.log_work(issue, self._clock.now(), fixed.ADMIN, int(seconds), text)
        return json_answer(self._shown(request, version).worklog(number), 201)

    def _delete(self, request: Request, version: str, name: str, number: str) -> Answer:
        if int(number) not in self._site.worklogs:
            return errors([UNSEEN], 404)
        self._site.delete_worklog(int(number), self._clock.now())
        return Answer(204)


def _seconds(written: str) -> int:
    units = {"m": 60, "h": 3600, "d": 8 * 3600, "w": 5 * 8 * 3600}
    return sum(int(part[:-1]) * units[part[-1]] for part in written.split())
