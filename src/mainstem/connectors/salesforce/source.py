"""Reading a Salesforce org: what changed since the last run, and what was deleted.

Few rows come page by page, in the order in which they changed; many come by Bulk API 2.0. Each run begins
some minutes before the newest row of the last, since a long transaction shows its rows later than they are
stamped. Our own clock is asked for nothing that Salesforce's has to answer.
"""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mainstem.connectors.api import ApiConnector
from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.gone import gone_columns
from mainstem.connectors.pages import pages
from mainstem.connectors.salesforce import soql
from mainstem.connectors.salesforce.objects import USUAL, Described, described
from mainstem.connectors.salesforce.paging import NextRecords
from mainstem.connectors.salesforce.rows import row_of
from mainstem.errors import ConfigError, CredentialsRefused
from mainstem.saas.salesforce import BulkQueries, entrance, moment
from mainstem.saas.session import READS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.salesforce.settings import SalesforceSettings
    from mainstem.connectors.streams import Stream
    from mainstem.saas import ApiSession, Clock

logger = logging.getLogger("mainstem.connectors")

_OVERLAP = timedelta(minutes=10)
_SETTLES = timedelta(minutes=1)
_TOLD_FOR = timedelta(days=30)
"""So long Salesforce tells what was deleted."""
_MARGIN = timedelta(hours=1)
_FIRST_LOOK = timedelta(days=1)
"""Before a first reading, from where deletions are asked for: whatever our clock says."""
_LONGEST_QUERY = 12_000
"""Characters of a query within an address; a longer one goes by Bulk, in a body."""


def open_salesforce(opening: Opening) -> Connector:
    """Raises ConfigError for an org that cannot be reached with these settings."""
    settings: SalesforceSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    found = entrance(opening, where)
    # A POST begins a query, or gets a token: twice does no harm.
    return Salesforce(found.session(READS | {"POST"}), settings, where, opening.clock)


@dataclass
class _Place:
    """Where a reading is. Its values stand in the position."""

    since: datetime
    """The beginning of what is asked for; moves on with rows that come in order."""
    newest: datetime | None
    """Stamp of the newest row seen so far, in this run or one before."""
    gone: datetime | None
    """Up to when it was told what is deleted."""
    columns: Sequence[str] = ()
    """Those that the object had when it was last read."""
    job: str = ""
    locator: str = ""

    def see(self, stamps: Iterable[datetime | None]) -> None:
        self.newest = max((one for one in (self.newest, *stamps) if one is not None), default=None)

    def going(self) -> dict[str, Any]:
        """The position of a process that goes on here."""
        bulk = {"job": self.job, "locator": self.locator} if self.job else {}
        return {"since": self.since.isoformat(), **bulk, **self.ended()}

    def ended(self) -> dict[str, Any]:
        """The position of the next run."""
        moments = {"newest": self.newest, "gone": self.gone}
        columns = {"columns": list(self.columns)} if self.columns else {}
        return {name: at.isoformat() for name, at in moments.items() if at is not None} | columns


class Salesforce(ApiConnector):
    def __init__(self, session: ApiSession, settings: SalesforceSettings, where: str, clock: Clock) -> None:
        super().__init__(session)
        self._settings = settings
        self._where = where
        self._clock = clock
        self._data = f"/services/data/v{settings.api_version}"
        self._bulk = BulkQueries(session, self._data, settings.bulk_rows)
        self._start = datetime.fromisoformat(settings.start).replace(tzinfo=UTC)
        self._found: dict[str, Described] | None = None

    def check(self) -> Sequence[Finding]:
        try:
            limits = self._session.get(f"{self._data}/limits").json()
        except CredentialsRefused as e:
            return [Finding("credentials", False, str(e))]
        calls = limits["DailyApiRequests"]
        left, reserve = calls["Remaining"], self._settings.reserve_calls
        reserved = "" if left > reserve else f"; {reserve} are reserved for others"
        detail = f"{left} of {calls['Max']} calls are left in 24 hours{reserved}"
        findings = [
            Finding("credentials", True, f"let in at {self._session.base_url}"),
            Finding(
                "quota", left > reserve, detail if left > reserve else f"{detail}; {reserve} are reserved"
            ),
        ]
        readable = self._readable()
        for name in self._wanted(readable):
            may = name in readable
            findings.append(
                Finding(f"object {name}", may, "may be read" if may else _missing(name, readable))
            )
        return findings

    def streams(self) -> Sequence[Stream]:
        return [found.stream for found in self._objects().values()]

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        found = self._objects()[stream.name]
        if not found.stamp:
            yield from self._listing(found)
            return
        began, is_range = self._clock.now(), asked.since is not None or asked.until is not None
        place = self._place(asked)
        changes = gone_columns(found.table, place.columns, found.columns.values())
        if place.job and self._bulk.stands(place.job):
            yield from self._parts(found, place)
        else:
            place.job = ""
            yield from self._changes(found, place, asked.until)
        if is_range:
            yield Page(position=place.ended())
            return
        gone, covered = self._gone(found, place, began)
        place.columns = sorted(found.columns.values())
        yield Page(
            gone={found.table: gone},
            position=place.ended(),
            complete_through=min(began, covered) - _SETTLES,
            changes=changes,
        )

    def _objects(self) -> Mapping[str, Described]:
        """By stream, described once a run. Raises ConfigError for an object that cannot be read."""
        if self._found is None:
            readable = self._readable()
            wanted = self._wanted(readable)
            for name in wanted:
                if name not in readable:
                    raise ConfigError(f"{self._where} objects", _missing(name, readable))
            bodies = (self._session.get(f"{self._data}/sobjects/{name}/describe").json() for name in wanted)
            self._found = {found.table: found for found in map(described, bodies)}
        return self._found

    def _readable(self) -> list[str]:
        body = self._session.get(f"{self._data}/sobjects").json()
        return [one["name"] for one in body["sobjects"] if one["queryable"]]

    def _wanted(self, readable: Sequence[str]) -> Sequence[str]:
        return self._settings.objects or [name for name in USUAL if name in readable]

    def _place(self, asked: Asked) -> _Place:
        held = {
            name: datetime.fromisoformat(text)
            for name, text in (asked.position or {}).items()
            if name in ("since", "newest", "gone")
        }
        newest, job = held.get("newest"), asked.position or {}
        begins = asked.since or (newest - _OVERLAP if newest and asked.until is None else self._start)
        return _Place(
            held.get("since", begins),
            newest,
            held.get("gone"),
            job.get("columns", ()),
            job.get("job", ""),
            job.get("locator", ""),
        )

    def _changes(self, found: Described, place: _Place, until: datetime | None) -> Iterator[Page]:
        """Page by page while they are few; else all of them by Bulk."""
        query = soql.changed(found, place.since, until)
        if len(quote(query)) <= _LONGEST_QUERY:
            with closing(self._queried(query)) as answers:
                for records, body in answers:
                    if body["totalSize"] > self._settings.bulk_above:
                        break
                    yield self._page(found, place, records, ordered=True)
                else:
                    return
        place.job = self._bulk.begin(
            soql.changed(found, place.since, until, ordered=False), with_deleted=True
        )
        yield from self._parts(found, place)

    def _parts(self, found: Described, place: _Place) -> Iterator[Page]:
        for records, locator in self._bulk.parts(place.job, place.locator):
            place.locator = locator
            if not locator:
                place.job = ""
            yield self._page(found, place, records, ordered=False)

    def _page(
        self, found: Described, place: _Place, records: Sequence[Mapping[str, Any]], *, ordered: bool
    ) -> Page:
        rows = [row_of(found, one) for one in records]
        stamps = [row[found.columns[found.stamp]] for row in rows]
        place.see(stamps)
        if ordered and stamps:
            place.since = max(place.since, stamps[-1])
        if not ordered and not place.job:
            return Page({found.table: rows})  # the last part: the run's own end says where it is
        return Page({found.table: rows}, place.going())

    def _listing(self, found: Described) -> Iterator[Page]:
        began = self._clock.now()
        for records, _ in self._queried(soql.changed(found, None)):
            yield Page({found.table: [row_of(found, one) for one in records]})
        yield Page(complete_through=began - _SETTLES)

    def _queried(self, query: str) -> Any:
        paginator = NextRecords(self._session.base_url)
        return pages(self._session, f"{self._data}/queryAll", {"q": query}, paginator, "records[*]")

    def _gone(
        self, found: Described, place: _Place, began: datetime
    ) -> tuple[list[dict[str, Any]], datetime]:
        """What was deleted since the last run, bin or no bin; and up to when that is known."""
        if not found.tells_gone:
            return [], began
        start = place.gone - _OVERLAP if place.gone else began - _FIRST_LOOK
        earliest = began - _TOLD_FOR + _MARGIN
        if start < earliest:
            logger.warning(
                "%s: what was deleted before %s is told no more; `mainstem sync --full` finds it",
                found.name,
                earliest.date(),
            )
            start = earliest
        span = {"start": _written(start), "end": _written(max(began, start + 2 * _SETTLES))}
        body = self._session.get(f"{self._data}/sobjects/{found.name}/deleted/", params=span).json()
        covered = moment(body["latestDateCovered"])
        rows = [{found.columns["Id"]: one["id"]} for one in body["deletedRecords"]]
        # A position that moves is a commit: while nothing is deleted it moves once a day.
        if rows or place.gone is None or covered - place.gone > _FIRST_LOOK:
            place.gone = covered
        return rows, covered


def _missing(name: str, readable: Sequence[str]) -> str:
    near = get_close_matches(name, readable, 3, 0.5)
    hint = f"; near it: {', '.join(near)}" if near else ""
    return f"the org has no object {name} that this user may read{hint}"


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
