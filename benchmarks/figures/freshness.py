"""From the answer 200 to a row that a SELECT sees.

Every process of a project runs. Events of eleven names and about 45 columns flow in at a steady rate, 2,000
and 20,000 a second, in batches; now and then a sentinel among them, and from the moment its 200 has come a
reader asks the lake for it every 20 ms. Once with nothing else to do, once while dbt builds the company's
models over and over. The limit is one transaction that appends a row to each of as many tables, of as many
columns, and the SELECT that sees it: what the lake itself takes to show a row at that moment. What is above
it is waiting: for the loader's next commit (at most one a second, `load.commit_interval_s`) and for its
work. Lower is better. It is meant to stay below 2 s at 2,000 events a second and below 5 s at 20,000, in 95
of 100.

The events, and the reader, run on the same cores. Where those cannot carry a rate, the highest is measured,
of a few below it, that the gateway takes in and the loader keeps up with; the figure then names that rate
and says what was asked for. What was really taken in stands with each figure.

The small table says what the loader's own delay is made of: a sentinel waits for half of the time between
two commits at the least, and then for one commit.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from benchmarks.events import generated, headers_for
from benchmarks.figure import Detail, Figure, Outcome, Round, percentile
from benchmarks.flow import Flow, Flowing, flowing, sent_now
from benchmarks.http import Poster
from benchmarks.stack import (
    NAMESPACE,
    WRITE_KEY,
    StackFailed,
    benchmark_project,
    build_models,
    fill_with_company,
    project_up,
)
from mainstem.assemble.demo.counting import log_end
from mainstem.assemble.warehouse import open_warehouse
from mainstem.load.bookkeeping import OFFSETS, STREAM, read_offsets
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.effort import Effort
    from mainstem.assemble.project import Project
    from mainstem.warehouse import Warehouse

SENTINEL = "Sentinel"
TABLES = 12
"""`tracks`, ten names, the sentinel's."""
COLUMNS = 45
LOWER_RATES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1)
"""Shares of a rate that are tried, one after the other, until one is carried."""
_TAKEN_IN = 0.95
"""Share of a rate that the gateway must take in to carry it."""
_BEHIND_SECONDS = 5.0
"""A loader with more than so many seconds of events before it does not keep up."""
_LOOK_SECONDS = 0.02
_PAUSE_SECONDS = 1.0
"""The next sentinel is sent at most so long after the last was seen, at random."""
_WITHIN_SECONDS = 60.0
_CAUGHT_UP_SECONDS = 180.0
_BARE = "bare"

_Beside = AbstractContextManager[list[None]]
"""Something that goes on meanwhile; the list grows by one each time it is done."""


def measure(effort: Effort, scratch: Path) -> Outcome:
    project = benchmark_project(scratch / "project")
    figures: list[Figure] = []
    rows: list[tuple[str, ...]] = []
    with project_up(project) as (supervisor, addresses):
        fill_with_company(project, supervisor, addresses)
        with _opened(project, read_only=True) as reader, _opened(project, read_only=False) as writer:
            bench = _Bench(effort, project, addresses.gateway, reader, _Bare(writer, reader))
            for rate in (effort.freshness_rate, effort.freshness_high_rate):
                for when, beside in (("idle", _nothing), ("while dbt builds", lambda: _building(project))):
                    span = bench.span(rate, beside)
                    figures += span.figures(rate, when)
                    rows.append(span.line(when))
    columns = (
        "span",
        "commits",
        "commit to commit, p50",
        "p95",
        "events a commit",
        "seconds behind at the end",
    )
    return Outcome(
        benchmark="freshness",
        figures=tuple(figures),
        details=(Detail("The loader's commits", columns, tuple(rows)),),
    )


@dataclass
class _Span:
    """Some minutes at one rate."""

    flow: int
    """Events a second that were sent."""
    reached: float
    """Events a second that were answered 200."""
    windows: list[tuple[list[float], list[float]]]
    """A round each: sentinels and limits, in seconds."""
    commits: list[float]
    """Seconds from one commit of the loader to the next."""
    behind: float
    """Seconds of events that the log held and the lake did not, at the end."""
    tried: list[str] = field(default_factory=list)
    """Higher rates, and why they were not carried."""
    builds: int = 0

    def figures(self, asked: int, when: str) -> list[Figure]:
        everything = [value for ours, _ in self.windows for value in ours]
        spread = ", ".join(
            f"p{share * 100:.0f} {percentile(everything, share):.2f} s" for share in (0.5, 0.95)
        )
        notes = [f"{spread}, max {max(everything):.2f} s of {len(everything)} sentinels"]
        notes.append(f"{self.reached:,.0f} events/s reached, {asked:,} asked for")
        notes += self.tried
        notes += [f"{self.builds} dbt builds"] if self.builds else []
        rate = f"{self.flow:,}" if self.flow == asked else f"{self.flow:,} (of {asked:,})"
        return [
            Figure(
                benchmark="freshness",
                name=f"200 → visible to a SELECT, {rate} events/s, {when}, {what}",
                unit="s",
                limit=f"one row into {TABLES} tables, p50",
                better="lower",
                rounds=tuple(Round(percentile(o, share), percentile(m, 0.5)) for o, m in self.windows),
                notes=tuple(notes) if what == "p50" else (),
            )
            for what, share in (("p50", 0.5), ("p95", 0.95))
        ]

    def line(self, when: str) -> tuple[str, ...]:
        name = f"{self.flow:,} events/s, {when}"
        if not self.commits:
            return (name, "0", "–", "–", "–", f"{self.behind:.1f}")
        p50, p95 = (f"{percentile(self.commits, share):.2f} s" for share in (0.5, 0.95))
        events = self.reached * statistics.fmean(self.commits)
        return (name, f"{len(self.commits)}", p50, p95, f"{events:,.0f}", f"{self.behind:.1f}")


class _Bench:
    """The running project, and what looks at it."""

    def __init__(
        self, effort: Effort, project: Project, gateway: str, reader: Warehouse, bare: _Bare
    ) -> None:
        self._effort = effort
        self._project = project
        self._gateway = gateway
        self._reader = reader
        self._bare = bare
        self._sentinels = _Sentinels(gateway, reader)
        self._flows = 0
        self._sentinels.wait_for_table()

    def span(self, rate: int, beside: Callable[[], _Beside]) -> _Span:
        """As many rounds as the effort says at `rate`, or at the highest below it that is carried, with
        `beside` going on."""
        tried: list[str] = []
        for share in LOWER_RATES:
            asked = max(1, round(rate * share))
            self._flows += 1
            with beside() as builds, flowing(Flow(self._gateway, WRITE_KEY, asked, self._flows)) as flow:
                why = self._not_carried(flow, asked)
                tried += [why] if why else []
                span = None
                if why is None or share == LOWER_RATES[-1]:
                    span = self._measured(flow, asked, tried)
                    span.builds = len(builds)
            self._catch_up()
            if span is not None:
                return span
        raise AssertionError("the last rate is always measured")

    def _not_carried(self, flow: Flowing, rate: int) -> str | None:
        """Let `rate` flow for a while; why it is not carried, None when it is."""
        began, before, log_before = time.monotonic(), flow.taken_in(), self._log_bytes()
        until = began + self._effort.freshness_probe_s
        while time.monotonic() < until:
            self._sentinels.seen_after()
        seconds = time.monotonic() - began
        reached = (flow.taken_in() - before) / seconds
        if reached < _TAKEN_IN * rate:
            return f"of {rate:,} events/s {reached:,.0f} were taken in"
        behind = self._behind() / ((self._log_bytes() - log_before) / seconds)
        if behind > _BEHIND_SECONDS:
            return f"at {rate:,} events/s the loader fell {behind:.0f} s behind"
        return None

    def _measured(self, flow: Flowing, rate: int, tried: list[str]) -> _Span:
        began, before, log_before = time.monotonic(), flow.taken_in(), self._log_bytes()
        first_commit = self._now()
        windows = [self._round() for _ in range(self._effort.rounds)]
        seconds = time.monotonic() - began
        reached = (flow.taken_in() - before) / seconds
        behind = self._behind() / ((self._log_bytes() - log_before) / seconds)
        return _Span(rate, reached, windows, self._commits_since(first_commit), behind, tried)

    def _round(self) -> tuple[list[float], list[float]]:
        """The limit is taken beside every fourth sentinel."""
        until = time.perf_counter() + self._effort.freshness_s / self._effort.rounds
        ours, limit = [self._sentinels.seen_after()], [self._bare.seen_after()]
        while time.perf_counter() < until:
            ours.append(self._sentinels.seen_after())
            if len(ours) % 4 == 0:
                limit.append(self._bare.seen_after())
        return ours, limit

    def _log_bytes(self) -> int:
        return sum(log_end(self._project.data_dir).values())

    def _behind(self) -> int:
        """Bytes of events that the log holds and the lake does not."""
        end = log_end(self._project.data_dir)
        loaded = read_offsets(self._reader, STREAM)
        return sum(max(0, at - loaded.get(partition, 0)) for partition, at in end.items())

    def _catch_up(self) -> None:
        """Wait until the loader has loaded everything, so that no span pays for another."""
        until = time.monotonic() + _CAUGHT_UP_SECONDS
        while self._behind():
            if time.monotonic() > until:
                raise StackFailed(f"the loader was still behind after {_CAUGHT_UP_SECONDS:g} s")
            time.sleep(_LOOK_SECONDS)

    def _now(self) -> object:
        return self._reader.query("SELECT now() AS now")["now"].to_pylist()[0]

    def _commits_since(self, moment: object) -> list[float]:
        name = self._reader.capabilities.qualified(OFFSETS.namespace, OFFSETS.table)
        sql = f"SELECT DISTINCT epoch_ms(committed_at) FROM {name} WHERE committed_at >= ? ORDER BY 1"  # noqa: S608 # a quoted name
        found = self._reader.query(sql, (moment,)).column(0).to_pylist()
        return [(later - earlier) / 1000 for earlier, later in pairwise(found)]


class _Sentinels:
    """Events that are watched from the gateway's answer to the table."""

    def __init__(self, gateway: str, reader: Warehouse) -> None:
        self._gateway = gateway
        self._reader = reader
        self._chance = random.Random(1)  # noqa: S311 # when to send, nothing else
        self._number = 0

    def wait_for_table(self) -> None:
        """Send the first one and wait until the loader has made its table."""
        self._send()
        until = time.monotonic() + _WITHIN_SECONDS
        while SENTINEL.lower() not in self._reader.columns(NAMESPACE):
            if time.monotonic() > until:
                raise StackFailed(f"the loader made no table of {SENTINEL} within {_WITHIN_SECONDS:g} s")
            time.sleep(_LOOK_SECONDS)

    def seen_after(self) -> float:
        """Seconds from a sentinel's 200 until a SELECT found it."""
        time.sleep(self._chance.uniform(0, _PAUSE_SECONDS))
        answered, message_id = self._send()
        table = self._reader.capabilities.qualified(NAMESPACE, SENTINEL.lower())
        return _until_found(self._reader, f"SELECT 1 FROM {table} WHERE id = ?", message_id, answered)  # noqa: S608 # a quoted name

    def _send(self) -> tuple[float, str]:
        self._number += 1
        event = sent_now(next(generated(self._number, 1, (SENTINEL,))))
        event["messageId"] = f"sentinel-{self._number:08d}"
        with closing(Poster(self._gateway, headers_for(WRITE_KEY))) as poster:
            return poster.post("/v1/track", msgspec.json.encode(event)), event["messageId"]


class _Bare:
    """The lake without us: tables of the same width, a row into each, in one transaction."""

    def __init__(self, writer: Warehouse, reader: Warehouse) -> None:
        self._writer = writer
        self._reader = reader
        self._number = 0
        self._names = [TableName(_BARE, f"t{number}") for number in range(TABLES)]
        columns = {"id": ColumnType.STRING} | {f"c{n}": ColumnType.STRING for n in range(1, COLUMNS)}
        with writer.transaction("tables to compare with", ddl=True) as transaction:
            for name in self._names:
                transaction.create_table(name, columns)

    def seen_after(self) -> float:
        """Seconds from the beginning of the transaction until a SELECT found its row."""
        self._number += 1
        key = f"bare-{self._number:08d}"
        row = pa.table({"id": [key]} | {f"c{n}": [f"value {n}"] for n in range(1, COLUMNS)})
        began = time.perf_counter()
        with self._writer.transaction("a row to compare with") as transaction:
            for name in self._names:
                transaction.append(name, row)
        table = self._reader.capabilities.qualified(_BARE, self._names[-1].table)
        return _until_found(self._reader, f"SELECT 1 FROM {table} WHERE id = ?", key, began)  # noqa: S608 # a quoted name


def _until_found(reader: Warehouse, sql: str, key: str, began: float) -> float:
    while True:
        found = reader.query(sql, (key,)).num_rows
        elapsed = time.perf_counter() - began
        if found:
            return elapsed
        if elapsed > _WITHIN_SECONDS:
            raise StackFailed(f"{key} was not seen within {_WITHIN_SECONDS:g} s")
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _nothing() -> Iterator[list[None]]:
    yield []


@contextmanager
def _building(project: Project) -> Iterator[list[None]]:
    """dbt, again and again. What it raises, the block raises at its end."""
    done: list[None] = []
    ended = threading.Event()
    raised: list[BaseException] = []

    def repeat() -> None:
        try:
            while not ended.is_set():
                build_models(project)
                done.append(None)
        except BaseException as e:  # noqa: BLE001 # handed to the block below
            raised.append(e)

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield done
    finally:
        ended.set()
        thread.join()
    if raised:
        raise raised[0]


@contextmanager
def _opened(project: Project, *, read_only: bool) -> Iterator[Warehouse]:
    warehouse = open_warehouse(project, read_only=read_only)
    try:
        yield warehouse
    finally:
        warehouse.close()
