"""Reading a Jira site: issues and worklogs that changed, lists of what there is little of.

JQL knows minutes of the user's own time zone, and the index behind it is late by seconds: each run begins
some minutes before the newest row of the last, and what comes twice is written once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mainstem.connectors.api import ApiConnector, auth_of
from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.jira import rows
from mainstem.connectors.jira.issues import IssueReader
from mainstem.connectors.jira.paging import StartAt
from mainstem.connectors.jira.streams import STREAMS
from mainstem.connectors.jira.worklogs import read_worklogs
from mainstem.connectors.pages import pages
from mainstem.errors import ApiRefused, ConfigError, CredentialsRefused
from mainstem.saas import (
    ApiSession,
    Limit,
    Quota,
)
from mainstem.saas.session import READS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from requests import Response

    from mainstem.connectors.jira.settings import JiraSettings
    from mainstem.connectors.kind import Opening
    from mainstem.connectors.streams import Row, Stream
    from mainstem.saas import Clock

Object = dict[str, Any]
_LIST = 50
_USERS = 200
_SETTLES = timedelta(minutes=1)
_GATEWAY = "https://api.atlassian.com"
_TOKENS = "https://auth.atlassian.com/oauth/token"
_NO_SPRINTS = (400, 404)
"""What a board without sprints answers, and one that is shown to us no more."""
_OPTIONS = {"option", "option-with-child"}


def open_jira(opening: Opening) -> Connector:
    """Raises ConfigError for a site that cannot be reached with these settings."""
    settings: JiraSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    base_url = _address(settings, where)
    account = opening.account(
        f"jira:{settings.site or settings.cloud_id or urlsplit(base_url).netloc}",
        Limit("second", settings.calls_a_second, 1),
    )
    # Whatever is posted here reads.
    session = partial(opening.session, base_url, account, quota_of=_quota, repeats=READS | {"POST"})
    tokens = settings.token_url or ("/oauth/token" if settings.base_url else _TOKENS)
    return Jira(session(auth_of(settings, where, session, tokens=tokens)), settings, opening.clock)


class Jira(ApiConnector):
    def __init__(self, session: ApiSession, settings: JiraSettings, clock: Clock) -> None:
        super().__init__(session)
        self._settings = settings
        self._clock = clock
        self._start = datetime.fromisoformat(settings.start).replace(tzinfo=UTC)
        self._fields: list[Object] | None = None

    def check(self) -> Sequence[Finding]:
        try:
            me = self._session.get("/rest/api/3/myself").json()
        except CredentialsRefused as e:
            return [Finding("credentials", False, str(e))]
        findings = [
            Finding("credentials", True, f"{me.get('displayName')}, whose clock is {me.get('timeZone')}")
        ]
        for what, path in (
            ("projects", "/rest/api/3/project/search?maxResults=1"),
            ("boards", "/rest/agile/1.0/board?maxResults=1"),
            ("worklogs", "/rest/api/3/worklog/updated?since=4102444800000"),
            ("users", "/rest/api/3/users/search?maxResults=1"),
        ):
            findings.append(self._allowed(what, path))
        return findings

    def streams(self) -> Sequence[Stream]:
        return STREAMS

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        if stream.name == "issues":
            reader = IssueReader(
                self._session, self._settings, self._clock, self._zone(), self._known_fields()
            )
            yield from reader.read(asked)
        elif stream.name == "worklogs":
            yield from read_worklogs(self._session, self._clock, self._start, asked)
        else:
            began = self._clock.now()
            for found in self._lists[stream.name](self):
                yield Page(found)
            yield Page(complete_through=began - _SETTLES)

    def _zone(self) -> ZoneInfo:
        """Of the user that we are, in which JQL is read."""
        name = str(self._session.get("/rest/api/3/myself").json().get("timeZone") or "")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as e:
            raise ApiRefused(f"/myself has the time zone {name!r}, which nobody knows", 200) from e

    def _known_fields(self) -> list[Object]:
        if self._fields is None:
            self._fields = self._array("/rest/api/3/field")
        return self._fields

    def _boards(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        for found in self._agile("/rest/agile/1.0/board"):
            located = [one for one in found if (one.get("location") or {}).get("projectId")]
            yield {
                "board": [rows.board(one) for one in found],
                "project_board": [
                    {"project_id": one["location"]["projectId"], "board_id": one["id"]} for one in located
                ],
            }

    def _sprints(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        """Of every board that has them; one that several boards show is the same."""
        boards = [one for found in self._agile("/rest/agile/1.0/board") for one in found]
        for board in boards:
            if board.get("type") == "kanban":
                continue
            try:
                for found in self._agile(f"/rest/agile/1.0/board/{board['id']}/sprint"):
                    yield {"sprint": [rows.sprint(one) for one in found]}
            except ApiRefused as e:
                if e.status not in _NO_SPRINTS:
                    raise

    def _projects(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        for found in self._all_projects():
            categories = [one["projectCategory"] for one in found if one.get("projectCategory")]
            yield {
                "project": [rows.project(one) for one in found],
                "project_category": [rows.named(one) for one in categories],
            }

    def _components(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        for project in self._project_ids():
            for found in self._listed(f"/rest/api/3/project/{project}/component"):
                yield {"component": [rows.component(one, project) for one in found]}

    def _versions(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        for project in self._project_ids():
            for found in self._listed(f"/rest/api/3/project/{project}/version"):
                yield {"version": [rows.version(one) for one in found]}

    def _users(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        """A page may hold fewer than it says; one without any is the last."""
        begin = 0
        while True:
            path = f"/rest/api/3/users/search?startAt={begin}&maxResults={_USERS}"
            found = self._array(path)
            if not found:
                return
            yield {"user": [rows.user(one) for one in found]}
            begin += _USERS

    def _field_rows(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        columns = rows.custom_columns(self._known_fields())
        yield {"field": [rows.field(one, columns) for one in self._known_fields()]}

    def _field_options(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        """Of custom fields with options, in each of their contexts."""
        for field in self._known_fields():
            schema = field.get("schema") or {}
            if not field.get("custom") or not {schema.get("type"), schema.get("items")} & _OPTIONS:
                continue
            path = f"/rest/api/3/field/{field['id']}/context"
            contexts = [one["id"] for found in self._listed(path) for one in found]
            for context in contexts:
                for found in self._listed(f"{path}/{context}/option"):
                    options = [
                        {"id": one["id"], "name": one["value"], "parent_id": one.get("optionId")}
                        for one in found
                    ]
                    yield {"field_option": options}

    def _statuses(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        categories = self._array("/rest/api/3/statuscategory")
        yield {
            "status": [rows.status(one) for one in self._array("/rest/api/3/status")],
            "status_category": [{"id": one["id"], "name": one["name"]} for one in categories],
        }

    def _issue_types(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        yield {"issue_type": [rows.issue_type(one) for one in self._array("/rest/api/3/issuetype")]}

    def _priorities(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        yield {"priority": [rows.named(one) for one in self._array("/rest/api/3/priority")]}

    def _resolutions(self) -> Iterator[Mapping[str, Sequence[Row]]]:
        yield {"resolution": [rows.named(one) for one in self._array("/rest/api/3/resolution")]}

    def _all_projects(self) -> Iterator[list[Object]]:
        return self._listed("/rest/api/3/project/search", {"expand": "description,lead"})

    def _project_ids(self) -> list[str]:
        return [str(one["id"]) for found in self._all_projects() for one in found]

    def _listed(self, path: str, parameters: Mapping[str, Any] | None = None) -> Iterator[list[Object]]:
        asked = {"maxResults": _LIST, **(parameters or {})}
        for found, _ in pages(self._session, path, asked, StartAt(), "values[*]"):
            yield found

    _agile = _listed

    def _array(self, path: str) -> list[Object]:
        found = self._session.get(path).json()
        if not isinstance(found, list):
            raise ApiRefused(f"{path} answered {type(found).__name__} where a list was expected", 200)
        return found

    _lists: dict[str, Callable[[Jira], Iterator[Mapping[str, Sequence[Row]]]]] = {  # noqa: RUF012 # constant
        "boards": _boards,
        "sprints": _sprints,
        "projects": _projects,
        "components": _components,
        "versions": _versions,
        "users": _users,
        "fields": _field_rows,
        "field_options": _field_options,
        "statuses": _statuses,
        "issue_types": _issue_types,
        "priorities": _priorities,
        "resolutions": _resolutions,
    }


def _address(settings: JiraSettings, where: str) -> str:
    if settings.base_url:
        return settings.base_url
    if settings.cloud_id:
        return f"{_GATEWAY}/ex/jira/{settings.cloud_id}"
    if settings.site:
        return f"https://{settings.site}.atlassian.net"
    raise ConfigError(where, "lacks its site", 'site = "acme", of https://acme.atlassian.net')


def _quota(response: Response) -> Quota | None:
    """What is left of the present stretch, where Jira says so."""
    remaining = response.headers.get("X-RateLimit-Remaining", "")
    total = response.headers.get("X-RateLimit-Limit", "")
    reset = response.headers.get("X-RateLimit-Reset")
    if not remaining.isdigit() or not reset:
        return None
    return Quota(int(remaining), int(total) if total.isdigit() else None, datetime.fromisoformat(reset))
