from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import Sending
from mainstem.tracking import Plan, PlannedEvent, PropertyRule, SourceCatalogue, TrackingStep
from mainstem.tracking.catalogue_files import (
    catalogue_folder,
    encode_catalogues,
    event_lines,
    read_catalogue,
    read_partitions,
    write_catalogue,
)
from mainstem.tracking.telling import MOST_LINES, fact_of, warnings_of

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LATER = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"


def watched(
    *events: dict[str, Any], at: str = FIRST, source: str = "web", plan: Plan | None = None
) -> TrackingStep:
    step = TrackingStep(source, plan)
    for event in events:
        step(event, Sending("", at, {}))
    return step


def track(name: str, **properties: object) -> dict[str, Any]:
    return {"type": "track", "event": name, "properties": properties}


def told(step: TrackingStep) -> list[str]:
    return list(warnings_of(step.catalogue.take_news()))


def test_a_new_event_a_new_property_and_a_new_type_are_news_once() -> None:
    step = watched(track("A", a=1))
    assert told(step) == ["source web: new event track A with properties.a"]
    for event in (track("A", a=2), track("A", a="x", b={"c": None})):
        step(event, Sending("", LATER, {}))
    assert told(step) == [
        "source web: new in track A: properties.b, properties.b.c; "
        "properties.a of track A is string for the first time"
    ]
    step(track("A", a="y"), Sending("", LATER, {}))
    assert told(step) == []


def test_what_is_planned_is_a_fact_and_no_warning() -> None:
    plan = Plan("p", events=(PlannedEvent("A", properties={"a": PropertyRule()}),))
    news = watched(track("A", a=1), plan=plan).catalogue.take_news()
    assert list(warnings_of(news)) == []
    facts = [fact_of(one) for one in news]
    assert [(fact.event, fact.properties["is_planned"]) for fact in facts] == [
        ("Event First Seen", True),
        ("Property First Seen", True),
    ]
    assert facts[1].properties == {
        "source_id": "web",
        "event_type": "track",
        "event_name": "A",
        "is_planned": True,
        "property": "properties.a",
        "json_type": "integer",
    }


def test_a_flood_of_new_names_is_a_few_lines_and_a_bounded_memory() -> None:
    step = watched(*(track(f"Event {n}") for n in range(100)))
    lines = told(step)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == f"new things were seen in {100 - MOST_LINES} more events"


def test_facts_and_lines_do_not_repeat_names_that_look_like_data() -> None:
    news = watched(track("ann@example.com", **{"4111111111111111": 1})).catalogue.take_news()
    assert list(warnings_of(news)) == ["source web: new event track <irregular> with properties.<irregular>"]
    told = str([fact_of(one) for one in news])
    assert "example" not in told
    assert "4111" not in told


def test_what_was_written_is_read_again_with_counts_and_times(tmp_path: Path) -> None:
    step = watched(track("A", a=1), {"type": "page", "context": {"ip": "x"}})
    step(track("A", a="x"), Sending("", LATER, {}))
    write_catalogue(tmp_path, "gateway-0", encode_catalogues([step.fold()]))
    found = read_catalogue(tmp_path)["web"]
    assert event_lines(found) == event_lines(step.fold())
    seen = found.events["track", "A"].properties["properties", "a"]
    assert (seen.types, seen.first_seen, seen.last_seen, seen.count) == (
        {"integer", "string"},
        FIRST,
        LATER,
        2,
    )


def test_names_that_look_like_data_are_not_written(tmp_path: Path) -> None:
    step = watched(track("bob@example.com"), track("A", **{"ann@example.com": 1, "fine": {"x@y": 1}}))
    content = encode_catalogues([step.fold()])
    assert b"@" not in content
    assert b"fine" in content


def test_the_catalogues_of_several_gateways_are_one_to_a_reader(tmp_path: Path) -> None:
    for number in range(2):
        step = watched(track("A", a=1), track(f"Only {number}"), at=(FIRST, LATER)[number])
        write_catalogue(tmp_path, f"gateway-{number}", encode_catalogues([step.fold()]))
    found = read_catalogue(tmp_path)["web"]
    assert {key: seen.count for key, seen in found.events.items()} == {
        ("track", "A"): 2,
        ("track", "Only 0"): 1,
        ("track", "Only 1"): 1,
        ("context", None): 0,
    }
    seen = found.events["track", "A"]
    assert (seen.first_seen, seen.last_seen) == (FIRST, LATER)


def test_a_file_that_does_not_read_is_told_and_costs_only_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_catalogue(tmp_path, "a", encode_catalogues([watched(track("A")).fold()]))
    (catalogue_folder(tmp_path) / "b.json").write_bytes(b'{"format":1')
    (catalogue_folder(tmp_path) / "c.json").write_bytes(b'{"format":9,"sources":{}}')
    with caplog.at_level(logging.WARNING):
        assert list(read_partitions(tmp_path)) == ["a"]
    assert [record.getMessage().split(" is left out")[0].rsplit("/", 1)[1] for record in caplog.records] == [
        "b.json",
        "c.json",
    ]


def test_a_write_that_fails_leaves_the_catalogue_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = encode_catalogues([watched(track("A")).fold()])
    write_catalogue(tmp_path, "a", before)

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_catalogue(tmp_path, "a", b"{}")
    assert (catalogue_folder(tmp_path) / "a.json").read_bytes() == before


def test_what_is_absorbed_is_no_news_and_keeps_its_place_in_the_budget() -> None:
    step = watched(track("A", a=1, b=1))
    known = watched(track("A", a=1), track("Old")).fold()
    step.catalogue.absorb(known)
    assert told(step) == ["source web: new in track A: properties.b"]
    assert ("track", "Old") in step.catalogue.events
    assert step.fold().events["track", "A"].count == 2


def test_names_alone_are_absorbed_without_their_counts() -> None:
    catalogue = SourceCatalogue("web")
    catalogue.absorb(watched(track("A", a=1)).fold(), counted=False)
    seen = catalogue.events["track", "A"]
    assert (seen.count, seen.properties["properties", "a"].count) == (0, 0)
