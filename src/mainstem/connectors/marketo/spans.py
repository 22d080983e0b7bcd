"""A stretch of time by bulk extract: pages of a job's file, and how far Marketo had come when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from mainstem.connectors.marketo.exports import Exports, Job, Records
    from mainstem.connectors.marketo.place import Place
    from mainstem.connectors.streams import Row

SETTLES = timedelta(minutes=1)
"""So long what happens may not be shown yet."""


@dataclass(frozen=True)
class Stretch:
    """One that was read."""

    stop: datetime
    at: datetime
    """What its job saw, by Marketo's clock."""
    is_last: bool
    """Marketo's clock had not come to its end: there is nothing behind it."""


def written(begin: datetime, end: datetime) -> dict[str, str]:
    """A range of a filter: seconds, both ends in it."""
    return {"startAt": stamp(begin), "endAt": stamp(end)}


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def exported(
    exports: Exports,
    place: Place,
    stop: datetime,
    begin: Callable[[dict[str, str]], Job | None],
    shape: Callable[[Records], Mapping[str, Sequence[Row]]],
) -> Generator[Page, None, Stretch | None]:
    """From the place on to `stop`, or to where its job goes; None where Marketo began none."""
    job = exports.find(place.job) if place.job else None
    is_old = job is not None and place.stop is not None
    if job is None or place.stop is None:
        job = begin(written(place.since, stop))
        if job is None:
            return None
        place.export(job.id, stop)
    for records, row in exports.parts(job, place.row):
        place.row = row
        place.saw(len(records))
        yield Page(shape(records), place.going())
    stop = place.stop or stop
    return Stretch(stop, job.created_at, not is_old and job.created_at < stop)


def asked_end(until: Any, now: datetime) -> datetime:
    """The last second that is asked for."""
    end: datetime = now if until is None else until - timedelta(seconds=1)
    return end
