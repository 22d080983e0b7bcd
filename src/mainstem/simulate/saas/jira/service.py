from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec

from mainstem.simulate.saas.door import TokenDoor
from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.jira import fixed
from mainstem.simulate.saas.jira.answers import UNSEEN, errors, paged, plain
from mainstem.simulate.saas.jira.jql import JqlError, search
from mainstem.simulate.saas.jira.lists import Lists
from mainstem.simulate.saas.jira.shown import Shown
from mainstem.simulate.saas.jira.site import Site
from mainstem.simulate.saas.jira.worklogs import Worklogs
from mainstem.simulate.saas.limits import Allowed
from mainstem.simulate.saas.service import Handler, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.jira.site import Issue
    from mainstem.simulate.world import Change

Object = dict[str, Any]
_TOKEN_SECONDS = 3600
_MOST_BULK = 1000
_API = r"/rest/api/(2|3|latest)"
_AGILE = r"/rest/agile/1\.0"


class JiraService(Service):
    """An API token with any e-mail, an OAuth client, or a token that was given out."""

    name = "jira"
    limits: ClassVar[tuple[Allowed, ...]] = (Allowed(100, 1),)
    api_token = "simulated"  # noqa: S105 # of a service that does not exist
    client = ("mainstem", "simulated")

    def __init__(
        self,
        clock: ControlledClock,
        *,
        seed: int = 1,
        limits: Iterable[Allowed] | None = None,
        most: int = 100,
        most_ids: int = 5000,
    ) -> None:
        """`most` is how many issues a page of a search holds at the most, `most_ids` without fields."""
        self.site = Site(seed)
        self._most = most
        self._most_ids = most_ids
        self._door = TokenDoor(self.client, self.api_token, path="/oauth/token")
        super().__init__(clock, limits=limits)

    def absorb(self, change: Change) -> None:
        self.site.absorb(change)

    @property
    def zone(self) -> ZoneInfo:
        """Of whoever asks."""
        return ZoneInfo(self.site.people[fixed.ADMIN]["timeZone"])

    def routes(self) -> list[tuple[str, str, Handler]]:
        lists = Lists(self.site, self._shown)
        return [
            ("POST", "/oauth/token", self._give_token),
            ("GET", f"{_API}/serverInfo", self._server),
            ("GET", f"{_API}/myself", self._myself),
            ("GET", f"{_API}/search/jql", self._search),
            ("POST", f"{_API}/search/jql", self._search),
            ("POST", f"{_API}/search/approximate-count", self._count),
            ("POST", f"{_API}/issue/bulkfetch", self._bulk_issues),
            ("POST", f"{_API}/changelog/bulkfetch", self._bulk_changelogs),
            ("POST", f"{_API}/issue", self._create),
            ("GET", rf"{_API}/issue/([\w-]+)", self._issue),
            ("PUT", rf"{_API}/issue/([\w-]+)", self._edit),
            ("DELETE", rf"{_API}/issue/([\w-]+)", self._delete),
            ("GET", rf"{_API}/issue/([\w-]+)/changelog", self._changelog),
            ("GET", rf"{_API}/issue/([\w-]+)/comment", self._comments),
            ("POST", rf"{_API}/issue/([\w-]+)/comment", self._add_comment),
            ("GET", rf"{_API}/issue/([\w-]+)/transitions", self._transitions),
            ("POST", rf"{_API}/issue/([\w-]+)/transitions", self._transition),
            ("POST", rf"{_AGILE}/sprint/(\d+)/issue", self._into_sprint),
            *Worklogs(self.site, self.clock, self._shown).routes(_API),
            *lists.routes(_API),
            *lists.agile(_AGILE),
        ]

    def authorised(self, request: Request) -> Answer | None:
        if self._door.lets_in(request):
            return None
        return json_answer(
            {"message": "Client must be authenticated to access this resource.", "status-code": 401}, 401
        )

    def expire_tokens(self) -> None:
        self._door.close()

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        reset = (self.clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%MZ")
        headers = {
            "Retry-After": str(int(seconds) + 1),
            "X-RateLimit-Reset": reset,
            "RateLimit-Reason": "jira-quota-global-based" if is_quota else "jira-burst-based",
        }
        return json_answer({"errorMessages": ["Rate limit exceeded."]}, 429, headers)

    def failed(self, status: int) -> Answer:
        return errors(["Internal server error"], status)

    def not_found(self) -> Answer:
        return errors([UNSEEN], 404)

    def _shown(self, request: Request, version: str = "3") -> Shown:
        return Shown(self.site, request.base_url, self.zone, version, self.clock.now())

    # Who and what

    def _give_token(self, request: Request) -> Answer:
        token = self._door.give(request)
        if token is None:
            return json_answer({"error": "access_denied", "error_description": "Unauthorized"}, 401)
        return json_answer({"access_token": token, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS})

    def _server(self, request: Request, version: str) -> Answer:
        return json_answer(
            {
                "baseUrl": request.base_url,
                "version": "1001.0.0-SNAPSHOT",
                "versionNumbers": [1001, 0, 0],
                "deploymentType": "Cloud",
                "buildNumber": 100_300,
                "serverTime": self._shown(request).moment(self.clock.now()),
            }
        )

    def _myself(self, request: Request, version: str) -> Answer:
        return json_answer(self._shown(request, version).user(fixed.ADMIN))

    # Issues

    def _search(self, request: Request, version: str) -> Answer:
        """A page behind the issue that the token names, in the order of the query."""
        asked: Object = request.json() if request.method == "POST" else dict(request.query)
        wanted = asked.get("fields") or []
        if isinstance(wanted, str):
            wanted = wanted.split(",")
        wanted = [] if wanted == ["id"] else wanted
        try:
            found = search(self.site, str(asked.get("jql", "")), self.zone)
        except JqlError as e:
            return errors([str(e)], 400)
        size = min(int(asked.get("maxResults", 50)), self._most if wanted else self._most_ids)
        issues, before = found.issues, []
        if token := asked.get("nextPageToken"):
            try:
                after = tuple(msgspec.json.decode(urlsafe_b64decode(token)))
            except ValueError:
                return errors(["The provided next page token is invalid or expired."], 400)
            is_behind = [(found.place(one) < after) if found.descending else (found.place(one) > after)
                         for one in issues]  # fmt: skip
            before = [one for one, behind in zip(issues, is_behind, strict=True) if not behind]
            issues = issues[len(before) :]
        page = issues[:size]
        body: Object = {"isLast": len(issues) <= size}
        if not body["isLast"]:
            body["nextPageToken"] = urlsafe_b64encode(msgspec.json.encode(found.place(page[-1]))).decode()
        shown = self._shown(request, version)
        page = self._with_page_faults(before, page)
        expand = str(asked.get("expand") or "")
        return json_answer({"issues": [_expanded(shown, one, wanted, expand) for one in page], **body})

    def _with_page_faults(self, before: Sequence[Issue], page: list[Issue]) -> list[Issue]:
        repeat, slip = self.page_faults.get("repeat"), self.page_faults.get("slip")
        if slip is not None:
            page = page[: -slip.rows]
        if repeat is not None:
            page = [*before[-repeat.rows :], *page]
        return page

    def _count(self, request: Request, version: str) -> Answer:
        try:
            return json_answer({"count": len(search(self.site, request.json()["jql"], self.zone).issues)})
        except JqlError as e:
            return errors([str(e)], 400)

    def _bulk_issues(self, request: Request, version: str) -> Answer:
        """What is not found stands among the errors."""
        asked = request.json()
        shown = self._shown(request, version)
        found: list[Object] = []
        missing: list[str] = []
        for name in map(str, asked["issueIdsOrKeys"][:100]):
            issue = self.site.issue(name)
            if issue is None:
                missing.append(name)
            else:
                found.append(shown.issue(issue, asked.get("fields") or ["*navigable"]))
        errors = [{"id": one, "errorMessage": UNSEEN} for one in missing]
        return json_answer({"issues": found, "issueErrors": errors, "expand": ""})

    def _bulk_changelogs(self, request: Request, version: str) -> Answer:
        """Events of several issues, oldest first; an issue's may go on with the next page."""
        asked = request.json()
        shown = self._shown(request, version)
        size = min(int(asked.get("maxResults", _MOST_BULK)), _MOST_BULK)
        begin = int(asked.get("nextPageToken") or 0)
        found = [self.site.issue(str(name)) for name in asked["issueIdsOrKeys"]]
        events = [(one, event) for one in found if one is not None for event in one.events]
        logs: dict[int, list[Object]] = {}
        for issue, event in events[begin : begin + size]:
            created = int(event.at.timestamp() * 1000)
            logs.setdefault(issue.number, []).append({**shown.history(event), "created": created})
        following = str(begin + size) if begin + size < len(events) else None
        return json_answer(
            {
                "issueChangeLogs": [
                    {"issueId": str(number), "changeHistories": histories}
                    for number, histories in logs.items()
                ],
                "nextPageToken": following,
            }
        )

    def _issue(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        shown = self._shown(request, version)
        wanted = [one for one in request.query.get("fields", "*all").split(",") if one]
        return json_answer(_expanded(shown, issue, wanted, request.query.get("expand", "")))

    def _changelog(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        shown = self._shown(request, version)
        return paged(request, [shown.history(event) for event in issue.events])

    def _create(self, request: Request, version: str) -> Answer:
        given = request.json()["fields"]
        key = given["project"].get("key")
        number = int(given["project"].get("id") or self.site.project(key))
        values = self._values({name: v for name, v in given.items() if name != "project"})
        made = self.site.create(number, self.clock.now(), fixed.ADMIN, values)
        shown = self._shown(request, version).issue(made, ["summary"])
        return json_answer({name: shown[name] for name in ("id", "key", "self")}, 201)

    def _edit(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        self.site.change(issue, self.clock.now(), fixed.ADMIN, self._values(request.json().get("fields", {})))
        return Answer(204)

    def _delete(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        self.site.delete(issue, self.clock.now())
        return Answer(204)

    def _values(self, given: Object) -> Object:
        """Fields as a client writes them, as ids."""
        labelled = {"issuetype": fixed.TYPES, "priority": fixed.PRIORITIES, "resolution": fixed.RESOLUTIONS}
        found: Object = {}
        for name, value in given.items():
            if name in labelled and value is not None:
                value = value.get("id") or labelled[name][value["name"]]
            elif name in ("assignee", "reporter") and value is not None:
                value = value.get("accountId") or value.get("id")
            elif name in ("fixVersions", "versions", "components"):
                value = [self._part(name, one) for one in value]
            elif name in ("description", "environment") and isinstance(value, dict):
                value = plain(value)
            found[name] = value
        return found

    def _part(self, name: str, given: Object) -> int:
        held = self.site.components if name == "components" else self.site.versions
        if "id" in given:
            return int(given["id"])
        return next(number for number, one in held.items() if one["name"] == given["name"])

    def _transitions(self, request: Request, version: str, name: str) -> Answer:
        return json_answer({"transitions": _all_transitions()})

    def _transition(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        status = request.json()["transition"]["id"]
        done = status == fixed.STATUSES["Done"][0]
        values = {"status": status, "resolution": fixed.RESOLUTIONS["Done"] if done else None}
        self.site.change(issue, self.clock.now(), fixed.ADMIN, values)
        return Answer(204)

    def _comments(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        shown = self._shown(request, version)
        return paged(request, [shown.comment(one) for one in issue.comments], "comments")

    def _add_comment(self, request: Request, version: str, name: str) -> Answer:
        issue = self.site.issue(name)
        if issue is None:
            return self.not_found()
        made = self.site.comment(issue, self.clock.now(), fixed.ADMIN, plain(request.json()["body"]))
        return json_answer(self._shown(request, version).comment(made), 201)

    def _into_sprint(self, request: Request, number: str) -> Answer:
        for name in request.json()["issues"]:
            issue = self.site.issue(str(name))
            if issue is None:
                return self.not_found()
            values = {fixed.SPRINT: [*issue.fields[fixed.SPRINT], int(number)]}
            self.site.change(issue, self.clock.now(), fixed.ADMIN, values)
        return Answer(204)


def _expanded(shown: Shown, issue: Issue, wanted: list[str], expand: str) -> Object:
    """An issue with what else is asked for."""
    body = shown.issue(issue, wanted)
    if "changelog" in expand:
        histories = [shown.history(event) for event in reversed(issue.events)]
        body["changelog"] = {
            "startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories,
        }  # fmt: skip
    if "transitions" in expand:
        body["transitions"] = _all_transitions()
    return body


def _all_transitions() -> list[Object]:
    return [{"id": one["id"], "name": one["name"], "to": one} for one in fixed.statuses()]
