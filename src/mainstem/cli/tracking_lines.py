"""What `mainstem tracking` tells of plans, reviews and catalogues, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.events import Source
    from mainstem.tracking import Plan, SourceCatalogue
    from mainstem.tracking.review import Review

_SHOWN = 20


def review_lines(source: Source, plan: Plan | None, review: Review) -> Iterator[str]:
    name = plan.id if plan else "no plan"
    yield f"source {source.id} under {name}: {counted(review.judged, 'event')}, {review.valid} valid"
    for count, what in (
        (review.held, "would wait in quarantine"),
        (review.dropped, "would be dropped as not planned"),
        (review.sampled, "would be left out by a sample_rate"),
    ):
        if count:
            yield f"  {count} {what}"
    for label, count in sorted(review.deprecated.items()):
        yield f"  {count} × {label}: deprecated, and still sent"
    found = sorted(review.findings.items(), key=lambda item: (-item[1], item[0]))
    for finding, count in found[:_SHOWN]:
        yield f"  {count} × {finding.event}: {finding.message} ({finding.type})"
    if len(found) > _SHOWN:
        yield f"  and {len(found) - _SHOWN} kinds of violation more"


def seen_lines(catalogue: SourceCatalogue) -> Iterator[str]:
    from mainstem.tracking.catalogue import CONTEXT, events_of
    from mainstem.tracking.paths import join_path

    yield f"source {catalogue.source_id}"
    for event in events_of(catalogue):
        kind, name = event.key
        mark = " " if event.is_planned else "+"
        if event.key == CONTEXT:
            yield "    context"
        else:
            label = f"{kind} {name}" if name else kind
            yield f"  {mark} {label}  {event.count} since {event.first_seen}, last {event.last_seen}"
        for path, one in sorted(event.properties.items()):
            mark = " " if one.is_planned else "+"
            yield f"      {mark} {join_path(path)}  {' or '.join(sorted(one.types))}  {one.count}"


def counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
