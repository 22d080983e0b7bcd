"""What stands behind a table, judged: the models and sources it is made from, their tests, their freshness.

Pure: lineage, what came of runs and the newest rows come in. Nothing that is not known counts as good: it is
told as unknown, with what is missing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from mainstem.artifacts.lineage import Lineage, LineageNode, LineageTest
from mainstem.artifacts.outcomes import Outcome, Outcomes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class State(StrEnum):
    """The worst first."""

    FAILING = "failing"
    LATE = "late"
    WARNING = "warning"
    UNKNOWN = "unknown"
    OK = "ok"


_WORST = tuple(State)


def worst(states: Iterable[State]) -> State:
    return min(states, key=_WORST.index, default=State.OK)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the models that readers are shown."""

    lineage: Lineage
    outcomes: Outcomes
    """Of the build that is shown."""
    newest: Outcomes = msgspec.field(default_factory=Outcomes)
    """Of the newest build, shown or not; empty where that is the one that is shown."""
    build: int | None = None
    newest_build: int | None = None
    published_at: datetime | None = None
    run: str = ""
    """The run of a DAG that built what is shown; empty for none."""


class TestTruth(msgspec.Struct, frozen=True, kw_only=True):
    __test__ = False  # pytest takes what is named Test for one of its own

    test: LineageTest
    shown: Outcome | None
    """What it said of what is shown; None where it was not kept."""
    newest: Outcome | None
    """What it said since, where a later build asked it again."""
    counts: bool
    """False of a test of a column that is not read."""

    @property
    def state(self) -> State:
        last = self.newest or self.shown
        if last is None:
            return State.UNKNOWN
        if last.failed or (self.shown is not None and self.shown.failed):
            return State.FAILING
        return State.WARNING if last.warned else State.OK


class NodeTruth(msgspec.Struct, frozen=True, kw_only=True):
    node: LineageNode
    distance: int
    """From what was asked for, 0 of a table that it reads itself."""
    outcome: Outcome | None
    tests: tuple[TestTruth, ...]
    newest_row: datetime | None = None
    """Of a source: when its newest row was loaded."""
    freshness: State = State.OK
    freshness_note: str = ""

    @property
    def state(self) -> State:
        built = (
            (State.FAILING,)
            if self.outcome is not None and self.outcome.failed and self.distance >= 0
            else ()
        )
        return worst((*(one.state for one in self.tests if one.counts), self.freshness, *built))

    @property
    def bad_tests(self) -> tuple[TestTruth, ...]:
        return tuple(t for t in self.tests if t.counts and t.state in (State.FAILING, State.WARNING))


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    state: State
    reasons: tuple[str, ...]
    """A sentence for each thing that is not as it should be, the worst first."""
    nodes: tuple[NodeTruth, ...] = ()
    """What it is made from, nearest first, sources last."""
    unknown: tuple[str, ...] = ()
    """Tables that no model and no source of dbt's is."""

    @property
    def models(self) -> tuple[NodeTruth, ...]:
        return tuple(one for one in self.nodes if one.node.kind != "source")

    @property
    def sources(self) -> tuple[NodeTruth, ...]:
        return tuple(one for one in self.nodes if one.node.kind == "source")

    @property
    def word(self) -> str:
        return {State.OK: "ok", State.WARNING: "a warning"}.get(self.state, self.state.value)


def truth_of(
    known: Known | None,
    relations: Collection[str],
    newest_rows: Mapping[str, datetime | None],
    now: datetime,
    columns: Mapping[str, Collection[str]] | None = None,
    elsewhere: str = "",
) -> Truth:
    """Of what reads `relations` (`schema.table`). `newest_rows`: source → when its newest row was loaded,
    None where it has none; one that could not be read is not in it.

    `columns` are those that are read of each relation: a test of another column of it does not count; None:
    all count. `elsewhere` says why nothing can be known of these tables, for another connection.
    """
    if elsewhere or known is None:
        why = elsewhere or "what made this is not kept: no build has been published since copies are kept"
        return Truth(state=State.UNKNOWN, reasons=(why,), unknown=tuple(sorted(relations)))
    found = {relation: known.lineage.of_relation(relation) for relation in relations}
    missing = tuple(sorted(relation for relation, node in found.items() if node is None))
    read = {node.uid: relation for relation, node in found.items() if node is not None}
    used = {uid: (columns or {}).get(relation) for uid, relation in read.items()}
    return _judged(known, read, used, missing, newest_rows, now)


def truth_of_node(known: Known, uid: str, newest_rows: Mapping[str, datetime | None], now: datetime) -> Truth:
    """Of one model or source, with all that it is made from."""
    return _judged(known, (uid,), {}, (), newest_rows, now)


def _judged(
    known: Known,
    starts: Iterable[str],
    used: Mapping[str, Collection[str] | None],
    missing: tuple[str, ...],
    newest_rows: Mapping[str, datetime | None],
    now: datetime,
) -> Truth:
    nodes = [
        _node(known, uid, distance, newest_rows, now, used.get(uid))
        for uid, distance in known.lineage.upstream(starts).items()
    ]
    nodes.sort(key=lambda one: (one.node.kind == "source", one.distance, one.node.name))
    states = [one.state for one in nodes]
    if missing or not nodes:
        states.append(State.UNKNOWN)
    reasons = [reason for one in nodes for reason in _reasons(one)]
    reasons += [(State.UNKNOWN, f"{table} is no model and no source of dbt's") for table in missing]
    reasons.sort(key=lambda one: _WORST.index(one[0]))
    return Truth(
        state=worst(states),
        reasons=tuple(text for _, text in reasons),
        nodes=tuple(nodes),
        unknown=missing,
    )


def _node(
    known: Known,
    uid: str,
    distance: int,
    newest_rows: Mapping[str, datetime | None],
    now: datetime,
    columns: Collection[str] | None,
) -> NodeTruth:
    node = known.lineage.nodes[uid]
    used = None if columns is None else {column.lower() for column in columns}
    tests = tuple(
        TestTruth(
            test=test,
            shown=known.outcomes.nodes.get(test.uid),
            newest=known.newest.nodes.get(test.uid),
            # A key that repeats is counted twice by whoever reads any column of its table.
            counts=used is None
            or test.column is None
            or test.kind == "unique"
            or test.column.lower() in used,
        )
        for test in known.lineage.tests_of(uid)
    )
    state, note = _freshness(node, newest_rows, now) if node.kind == "source" else (State.OK, "")
    return NodeTruth(
        node=node,
        distance=distance,
        outcome=known.newest.nodes.get(uid) or known.outcomes.nodes.get(uid),
        tests=tuple(sorted(tests, key=lambda one: (_WORST.index(one.state), not one.counts, one.test.name))),
        newest_row=newest_rows.get(uid),
        freshness=state,
        freshness_note=note,
    )


def _freshness(
    node: LineageNode, newest_rows: Mapping[str, datetime | None], now: datetime
) -> tuple[State, str]:
    expected = node.error_after_hours or node.warn_after_hours
    if not node.loaded_at:
        return State.OK, "when it was loaded is not told: it names no loaded_at_field"
    if node.uid not in newest_rows:
        return (State.UNKNOWN if expected else State.OK), "its newest row could not be read"
    newest = newest_rows[node.uid]
    if newest is None:
        return State.OK, "no row so far"
    age = now - newest
    said = f"newest row {span(age)} ago"
    for hours in (node.error_after_hours, node.warn_after_hours):
        if hours is not None and age > timedelta(hours=hours):
            return State.LATE, f"{said}; expected within {span(timedelta(hours=hours))}"
    limit = node.warn_after_hours or node.error_after_hours
    return State.OK, f"{said}, expected within {span(timedelta(hours=limit))}" if limit else said


def span(length: timedelta) -> str:
    """`3 days`, `12 hours`, `40 minutes`."""
    minutes = max(0, int(length.total_seconds() // 60))
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= size * (2 if unit == "day" else 1) or size == 1:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("a minute is the smallest unit")


def _reasons(one: NodeTruth) -> list[tuple[State, str]]:
    found = []
    if one.outcome is not None and one.outcome.failed:
        found.append((State.FAILING, f"{one.node.name} could not be built: {one.outcome.message}"))
    for test in one.bad_tests:
        last = test.newest or test.shown
        rows = f", {last.failures} rows" if last is not None and last.failures else ""
        since = " in a later build, which is not shown" if test.newest is not None else ""
        verb = "fails" if test.state is State.FAILING else "warns"
        found.append((test.state, f"test {test.test.name} of {one.node.name} {verb}{rows}{since}"))
    if one.freshness in (State.LATE, State.UNKNOWN):
        found.append((one.freshness, f"{one.node.name}: {one.freshness_note}"))
    unknown = sum(test.state is State.UNKNOWN and test.counts for test in one.tests)
    if unknown:
        tests = "1 test" if unknown == 1 else f"{unknown} tests"
        found.append((State.UNKNOWN, f"{tests} of {one.node.name} did not run in a build that is kept"))
    return found
