"""runReport: what was counted, by dimensions and days, as the Data API shows and hides it.

Rows beyond a day's most are rolled into `(other)`; rows of few people are withheld where a dimension could
tell who they are; of very many events a part is counted and made larger.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any
from zlib import crc32

from mainstem.simulate.saas.ga4.fields import DIMENSIONS, METRICS, RARE, are_apart
from mainstem.simulate.saas.ga4.filters import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.simulate.saas.ga4.visits import Hit, Site

Object = dict[str, Any]
Key = tuple[str, ...]
OTHER = "(other)"
MOST_ROWS = 250_000
_USUAL_ROWS = 10_000
_EARLIEST = date(2015, 8, 14)
_FEWEST_PEOPLE = 10
_AGO = re.compile(r"(\d+)daysAgo")


class Invalid(Exception):
    """What the Data API answers with INVALID_ARGUMENT."""


@dataclass(frozen=True)
class Shape:
    """How much a property bears."""

    other_above: int = 50_000
    """Combinations of values a day."""
    sample_above: int = 10_000_000
    """Events of a report."""
    currency: str = "EUR"


@dataclass(frozen=True)
class Found:
    """All rows of a report in their order, and what is said of them."""

    rows: list[tuple[Key, tuple[float, ...]]]
    metadata: Object
    events: int
    days: int


@dataclass(frozen=True)
class Asked:
    """A request that is right."""

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    body: Mapping[str, Any]
    limit: int
    offset: int


def asked_of(body: Mapping[str, Any]) -> Asked:
    """Raises Invalid, as the Data API words it."""
    dimensions = tuple(one["name"] for one in body.get("dimensions", ()))
    metrics = tuple(one["name"] for one in body.get("metrics", ()))
    for kind, names, known, most in (
        ("dimension", dimensions, DIMENSIONS, 9),
        ("metric", metrics, METRICS, 10),
    ):
        if len(names) > most:
            raise Invalid(
                f"Requests are limited to {most} {kind}s within a request. This request has {len(names)}."
            )
        if len(set(names)) < len(names):
            raise Invalid(f"Duplicate {kind}s are not allowed.")
        for name in names:
            if name not in known:
                raise Invalid(
                    f"Field {name} is not a valid {kind}. For a list of valid dimensions and metrics, see "
                    "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
                )
    if not metrics:
        raise Invalid("At least one metric is required.")
    if apart := apart_in(dimensions, metrics):
        raise Invalid(
            f"Please remove {apart[0]} to make the request compatible. The request's dimensions & metrics "
            "are incompatible. To learn more, see https://ga-dev-tools.google/ga4/dimensions-metrics-explorer/"
        )
    limit, offset = int(body.get("limit") or _USUAL_ROWS), int(body.get("offset") or 0)
    if not 0 < limit <= MOST_ROWS or offset < 0:
        raise Invalid(f"limit is {limit} and offset {offset}; limit is 1 to {MOST_ROWS}.")
    return Asked(dimensions, metrics, body, limit, offset)


def apart_in(dimensions: Iterable[str], metrics: Sequence[str]) -> list[str]:
    """Fields that cannot stand beside each other."""
    return [
        one for one in dimensions if any(are_apart(DIMENSIONS[one], METRICS[metric]) for metric in metrics)
    ]


def run(asked: Asked, site: Site, now: datetime, shape: Shape) -> Found:
    """Raises Invalid for days or filters that are none."""
    first, last = _days(asked.body, site.day(now))
    hits = list(site.hits(first, last, now))
    metadata: Object = {"currencyCode": shape.currency, "timeZone": site.zone.key}
    counted, times = _sample(hits, shape, metadata)
    groups = _rolled(_grouped(counted, asked.dimensions, site), asked.dimensions, shape, metadata)
    try:
        groups = _filtered(groups, asked)
        rows = {
            key: tuple(_valued(name, found, times) for name in asked.metrics) for key, found in groups.items()
        }
        rows = {key: values for key, values in rows.items() if _is_wanted(asked, values)}
    except (KeyError, ValueError, re.error) as e:
        raise Invalid(f"The filter is not valid: {e}") from e
    if RARE & set(asked.dimensions):
        metadata["subjectToThresholding"] = True
        rows = {key: values for key, values in rows.items() if _people(groups[key]) >= _FEWEST_PEOPLE}
    return Found(_ordered(rows, asked), metadata, len(hits), (last - first).days + 1)


def _days(body: Mapping[str, Any], today: date) -> tuple[date, date]:
    spans = body.get("dateRanges") or [{"startDate": "28daysAgo", "endDate": "yesterday"}]
    if len(spans) > 1:
        raise Invalid("This property answers one date range a report.")
    first, last = (_day(spans[0][name], today) for name in ("startDate", "endDate"))
    if first < _EARLIEST:
        raise Invalid(f"startDate {first} is before {_EARLIEST}.")
    if last < first:
        raise Invalid(f"startDate {first} is after endDate {last}.")
    return first, last


def _day(text: str, today: date) -> date:
    if ago := _AGO.fullmatch(text):
        return today - timedelta(days=int(ago[1]))
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"Did not recognize the date {text!r}.") from None


def _sample(hits: list[Hit], shape: Shape, metadata: Object) -> tuple[list[Hit], int]:
    """Hits that are counted, and how many each stands for."""
    if len(hits) <= shape.sample_above:
        return hits, 1
    times = ceil(len(hits) / shape.sample_above)
    counted = [hit for hit in hits if crc32(hit.person.key.encode()) % times == 0]
    read = {"samplesReadCount": str(len(counted)), "samplingSpaceSize": str(len(hits))}
    metadata["samplingMetadatas"] = [read]
    return counted, times


def _grouped(hits: Iterable[Hit], dimensions: Sequence[str], site: Site) -> dict[Key, list[Hit]]:
    groups: dict[Key, list[Hit]] = defaultdict(list)
    found = [DIMENSIONS[name].of for name in dimensions]
    for hit in hits:
        groups[tuple(of(hit, site.zone) for of in found)].append(hit)
    return groups


def _rolled(
    groups: dict[Key, list[Hit]], dimensions: Sequence[str], shape: Shape, metadata: Object
) -> dict[Key, list[Hit]]:
    """The rarest combinations of a day beyond the most it holds, as one."""
    days: dict[str, list[Key]] = defaultdict(list)
    place = dimensions.index("date") if "date" in dimensions else None
    for key in groups:
        days["" if place is None else key[place]].append(key)
    found: dict[Key, list[Hit]] = {}
    for keys in days.values():
        keys.sort(key=lambda key: (-len(groups[key]), key))
        kept = keys if len(keys) <= shape.other_above else keys[: shape.other_above - 1]
        found.update((key, groups[key]) for key in kept)
        for key in keys[len(kept) :]:
            metadata["dataLossFromOtherRow"] = True
            other = tuple(value if at == place else OTHER for at, value in enumerate(key))
            found.setdefault(other, []).extend(groups[key])
    return found


def _filtered(groups: dict[Key, list[Hit]], asked: Asked) -> dict[Key, list[Hit]]:
    expression = asked.body.get("dimensionFilter")
    if not expression:
        return groups
    found = {}
    for key, hits in groups.items():
        values = dict(zip(asked.dimensions, key, strict=True))
        if holds(expression, values.__getitem__):
            found[key] = hits
    return found


def _is_wanted(asked: Asked, values: Sequence[float]) -> bool:
    expression = asked.body.get("metricFilter")
    return not expression or holds(expression, dict(zip(asked.metrics, values, strict=True)).__getitem__)


def _valued(name: str, hits: Sequence[Hit], times: int) -> float:
    metric = METRICS[name]
    return metric.of(hits) * (times if metric.adds_up else 1)


def _people(hits: Iterable[Hit]) -> int:
    return len({hit.person.key for hit in hits})


def _ordered(rows: Mapping[Key, tuple[float, ...]], asked: Asked) -> list[tuple[Key, tuple[float, ...]]]:
    """By what is asked for, the last of it first; else the largest first."""
    found = sorted(rows.items(), key=lambda row: ([-value for value in row[1]], row[0]))
    for order in reversed(asked.body.get("orderBys", [])):
        kind, names = ("dimension", asked.dimensions) if "dimension" in order else ("metric", asked.metrics)
        name = order[kind][f"{kind}Name"]
        if name not in names:
            raise Invalid(f"Ordering by {name}, which is no {kind} of the request.")
        place, part = names.index(name), 0 if kind == "dimension" else 1
        found.sort(key=lambda row, part=part, place=place: row[part][place], reverse=order.get("desc", False))  # type: ignore[misc] # bound here
    return found
