"""From the answer 200 to a row that a SELECT sees.

Every process of a project runs. Events of eleven names and about 45 columns flow in at a steady rate; now
and then a sentinel among them, and from the moment its 200 has come a reader asks the lake for it every 20
ms. Once with nothing else to do, once while dbt builds the company's models over and over. The limit is one
transaction that appends a row to each of as many tables, of as many columns, with nothing before it, and
the SELECT that sees it: what the lake itself takes to show a row. What is above it is waiting: for the
loader's next commit (at most one a second, `load.commit_interval_s`) and for its work. Lower is better.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from benchmarks.events import NAMES, generated, headers_for
from benchmarks.figure import Figure, Outcome, Round, percentile
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
from mainstem.assemble.warehouse import open_warehouse
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
_SENDS_A_SECOND = 10
_LOOK_SECONDS = 0.02
_PAUSE_SECONDS = 1.0
"""The next sentinel is sent at most so long after the last was seen, at random."""
_WITHIN_SECONDS = 60.0
_BARE = "bare"


def measure(effort: Effort, scratch: Path) -> Outcome:
    project = benchmark_project(scratch / "project")
    figures: list[Figure] = []
    with project_up(project) as (supervisor, addresses):
        fill_with_company(project, supervisor, addresses)
        with _opened(project, read_only=True) as reader, _opened(project, read_only=False) as writer:
            sentinels = _Sentinels(addresses.gateway, reader)
            bare = _Bare(writer, reader)
            with _flowing(addresses.gateway, effort.freshness_rate):
                sentinels.wait_for_table()
                figures += _span(effort, "idle", sentinels, bare)
                with _repeated(lambda: build_models(project)) as builds:
                    figures += _span(effort, "while dbt builds", sentinels, bare)
                figures[-1] = msgspec.structs.replace(
                    figures[-1], notes=(*figures[-1].notes, f"{len(builds)} dbt builds")
                )
            sentinels.close()
    return Outcome(benchmark="freshness", figures=tuple(figures))


def _span(effort: Effort, when: str, sentinels: _Sentinels, bare: _Bare) -> list[Figure]:
    """As many rounds as the effort says, which share the span; the limit is taken in each."""
    windows: list[tuple[list[float], list[float]]] = []
    for _ in range(effort.rounds):
        until = time.perf_counter() + effort.freshness_s / effort.rounds
        ours, limit = [sentinels.seen_after()], [bare.seen_after()]
        while time.perf_counter() < until:
            ours.append(sentinels.seen_after())
            if len(ours) % 4 == 0:
                limit.append(bare.seen_after())
        windows.append((ours, limit))
    everything = [value for ours, _ in windows for value in ours]
    spread = ", ".join(f"p{share * 100:.0f} {percentile(everything, share):.2f} s" for share in (0.5, 0.95))
    return [
        Figure(
            benchmark="freshness",
            name=f"200 → visible to a SELECT, {when}, {what}",
            unit="s",
            limit=f"one row into {TABLES} tables, p50",
            better="lower",
            rounds=tuple(Round(percentile(o, share), percentile(m, 0.5)) for o, m in windows),
            notes=(f"{spread}, max {max(everything):.2f} s of {len(everything)} sentinels",)
            if what == "p50"
            else (f"{effort.freshness_rate} events/s flow",),
        )
        for what, share in (("p50", 0.5), ("p95", 0.95))
    ]


class _Sentinels:
    """Events that are watched from the gateway's answer to the table."""

    def __init__(self, gateway: str, reader: Warehouse) -> None:
        self._poster = Poster(gateway, headers_for(WRITE_KEY))
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

    def close(self) -> None:
        self._poster.close()

    def _send(self) -> tuple[float, str]:
        self._number += 1
        event = next(generated(self._number, 1, (SENTINEL,)))
        event["messageId"] = f"sentinel-{self._number:08d}"
        return self._poster.post("/v1/track", msgspec.json.encode(event)), event["messageId"]


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
def _flowing(gateway: str, rate: int) -> Iterator[None]:
    """`rate` events a second, in batches, from a thread of their own."""

    def send(ended: threading.Event) -> None:
        poster = Poster(gateway, headers_for(WRITE_KEY))
        number = 1_000_000  # past the seeds of sentinels, so that no message id comes twice
        due = time.monotonic()
        while not ended.wait(max(0.0, due - time.monotonic())):
            number += 1
            batch = list(generated(number, max(1, rate // _SENDS_A_SECOND), NAMES))
            poster.post("/v1/batch", msgspec.json.encode({"batch": batch}))
            due += 1 / _SENDS_A_SECOND
        poster.close()

    with _thread(send):
        yield


@contextmanager
def _repeated(work: Callable[[], object]) -> Iterator[list[None]]:
    """Do `work` again and again meanwhile; the list grows by one each time it is done."""
    done: list[None] = []

    def repeat(ended: threading.Event) -> None:
        while not ended.is_set():
            work()
            done.append(None)

    with _thread(repeat):
        yield done


@contextmanager
def _thread(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run `work` beside the block. What it raises, the block raises at its end."""
    ended = threading.Event()
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work(ended)
        except BaseException as e:  # noqa: BLE001 # handed to the block below
            raised.append(e)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    try:
        yield
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
