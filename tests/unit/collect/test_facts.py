from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from mainstem.collect import Parts, SourceTable, compile_plainly
from mainstem.collect.facts import GATEWAY_SOURCE, CountedFacts, Facts, telling
from mainstem.collect.intake import Intake
from mainstem.collect.sources import MOST_REASONS, OTHER_REASONS, SourceCounts
from mainstem.errors import LogUnavailable
from mainstem.events import Source, decode_received, enriched
from mainstem.load import Loader, LoadSettings
from mainstem.testing.gateway import RecordingLog
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse

WEB = Source("web", "Website", ("WK",))


class Clock:
    def __init__(self) -> None:
        self.now = 1_767_323_045.678

    def __call__(self) -> float:
        return self.now


def make(most: int = 10) -> tuple[Facts, Clock]:
    clock = Clock()
    return Facts("gateway-0", clock, most), clock


def told(records: list[bytes]) -> list[tuple[str, dict[str, Any]]]:
    events = [enriched(decode_received(record)) for record in records]
    return [(event["event"], event["properties"]) for event in events]


def test_a_fact_is_a_track_event_of_the_gateways_own_source() -> None:
    facts, _ = make()
    facts.report("Events Dropped", {"source_id": "web", "count": 3})
    (record,) = facts.take()
    received = decode_received(record)
    event = enriched(received)
    assert received.source_id == GATEWAY_SOURCE
    assert (event["type"], event["event"], event["anonymousId"]) == ("track", "Events Dropped", "gateway-0")
    assert event["timestamp"] == received.received_at == "2026-01-02T03:04:05.678Z"
    assert event["properties"] == {"source_id": "web", "count": 3}


def test_what_is_told_once_has_one_message_id_whoever_tells_it() -> None:
    ids = []
    for once in ("a", "a", "b", None, None):
        facts, _ = make()
        facts.report("Event First Seen", {}, once=once)
        ids += [enriched(decode_received(record))["messageId"] for record in facts.take()]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


def test_facts_past_the_limit_of_a_minute_are_counted_and_told_of_later() -> None:
    facts, clock = make(most=2)
    for number in range(5):
        facts.report("X", {"n": number})
    assert [properties["n"] for _, properties in told(facts.take())] == [0, 1]
    clock.now += 60
    facts.report("X", {"n": 9})
    assert told(facts.take()) == [("X", {"n": 9, "suppressed_facts": 3})]
    assert facts.suppressed == 0


def test_facts_that_nobody_takes_stay_bounded() -> None:
    facts, clock = make(most=2)
    for _ in range(50):
        clock.now += 60
        facts.report("X", {})
    assert len(facts.take()) == 4


def test_counts_are_told_by_reason_and_only_what_was_added() -> None:
    facts, _ = make()
    table = SourceTable([WEB])
    counts = table.compiled[0].counts
    counts.hold("before the gateway told facts")
    counted = CountedFacts(facts, table)
    for _ in range(3):
        counts.hold("not in the plan")
    counts.dropped["sampled"] = 2
    counted.look(table)
    counted.look(table)
    assert told(facts.take()) == [
        ("Events Quarantined", {"source_id": "web", "reason": "not in the plan", "count": 3}),
        ("Events Dropped", {"source_id": "web", "reason": "sampled", "count": 2}),
    ]


def test_sources_that_were_read_anew_are_told_once() -> None:
    facts, _ = make()
    first, second = SourceTable([WEB]), SourceTable([WEB, Source("b", "B", ("B",))])
    counted = CountedFacts(facts, first)
    for table in (first, second, second):
        counted.look_at_table(table)
    assert told(facts.take()) == [("Sources Reloaded", {"sources": 2})]


def test_a_source_tells_a_bounded_number_of_reasons_apart() -> None:
    counts = SourceCounts()
    for number in range(MOST_REASONS + 50):
        counts.hold(f"reason {number}")
    assert counts.quarantined == MOST_REASONS + 50
    assert len(counts.held) == MOST_REASONS + 1
    assert counts.held[OTHER_REASONS] == 50


def run(facts: Facts, log: RecordingLog, during: Any) -> None:
    """Run `during(log, table)` beside a gateway's parts."""

    async def main() -> None:
        intake = Intake(log, RecordingLog(), 10**9)
        table = SourceTable([WEB], compile_plainly)
        parts = cast(Parts, SimpleNamespace(intake=intake, handler=SimpleNamespace(sources=table)))
        async with telling(facts, tick=0.001, count_every=0.0)(parts):
            await during(log, table)
        await intake.drained()

    asyncio.run(main())


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


def test_facts_go_into_the_log_while_the_gateway_serves_and_the_last_when_it_ends() -> None:
    facts, _ = make()
    log = RecordingLog()

    async def during(log: RecordingLog, table: SourceTable) -> None:
        facts.report("First", {})
        await until(lambda: log.records)
        table.compiled[0].counts.hold("why")
        facts.report("Last", {})

    run(facts, log, during)
    names = [name for name, _ in told(log.records)]
    assert names[0] == "First"
    assert sorted(names[1:]) == ["Events Quarantined", "Last"]


def test_facts_that_the_log_refuses_are_sent_again_in_order() -> None:
    facts, _ = make()
    log = RecordingLog()
    log.refusal = LogUnavailable("disk full")

    async def during(log: RecordingLog, table: SourceTable) -> None:
        facts.report("A", {})
        await asyncio.sleep(0.01)
        facts.report("B", {})
        await asyncio.sleep(0.01)
        log.refusal = None
        await until(lambda: len(log.records) == 2)

    run(facts, log, during)
    assert [name for name, _ in told(log.records)] == ["A", "B"]


def test_facts_become_tables_of_the_gateways_namespace() -> None:
    facts, _ = make()
    facts.report("Events Quarantined", {"source_id": "web", "reason": "why", "count": 2})
    facts.report("Property First Seen", {"source_id": "web", "event_name": "A", "is_planned": False}, "x")
    facts.report("Property First Seen", {"source_id": "web", "event_name": "A", "is_planned": False}, "x")
    log = EventLog()
    for record in facts.take():
        log.append(record)
    warehouse = MemoryWarehouse()
    Loader(log, warehouse, [WEB], LoadSettings()).run_once()
    quarantined = warehouse.capabilities.qualified("mainstem_gateway", "events_quarantined")
    rows = warehouse.query(f"SELECT source_id, reason, count, anonymous_id FROM {quarantined}").to_pylist()
    assert rows == [{"source_id": "web", "reason": "why", "count": 2, "anonymous_id": "gateway-0"}]
    seen = warehouse.capabilities.qualified("mainstem_gateway", "property_first_seen")
    assert warehouse.query(f"SELECT is_planned FROM {seen}").to_pylist() == [{"is_planned": False}]
