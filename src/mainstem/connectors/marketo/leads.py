"""Reading leads: all of them once by when they were made, then those that changed, and those that are gone.

Changes come by bulk extract; where the subscription does not filter by `updatedAt`, or takes no export today,
by the activities that tell of a changed lead. A lead that was merged into another is told of by the merge.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Asked, Page, SchemaChange
from mainstem.connectors.gone import gone_columns
from mainstem.connectors.marketo.exports import LONGEST
from mainstem.connectors.marketo.happened import deleted, happened
from mainstem.connectors.marketo.names import snake
from mainstem.connectors.marketo.place import OVERLAP, Place
from mainstem.connectors.marketo.rows import Activities, lead, merged, moment
from mainstem.connectors.marketo.spans import SETTLES, asked_end, exported
from mainstem.connectors.marketo.streams import DELETED, rest_fields
from mainstem.errors import ApiRefused, QuotaSpent

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.connectors.marketo.exports import Exports, Job, Records
    from mainstem.connectors.marketo.spans import Stretch
    from mainstem.connectors.streams import Row
    from mainstem.saas import ApiSession

logger = logging.getLogger("mainstem.connectors")

Object = dict[str, Any]
_MERGED = "Merge Leads"
_TELLING = (
    "New Lead", "Change Data Value", "Change Score", _MERGED, "Change Owner", "Change Revenue Stage",
    "Change Lead Partition", "Change Segment", "Unsubscribe Email", "Email Bounced",
)  # fmt: skip
"""Types of activities after which a lead is another."""
_AT_ONCE = 300
_TOLD_FOR = timedelta(days=14)
"""So long Marketo tells which leads were deleted."""


class LeadReader:
    def __init__(
        self,
        session: ApiSession,
        exports: Exports,
        fields: Iterable[Object],
        kinds: Sequence[Object],
        start: datetime,
    ) -> None:
        self._session = session
        self._exports = exports
        self._columns = {name: snake(name) for name in rest_fields(fields)}
        self._kinds = {str(one["name"]): int(one["id"]) for one in kinds}
        self._activities = Activities(kinds)
        self._start = start

    def read(self, asked: Asked) -> Iterator[Page]:
        began, is_range = self._session.clock.now(), asked.since is not None or asked.until is not None
        place, end = Place.of(asked, self._start), asked_end(asked.until, began)
        if is_range:
            place.is_first = False
        if place.is_first:
            yield from self._all(place, end)
        yield from self._changes(place, end, is_range=is_range)
        changes: tuple[SchemaChange, ...] = ()
        if not is_range:
            yield from self._gone(place)
            changes = gone_columns("lead", place.columns, self._columns.values())
            place.columns = sorted(self._columns.values())
        yield Page(position=place.next(), complete_through=began - SETTLES, changes=changes)

    def _all(self, place: Place, end: datetime) -> Iterator[Page]:
        """By when they were made. What changed since that began, in a run before this one, is left to do."""
        is_last = False
        while place.since < min(end, place.through or end):
            done = yield from self._stretch(place, min(place.since + LONGEST, end), "createdAt")
            if done is None:
                raise ApiRefused(
                    "Marketo does not export leads by `createdAt`, as every subscription can", 200
                )
            place.listed(done.stop, done.at)
            yield Page(position=place.going())
            is_last = done.is_last and done.at == place.through
            if done.is_last:
                break
        place.turn_to_changes()
        if is_last or place.through is None or place.through >= end:
            place.since = end

    def _changes(self, place: Place, end: datetime, *, is_range: bool) -> Iterator[Page]:
        while place.since < end:
            try:
                done = yield from self._stretch(place, min(place.since + LONGEST, end), "updatedAt")
            except QuotaSpent:
                if place.before is None or place.job or is_range:
                    raise
                done = None
            if done is None:
                yield from self._by_activities(place, end)
                return
            place.ended(done.stop, done.at)
            yield Page(position=place.going())
            if done.is_last:
                return

    def _stretch(self, place: Place, stop: datetime, name: str) -> Generator[Page, None, Stretch | None]:
        """By bulk extract; None where it cannot be had so."""

        def begun(span: dict[str, str]) -> Job | None:
            return self._exports.begin(list(self._columns), {name: span})

        return exported(self._exports, place, stop, begun, self._rows)

    def _rows(self, records: Records) -> Mapping[str, Sequence[Row]]:
        return {"lead": [lead(one, self._columns) for one in records]}

    def _by_activities(self, place: Place, end: datetime) -> Iterator[Page]:
        clock, newest = self._session.clock, place.since
        began = clock.now()
        kinds = [self._kinds[name] for name in _TELLING if name in self._kinds]
        for found in happened(self._session, kinds, place.since):
            newest = max([newest, *(moment(one["activityDate"]) for one in found)])
            changed = {int(one["leadId"]) for one in found if moment(one["activityDate"]) <= end}
            for rows in self._by_id(sorted(changed)):
                place.saw(len(rows))
                yield Page({"lead": rows}, place.going())
        place.ended(end, newest - (clock.now() - began))

    def _by_id(self, numbers: Sequence[int]) -> Iterator[list[Object]]:
        """Those that are still there."""
        for first in range(0, len(numbers), _AT_ONCE):
            asked = {
                "_method": "GET",  # an address is too short for every field
                "filterType": "id",
                "filterValues": ",".join(map(str, numbers[first : first + _AT_ONCE])),
                "fields": ",".join(self._columns),
            }
            while True:
                body = self._session.post("/rest/v1/leads.json", data=asked).json()
                yield [lead(one, self._columns) for one in body.get("result") or ()]
                if not body.get("nextPageToken"):
                    break
                asked["nextPageToken"] = body["nextPageToken"]

    def _gone(self, place: Place) -> Iterator[Page]:
        """Leads that were deleted, or merged into others, since the last run."""
        known = place.through or self._session.clock.now()
        since = max(place.before - OVERLAP if place.before else known - _TOLD_FOR, self._start)
        if place.before and since < known - _TOLD_FOR:
            logger.warning(
                "leads deleted before %s are told no more; `mainstem sync --full` finds them",
                (known - _TOLD_FOR).date(),
            )
        for found in deleted(self._session, since):
            rows = [self._activities.row(one)[1] for one in found]
            yield Page({DELETED.name: rows}, gone={"lead": [{"id": int(one["leadId"])} for one in found]})
        if _MERGED in self._kinds:
            for found in happened(self._session, [self._kinds[_MERGED]], since):
                losers = [number for one in found for number in merged(one)]
                yield Page(gone={"lead": [{"id": number} for number in losers]})
