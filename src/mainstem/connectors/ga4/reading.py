"""The days of a report, each whole, by as few requests as hold.

A request asks for several days in their order; a last day that did not fit into it is asked for again. A
day with more rows than one request brings is paged. What is sampled is asked again by fewer days. An answer
that has fewer rows than it says is not taken. It writes nothing and knows no position.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from mainstem.connectors.ga4.answers import Answer, Day, answer_of, day_of
from mainstem.connectors.ga4.filters import filters_of
from mainstem.connectors.ga4.periods import spans
from mainstem.errors import ApiUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from mainstem.connectors.ga4.answers import Key, Values
    from mainstem.connectors.ga4.settings import Report
    from mainstem.saas import ApiSession

_DAY = timedelta(days=1)
_FIRST_SPAN, _LONGEST_SPAN = 8, 128
_TRIES = 4
"""Of an answer that does not agree with itself: Google counted anew while it was read."""


class Reading:
    """One report of one property."""

    def __init__(self, session: ApiSession, property_name: str, report: Report, rows_a_request: int) -> None:
        self._session = session
        self._path = run_path(property_name)
        self._report = report
        self._limit = rows_a_request
        self._fixed: Mapping[str, Any] = {
            "dimensions": [{"name": name} for name in report.asked],
            "metrics": [{"name": name} for name in report.metrics],
            "orderBys": [{"dimension": {"dimensionName": name}} for name in report.asked],
            "limit": str(rows_a_request),
            "returnPropertyQuota": True,
            **filters_of(report),
        }

    def days(self, first: date, last: date, today: date) -> Iterator[Day]:
        """Every day from `first` through `last`, those without rows too; of a report of weeks or months
        those that these days lie in, by their first days and up to `today`. Raises ApiUnavailable for a
        report that changes faster than it can be read, and as the session does."""
        if self._report.period == "day":
            yield from self._single_days(first, last)
            return
        for begin, end in spans(self._report.period, first, last):
            yield self._paged(begin, min(end, today))

    def _single_days(self, first: date, last: date) -> Iterator[Day]:
        span = _FIRST_SPAN
        while first <= last:
            end = min(last, first + (span - 1) * _DAY)
            answer = whole(partial(self._ask, first, end, 0), self._limit)
            if answer.truth.is_sampled and end > first:
                span = max(1, ((end - first).days + 1) // 2)
                continue
            if answer.row_count <= self._limit:
                yield from _days(answer, first, end)
                first, span = end + _DAY, min(2 * span, _LONGEST_SPAN)
            elif answer.last > first:
                yield from _days(answer, first, answer.last - _DAY)
                span = max(1, (answer.last - first).days)
                first = answer.last
            else:
                yield self._paged(first, first, answer if end == first else None)
                first, span = first + _DAY, 1

    def _paged(self, first: date, last: date, begun: Answer | None = None) -> Day:
        """A day or a longer period by as many requests as it takes; `begun` is the first one's answer."""
        for _ in range(_TRIES):
            answer = begun or self._ask(first, last, 0)
            begun = None
            rows, count, offset = dict(answer.rows), answer.row_count, self._limit
            while offset < count == answer.row_count:
                answer = self._ask(first, last, offset)
                rows.update(answer.rows)
                offset += self._limit
            if len(rows) == count == answer.row_count:
                return Day(first, answer.truth, self._dated(first, rows))
        raise _unsteady(f"{first}")

    def _dated(self, first: date, rows: dict[Key, Values]) -> dict[Key, Values]:
        """With the first day in their keys, where it was not asked for."""
        if self._report.period == "day":
            return rows
        return {(f"{first:%Y%m%d}", *key): values for key, values in rows.items()}

    def _ask(self, first: date, last: date, offset: int) -> Answer:
        span = {"startDate": first.isoformat(), "endDate": last.isoformat()}
        body = {**self._fixed, "dateRanges": [span], "offset": str(offset)}
        return answer_of(self._session.post(self._path, json=body).content)


def whole(ask: Callable[[], Answer], limit: int) -> Answer:
    """An answer with as many rows as it has to have. Raises ApiUnavailable where none is."""
    for _ in range(_TRIES):
        answer = ask()
        if len(answer.rows) >= min(limit, answer.row_count):
            return answer
    raise _unsteady("some days")


def run_path(property_name: str) -> str:
    return f"/v1beta/{property_name}:runReport"


def _unsteady(what: str) -> ApiUnavailable:
    return ApiUnavailable(f"the report of {what} changed each of {_TRIES} times that it was read")


def _days(answer: Answer, first: date, last: date) -> Iterator[Day]:
    found = {first + n * _DAY: Day(first + n * _DAY, answer.truth) for n in range((last - first).days + 1)}
    for key, values in answer.rows.items():
        if (day := found.get(day_of(key))) is not None:
            day.rows[key] = values
    yield from found.values()
