"""Reading a property: each report's days since its beginning, and the newest again with every run.

A day that is as it was is not written again. A report that was defined anew is read from its beginning.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from mainstem.connectors.api import ApiConnector
from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.ga4 import login
from mainstem.connectors.ga4.answers import answer_of, day_of, reading_of, rows_of
from mainstem.connectors.ga4.periods import LONGEST
from mainstem.connectors.ga4.place import Place, Span, place_at
from mainstem.connectors.ga4.quota import Tokens
from mainstem.connectors.ga4.reading import Reading, run_path, whole
from mainstem.connectors.ga4.reports import reports_of
from mainstem.connectors.ga4.settings import DATE, READING
from mainstem.connectors.ga4.streams import stream_of
from mainstem.errors import ApiRefused, ConfigError, CredentialsRefused
from mainstem.saas.session import READS
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.connectors.ga4.answers import Day
    from mainstem.connectors.ga4.settings import Ga4Settings, Report
    from mainstem.connectors.kind import Opening
    from mainstem.connectors.streams import Stream
    from mainstem.saas import ApiSession, Clock

logger = logging.getLogger("mainstem.connectors")

_HOST = "https://analyticsdata.googleapis.com"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_EARLIEST = date(2015, 8, 14)
"""Before it the Data API takes no day."""
_PROPERTY = re.compile(r"(?:properties/)?(\d+)")


def open_ga4(opening: Opening) -> Connector:
    """Raises ConfigError for a property that cannot be reached with these settings."""
    settings: Ga4Settings = opening.settings
    where = f"[connectors.{opening.name}]"
    found = _PROPERTY.fullmatch(settings.property)
    if found is None:
        raise ConfigError(
            f"{where} property", f"{settings.property!r} is no property", 'its number: property = "123456789"'
        )
    if not reports_of(settings):
        raise ConfigError(where, "has no report", f"{where[:-1]}.reports.NAME], or default_reports = true")
    tokens = Tokens(opening.clock, settings.reserve_calls)
    session = partial(
        opening.session,
        settings.base_url or _HOST,
        opening.account(f"ga4:{found[1]}"),
        judge=tokens.judge,
        quota_of=tokens.quota,
        repeats=READS | {"POST"},  # every one of them reads
    )
    auth = login.auth(settings, where, session)
    return Ga4(session(auth), f"properties/{found[1]}", settings, where, opening.clock)


@dataclass
class _Blurs:
    """Days of a run that are not exact: how many, the first and the last, by what was done to them."""

    found: dict[str, tuple[int, date, date]] = field(default_factory=dict)

    def see(self, day: Day) -> None:
        for what in day.blurs():
            count, first, _ = self.found.get(what, (0, day.day, day.day))
            self.found[what] = (count + 1, first, day.day)

    def tell(self, report: str) -> None:
        for what, (count, first, last) in self.found.items():
            logger.warning("%s: %s on %d days, %s to %s: see %s", report, what, count, first, last, READING)


@dataclass(frozen=True)
class _Property:
    """What is asked of the property once a run."""

    zone: ZoneInfo
    first: date | None
    """The first day that anything was counted on; None where nothing was."""


class Ga4(ApiConnector):
    def __init__(
        self, session: ApiSession, name: str, settings: Ga4Settings, where: str, clock: Clock
    ) -> None:
        super().__init__(session)
        self._name = name
        self._settings = settings
        self._where = where
        self._clock = clock
        self._reports = reports_of(settings)
        self._fields: dict[str, Mapping[str, str]] | None = None
        self._found: _Property | None = None

    def check(self) -> Sequence[Finding]:
        try:
            self._metadata()
            found = self._property()
        except (CredentialsRefused, ApiRefused) as e:
            hint = f"; is this login a viewer of {self._name}?" if " answered 403 " in str(e) else ""
            return [Finding("credentials", False, f"{e}{hint}")]
        began = f"counts since {found.first}" if found.first else "has counted nothing yet"
        findings = [Finding("credentials", True, f"let in to {self._name}, which {began}, {found.zone.key}")]
        quota = self.quota()
        if quota is not None:
            findings.append(Finding("quota", quota.remaining > 0, f"{quota.remaining} tokens are left today"))
        return findings + [self._checked(name, report) for name, report in self._reports.items()]

    def streams(self) -> Sequence[Stream]:
        types = {
            name: ColumnType.INT if kind == "TYPE_INTEGER" else ColumnType.FLOAT
            for name, kind in self._metadata()["metrics"].items()
        }
        found = [stream_of(name, report, types) for name, report in self._reports.items()]
        turn = int(self._clock.now().timestamp() // _HOUR.total_seconds()) % len(found)
        return found[turn:] + found[:turn]  # with few tokens an hour, not always the same one is left over

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        report = self._reports[stream.name]
        self._ensure_fields(stream.name, report)
        began, found = self._clock.now(), self._property()
        restated, today = self._restated(report), began.astimezone(found.zone).date()
        place = self._place(report, asked)
        reading = Reading(self._session, self._name, report, self._settings.rows_a_request)
        blurs = _Blurs()
        for first, last in place.spans(self._bounds(report, asked, found, today), today, restated):
            for day in reading.days(first, last, today):
                mark = day.mark()
                is_known = place.knows(day, mark)
                place.keep(day, mark, restated + LONGEST[report.period])
                blurs.see(day)
                if not is_known:
                    yield self._page(stream.name, report, day, place)
        blurs.tell(f"{self._where} {stream.name}")
        settled = datetime.combine(today - restated, time(), found.zone)
        yield Page(position=place.ended(), complete_through=settled.astimezone(UTC))

    def _page(self, name: str, report: Report, day: Day, place: Place) -> Page:
        return Page(
            {name: rows_of(report, self._name, day), READING: [reading_of(name, day)]},
            place.going(),
            owners={name: [day.day.isoformat()]},
        )

    def _place(self, report: Report, asked: Asked) -> Place:
        read = (report.keys, report.period, report.metrics, report.filters, self._start(report))
        definition = blake2b(msgspec.json.encode(read), digest_size=8).hexdigest()
        return place_at(definition, asked.position or {})

    def _start(self, report: Report) -> date:
        return date.fromisoformat(report.start or self._settings.start)

    def _bounds(self, report: Report, asked: Asked, found: _Property, today: date) -> Span:
        """Between which days there is something to read."""
        if found.first is None:
            return today, today - _DAY
        first = max(found.first, self._start(report))
        if asked.since is not None:
            first = max(found.first, asked.since.date())
        return first, min(today, asked.until.date() - _DAY) if asked.until is not None else today

    def _restated(self, report: Report) -> timedelta:
        days = self._settings.restate_days if report.restate_days is None else report.restate_days
        return timedelta(days=days)

    def _property(self) -> _Property:
        """Its time zone and first day, by one row."""
        if self._found is None:
            body = {
                "dateRanges": [{"startDate": self._earliest().isoformat(), "endDate": "today"}],
                "dimensions": [{"name": DATE}],
                "metrics": [{"name": "eventCount"}],
                "orderBys": [{"dimension": {"dimensionName": DATE}}],
                "limit": "1",
                "returnPropertyQuota": True,
            }
            answer = whole(lambda: answer_of(self._session.post(run_path(self._name), json=body).content), 1)
            first = day_of(next(iter(answer.rows))) if answer.rows else None
            self._found = _Property(ZoneInfo(answer.truth.time_zone or "UTC"), first)
        return self._found

    def _earliest(self) -> date:
        """From where anything can be asked for."""
        return max(_EARLIEST, min(map(self._start, self._reports.values())))

    def _metadata(self) -> Mapping[str, Mapping[str, str]]:
        """Types of the fields that the property has, by their API names and former ones; `dimensions` have
        none."""
        if self._fields is None:
            body = self._session.get(f"/v1beta/{self._name}/metadata").json()
            self._fields = {
                kind: {
                    name: one.get("type", "")
                    for one in body.get(kind, ())
                    for name in (one["apiName"], *one.get("deprecatedApiNames", ()))
                }
                for kind in ("dimensions", "metrics")
            }
        return self._fields

    def _ensure_fields(self, name: str, report: Report) -> None:
        """Raises ConfigError for a field that the property has not."""
        problem = self._unknown(report)
        if problem:
            raise ConfigError(f"{self._where} report {name!r}", problem)

    def _unknown(self, report: Report) -> str:
        for kind, names in (("dimensions", report.asked), ("metrics", report.metrics)):
            known = self._metadata()[kind]
            for name in names:
                if name not in known:
                    near = get_close_matches(name, known, 3, 0.6)
                    hint = f"; near it: {', '.join(near)}" if near else ""
                    return f"the property has no {kind.removesuffix('s')} {name}{hint}"
        return ""

    def _checked(self, name: str, report: Report) -> Finding:
        """Whether the property can answer a report."""
        what = f"report {name}"
        if problem := self._unknown(report):
            return Finding(what, False, problem)
        body = {
            "dimensions": [{"name": one} for one in report.asked],
            "metrics": [{"name": one} for one in report.metrics],
            "compatibilityFilter": "INCOMPATIBLE",
        }
        try:
            self._session.post(f"/v1beta/{self._name}:checkCompatibility", json=body)
        except ApiRefused as e:  # what else could be added does not matter
            return Finding(what, False, str(e))
        return Finding(what, True, f"{len(report.asked)} dimensions and {len(report.metrics)} metrics")
