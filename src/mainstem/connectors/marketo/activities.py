"""Reading activities: long stretches of time by bulk extract, short ones page by page.

What happened to a lead that is deleted is gone from Marketo, and stays here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Asked, Page
from mainstem.connectors.marketo.exports import LONGEST
from mainstem.connectors.marketo.happened import happened
from mainstem.connectors.marketo.place import Place
from mainstem.connectors.marketo.rows import ACTIVITY_FIELDS, Activities, moment
from mainstem.connectors.marketo.spans import SETTLES, asked_end, exported
from mainstem.connectors.marketo.streams import DELETE_LEAD
from mainstem.errors import ApiRefused, QuotaSpent

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence
    from datetime import datetime, timedelta

    from mainstem.connectors.marketo.exports import Exports, Job
    from mainstem.saas import ApiSession

Object = dict[str, Any]


class ActivityReader:
    def __init__(
        self,
        session: ApiSession,
        exports: Exports,
        kinds: Sequence[Object],
        hidden: Collection[str],
        *,
        every: bool,
        start: datetime,
        page_within: timedelta,
    ) -> None:
        """`kinds` are the types that are read, `every` says that those are all there are; of fields with the
        labels `hidden`, changes do not say what was there."""
        self._session = session
        self._exports = exports
        self._rows = Activities(kinds, hidden)
        self._kinds = [int(one["id"]) for one in kinds if one["name"] != DELETE_LEAD]
        self._every = every
        self._start = start
        self._page_within = page_within

    def read(self, asked: Asked) -> Iterator[Page]:
        began = self._session.clock.now()
        place, end = Place.of(asked, self._start), asked_end(asked.until, began)
        while place.since < end:
            if not place.job and end - place.since <= self._page_within:
                yield from self._paged(place, end)
                break
            try:
                is_last = yield from self._exported(place, min(place.since + LONGEST, end))
            except QuotaSpent:
                if place.is_first or place.job or asked.until is not None:
                    raise
                yield from self._paged(place, end)  # few enough: the last run came to its end
                break
            if is_last:
                break
        yield Page(position=place.next(), complete_through=began - SETTLES)

    def _exported(self, place: Place, stop: datetime) -> Generator[Page, None, bool]:
        """A stretch by bulk extract; whether there is nothing behind it."""
        done = yield from exported(self._exports, place, stop, self._begun, self._rows.tables)
        if done is None:
            raise ApiRefused(
                "Marketo does not export activities by `createdAt`, as every subscription can", 200
            )
        place.ended(done.stop, done.at)
        yield Page(position=place.going())
        return done.is_last

    def _begun(self, span: dict[str, str]) -> Job | None:
        kinds: Object = {} if self._every else {"activityTypeIds": self._kinds}
        return self._exports.begin(ACTIVITY_FIELDS, {"createdAt": span, **kinds})

    def _paged(self, place: Place, end: datetime) -> Iterator[Page]:
        clock, newest = self._session.clock, place.since
        began = clock.now()
        for found in happened(self._session, self._kinds, place.since):
            newest = max([newest, *(moment(one["activityDate"]) for one in found)])
            rows = [one for one in found if moment(one["activityDate"]) <= end]
            place.saw(len(rows))
            yield Page(self._rows.tables(rows), place.going())
        # What came up of the first types while the last were read is left to the next run.
        place.ended(end, newest - (clock.now() - began))
