"""What was seen for the first time, as lines for people and as facts for tables. Pure.

Names that look like data stand as `<irregular>` in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.tracking.catalogue import CONTEXT, EventKey, News
from mainstem.tracking.paths import join_path, regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_LINES = 20
_MOST_NAMES = 10

_EVENTS = {"event": "Event First Seen", "property": "Property First Seen", "type": "Property Type First Seen"}


class Fact(msgspec.Struct, frozen=True):
    """A `track` event of the gateway, to be sent once for all gateways together."""

    event: str
    properties: dict[str, str | bool]
    once: str


def fact_of(news: News) -> Fact:
    properties: dict[str, str | bool] = {
        "source_id": news.source_id,
        "event_type": news.event[0],
        "event_name": regular(news.event[1]) if news.event[1] else "",
        "is_planned": news.is_planned,
    }
    told = [news.kind, news.source_id, news.event[0], str(properties["event_name"])]
    if news.path:
        properties["property"] = _name(news)
        properties["json_type"] = news.type
        told += [_name(news)] + ([news.type] if news.kind == "type" else [])
    return Fact(_EVENTS[news.kind], properties, "\n".join(told))


def warnings_of(news: Iterable[News]) -> Iterator[str]:
    """A line for each event that shows something new that is not in its plan, at most MOST_LINES."""
    by_event: dict[tuple[str, EventKey], list[News]] = {}
    for one in news:
        if not one.is_planned:
            by_event.setdefault((one.source_id, one.event), []).append(one)
    for number, ((source_id, event), found) in enumerate(by_event.items()):
        if number == MOST_LINES:
            yield f"new things were seen in {len(by_event) - MOST_LINES} more events"
            return
        yield f"source {source_id}: {'; '.join(_parts(event, found))}"


def _parts(event: EventKey, found: list[News]) -> Iterator[str]:
    label = (
        "the context" if event == CONTEXT else f"{event[0]} {regular(event[1]) if event[1] else ''}".strip()
    )
    names = list(dict.fromkeys(_name(one) for one in found if one.kind == "property"))
    if any(one.kind == "event" for one in found):
        yield f"new event {label}" + (f" with {_listed(names)}" if names else "")
    elif names:
        yield f"new in {label}: {_listed(names)}"
    for one in found:
        if one.kind == "type":
            yield f"{_name(one)} of {label} is {one.type} for the first time"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _name(news: News) -> str:
    return join_path(map(regular, news.path))
