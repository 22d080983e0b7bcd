"""Reading a Marketo instance: leads and what happened to them, lists of what belongs to marketing.

What there is, an instance says itself: its types of activities and fields of leads are asked for once a run.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mainstem.connectors.api import ApiConnector
from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.marketo import answers
from mainstem.connectors.marketo.activities import ActivityReader
from mainstem.connectors.marketo.exports import LONGEST, Exports
from mainstem.connectors.marketo.leads import LeadReader
from mainstem.connectors.marketo.lists import Lists
from mainstem.connectors.marketo.streams import DELETE_LEAD, streams_of
from mainstem.errors import ApiRefused, ConfigError, CredentialsRefused
from mainstem.saas import ApiSession, Limit, NoAuth, Renewing, client_credentials
from mainstem.saas.session import READS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.marketo.settings import MarketoSettings
    from mainstem.connectors.streams import Stream

Object = dict[str, Any]
_CALLS, _SECONDS = 100, 20
_USAGE = "/rest/v1/stats/usage.json"


def open_marketo(opening: Opening) -> Connector:
    """Raises ConfigError for an instance that cannot be reached with these settings."""
    settings: MarketoSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    if not settings.base_url and not settings.munchkin_id:
        raise ConfigError(
            where, "lacks its munchkin_id", 'munchkin_id = "123-ABC-456", of https://123-ABC-456.mktorest.com'
        )
    if not settings.client_id or settings.client_secret is None:
        raise ConfigError(where, "lacks credentials", "client_id and client_secret of a custom service")
    base_url = settings.base_url or f"https://{settings.munchkin_id}.mktorest.com"
    name = settings.munchkin_id or urlsplit(base_url).netloc
    session = partial(
        opening.session,
        base_url,
        opening.account(f"marketo:{name}", Limit("twenty seconds", _CALLS, _SECONDS)),
        judge=answers.judge,
        quota_of=lambda response: answers.quota(response, settings.daily_calls, opening.clock.now()),
        repeats=READS | {"POST"},  # a POST asks, or makes an export that does no harm if it is made twice
    )
    get = client_credentials(
        session(NoAuth()), "/identity/oauth/token", settings.client_id, settings.client_secret
    )
    return Marketo(session(Renewing(get, opening.clock)), opening, where)


class Marketo(ApiConnector):
    def __init__(self, session: ApiSession, opening: Opening, where: str) -> None:
        super().__init__(session)
        self._settings: MarketoSettings = opening.settings
        self._where = where
        self._folder = opening.folder
        self._start = datetime.fromisoformat(self._settings.start).replace(tzinfo=UTC)
        self._described: tuple[list[Object], list[Object]] | None = None

    def check(self) -> Sequence[Finding]:
        try:
            usage = self._session.get(_USAGE).json()
        except CredentialsRefused as e:
            return [Finding("credentials", False, str(e))]
        spent = sum(int(day.get("total", 0)) for day in usage.get("result") or ())
        left, reserve = self.quota(), self._settings.reserve_calls
        enough = left is None or left.remaining > reserve
        detail = f"{spent} calls were spent today" + ("" if left is None else f", {left.remaining} are left")
        findings = [
            Finding("credentials", True, f"let in at {self._session.base_url}"),
            Finding("quota", enough, detail if enough else f"{detail}; {reserve} are reserved for others"),
        ]
        for what, path in (
            ("leads", "/rest/v1/leads/describe.json"),
            ("activities", "/rest/v1/activities/types.json"),
            ("programs", "/rest/asset/v1/programs.json?maxReturn=1"),
            ("exports of leads", "/bulk/v1/leads/export.json"),
            ("exports of activities", "/bulk/v1/activities/export.json"),
        ):
            findings.append(self._allowed(what, path))
        exports = -((self._start - self._session.clock.now()) // LONGEST)
        first = f"a first reading makes {exports} exports each of leads and activities"
        return [*findings, Finding("start", True, f"{self._settings.start}: {first}")]

    def streams(self) -> Sequence[Stream]:
        fields, kinds = self._instance()
        return streams_of(fields, kinds)

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        fields, kinds = self._instance()
        if stream.name == "leads":
            yield from LeadReader(
                self._session, self._exports("leads"), fields, self._all_kinds(), self._start
            ).read(asked)
        elif stream.name == "activities":
            reader = ActivityReader(
                self._session,
                self._exports("activities"),
                kinds,
                self._hidden(fields),
                every=not self._settings.activity_types,
                start=self._start,
                page_within=timedelta(hours=self._settings.page_within_hours),
            )
            yield from reader.read(asked)
        else:
            hours = timedelta(hours=self._settings.members_hours)
            yield from Lists(self._session, fields, kinds, hours).read(stream.name, asked)

    def _hidden(self, fields: Sequence[Object]) -> set[str]:
        """Labels of fields that hold addresses, where none are kept."""
        keep = self._settings.keep_emails
        return set() if keep else {one["displayName"] for one in fields if one["dataType"] == "email"}

    def _exports(self, kind: str) -> Exports:
        return Exports(self._session, kind, self._folder / kind, self._settings.page_rows)

    def _instance(self) -> tuple[list[Object], list[Object]]:
        """Fields of leads, and the types of activities that are read. Raises ConfigError for a type that the
        instance has not."""
        kinds = self._all_kinds()
        wanted = self._settings.activity_types
        if unknown := [name for name in wanted if name not in {one["name"] for one in kinds}]:
            names = ", ".join(sorted(one["name"] for one in kinds))
            raise ConfigError(f"{self._where} activity_types", f"there is no type {unknown[0]!r}", names)
        read = [one for one in kinds if not wanted or one["name"] in (*wanted, DELETE_LEAD)]
        return self._known()[0], read

    def _all_kinds(self) -> list[Object]:
        return self._known()[1]

    def _known(self) -> tuple[list[Object], list[Object]]:
        if self._described is None:
            fields = self._session.get("/rest/v1/leads/describe.json").json()["result"]
            kinds = self._session.get("/rest/v1/activities/types.json").json()["result"]
            self._tell_usage()
            self._described = (fields, kinds)
        return self._described

    def _tell_usage(self) -> None:
        """What others spent of the day's calls is known before ours are."""
        try:
            self._session.get(_USAGE)
        except (ApiRefused, CredentialsRefused):
            return  # this user may not see it; our own calls are counted all the same
