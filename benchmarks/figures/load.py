"""Rows a second that one core loads from the log into the lake.

Generated events: 10 names, about 45 columns, in 1% a value that its column cannot take, now and then a new
property. Discards and evolution are on, offsets and message ids are kept, everything commits to DuckLake.
An event makes two rows, as RudderStack's schema has it: one in `tracks`, one in the table of its name. Ours
is rows ÷ CPU seconds of the loader and of Postgres. The limit is pyarrow, which takes the very rows that
were loaded, as Arrow tables, and writes them as Parquet files: the last thing every loader has to do.
Higher is better.

The log is in the kernel's cache when it is read, as it is for a loader that follows its gateway. From the
disk it takes 1.5 to 2 µs of CPU an event more: 0.15 to 0.16 of the limit where it is else 0.17 to 0.18.

What keeps it below a fifth of the limit: 0.20 would be 14 to 15 µs of CPU an event of 1.3 KB and two rows.
It takes 18 to 19 on a quiet machine; from the disk it took 20 to 26, by what else the machine did: an
event's bytes are copied several times on the way, so where other processes fill the bandwidth of the memory
the figure is lower. Of 26, from the disk and on a busy machine:

- 7.4: records joined into lines, cut at their quotes by Arrow's reader of CSV (3.8), joined again from what
  was cut out (1.8) and compared
- 6.0: columns of several pieces made one, files handed to DuckLake, message ids inserted, BEGIN, COMMIT and
  Postgres: a fixed price for each table and column of a transaction
- 3.6: values to columns, dictionaries where they repeat, numbers, times and clocks
- 3.0: two rows written as Parquet
- 2.3: whose they are, which came before: a hash of each message id, sets of them
- 2.0: read the log's frames, check them, make an object of each record and give it up again
- 1.7: events that the rules alone take, and forms that are learned: half as much over a million events

To cut by the places of all quotes takes 2.4 to 2.6 with numpy, in pieces of 512 to 1024 records, where
reading as CSV and joining again takes 5.0 to 5.4; in pieces of 8192 it takes 5.8, since they leave the
processor's cache. With Arrow alone it takes 4.7 at best: finding the places (`indices_nonzero`) is 1.5 of
it. So it would cost another dependency; to keep the records of a frame in one buffer would save about 1. To
go much further takes compiled code: one pass over the bytes in place of a dozen.

The limit writes with Arrow's own settings, which try a dictionary for every column. With ours, none for
columns that hardly repeat, it took 2.4 µs in place of 3.2: by that the ratio is a quarter lower.

The tables below say where the loader's time went, from samples of its stack in one more round: read them
before work on the loader. Times in C count for the function that calls it.
"""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.events import records
from benchmarks.figure import Detail, Figure, Outcome, Round
from benchmarks.processes import cpu_seconds
from benchmarks.sampling import Sampler
from benchmarks.stack import embedded_lake
from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.log import LogSettings, log_folder, open_reader, open_writer
from mainstem.warehouse.ducklake import DuckLake, LoaderFence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.stack import EmbeddedLake

SOURCE = Source("shop", "Shop", ("benchmark",), type="Javascript")
NAMESPACE = "shop"
_GROUP = 512
_SCHEMA = "mainstem.load.schema"

STAGES = {
    "mainstem.load.batch:read_slice": "read records from the log",
    "mainstem.load.columnar.lanes:Lanes.glimpse": "find records that are alike",
    "mainstem.load.columnar.alike:_cut": "cut values out of records that are alike",
    "mainstem.load.columnar.alike:_written": "put values back and compare",
    "mainstem.load.columnar.lanes:Lanes.run": "values → columns, of decoded records",
    "mainstem.load.columnar.lanes:Lanes.run_alike": "values → columns",
    "mainstem.load.columnar.alone:fit_alone": "values that a column cannot take",
    "mainstem.load.columnar.lanes:Lanes._compiled": "learn forms",
    "mainstem.load.columnar.lanes:Lanes.watch": "learn forms",
    "mainstem.load.columnar.lane:head_of": "decode JSON",
    "mainstem.load.columnar.decoder:RecordDecoder.decode": "decode JSON",
    "mainstem.events.received:decode_received": "decode JSON",
    "mainstem.events.received:enriched": "decode JSON and fill in what the data plane fills in",
    "mainstem.load.record:RecordReader.read": "event → rows: the rest",
    f"{_SCHEMA}.transform:transform": "event → rows: the rest",
    f"{_SCHEMA}.flatten:_walk": "event → rows: flatten nested objects",
    f"{_SCHEMA}.flatten:_is_json": "event → rows: look for JSON paths",
    f"{_SCHEMA}.flatten:_is_spelled_out": "event → rows: flatten nested objects",
    f"{_SCHEMA}.flatten:Cells.put": "event → rows: put cells",
    f"{_SCHEMA}.flatten:Cells.put_standard": "event → rows: put cells",
    f"{_SCHEMA}.values:typed": "event → rows: types of values",
    f"{_SCHEMA}.values:is_blank": "event → rows: types of values",
    f"{_SCHEMA}.moments:parse_moment": "event → rows: moments, parsed and rendered",
    f"{_SCHEMA}.moments:render_moment": "event → rows: moments, parsed and rendered",
    "mainstem.load.dedupe:event_key": "recognise repeated events",
    "mainstem.load.dedupe:event_keys": "recognise repeated events",
    "mainstem.load.dedupe:SeenEvents.among": "recognise repeated events",
    "mainstem.load.dedupe:SeenEvents.remember": "recognise repeated events",
    "mainstem.load.batch:sort_slice": "recognise repeated events",
    "mainstem.load.plan:make_plan": "plan: fit values to columns",
    "mainstem.load.work:Work._bookkeeping": "rows about itself",
    "mainstem.load.clocks:odd_clocks": "look for odd clocks",
    "mainstem.load.perform:_together": "rows → Arrow",
    "mainstem.load.stage:staged": "rows → Arrow",
    "mainstem.warehouse.ducklake.files:FileWriter.write": "write Parquet",
    "mainstem.warehouse.ducklake.files:FileWriter.hand_over": "DuckDB: take files in",
    "mainstem.warehouse.ducklake.files:FileWriter.places": "DuckDB: structure",
    "mainstem.warehouse.ducklake.transaction:LakeTransaction.append": "DuckDB: insert",
    "mainstem.warehouse.ducklake.transaction:LakeTransaction.add_columns": "DuckDB: structure",
    "mainstem.warehouse.ducklake.transaction:LakeTransaction.create_table": "DuckDB: structure",
    "mainstem.warehouse.ducklake.lake:DuckLake.transaction": "DuckDB: begin and commit, Postgres",
    "mainstem.warehouse.ducklake.lake:DuckLake.columns": "DuckDB: structure",
}


@dataclass(frozen=True)
class _Ours:
    rows: int
    events: int
    commits: int
    cpu: float
    seconds: float
    discards: int


def measure(effort: Effort, scratch: Path) -> Outcome:
    share = max(1, effort.load_events // effort.rounds)
    with _loading(scratch) as bench:
        pairs = [(bench.load(number, share), bench.write_parquet()) for number in range(effort.rounds)]
        details = bench.profile(effort.rounds, share)
    figure = Figure(
        benchmark="load",
        name=f"rows loaded a core-second, {share * effort.rounds:,} events",
        unit="rows/s",
        limit="pyarrow writing the same rows as Parquet",
        better="higher",
        rounds=tuple(Round(ours.rows / ours.cpu, limit) for ours, limit in pairs),
        notes=_notes([ours for ours, _ in pairs]),
    )
    return Outcome(benchmark="load", figures=(figure,), details=details)


def _notes(found: list[_Ours]) -> tuple[str, ...]:
    events, cpu = sum(ours.events for ours in found), sum(ours.cpu for ours in found)
    seconds, rows = sum(ours.seconds for ours in found), sum(ours.rows for ours in found)
    return (
        f"{events / cpu:,.0f} events a core-second; {rows / seconds:,.0f} rows/s and "
        f"{events / seconds:,.0f} events/s by the clock",
        f"{rows:,} rows in {sum(ours.commits for ours in found)} commits, "
        f"{sum(ours.discards for ours in found):,} discards",
    )


class _Bench:
    """A log, a lake and the loader between them."""

    def __init__(self, scratch: Path, lake: EmbeddedLake, warehouse: DuckLake) -> None:
        self._scratch = scratch
        self._lake = lake
        self._warehouse = warehouse
        self._loaded_from = ""
        self._loader = Loader(open_reader(scratch, "events"), warehouse, [SOURCE], LoadSettings())

    def load(self, number: int, events: int) -> _Ours:
        self._fill_log(number, events)
        self._prepare()
        began, cpu = time.perf_counter(), self._cpu()
        report = self._loader.run_once()
        seconds, cpu = time.perf_counter() - began, self._cpu() - cpu
        return _Ours(report.rows, report.events, report.commits, cpu, seconds, report.discards)

    def write_parquet(self) -> float:
        """Rows a core-second of the limit, on the rows of the last `load`."""
        tables = self._last_rows()
        began = time.process_time()
        for name, table in tables.items():
            pq.write_table(table, self._scratch / f"{name}.parquet")
        spent = time.process_time() - began
        return int(sum(table.num_rows for table in tables.values())) / spent

    def profile(self, number: int, events: int) -> tuple[Detail, ...]:
        self._fill_log(number, events)
        self._prepare()
        cpu = self._cpu()
        with Sampler(STAGES) as sampler:
            self._loader.run_once()
        event_us = (self._cpu() - cpu) / events * 1e6
        return (
            _shares("Where the loader's time goes", "stage", sampler.stages(), event_us),
            _shares("Functions with the most time of their own", "function", sampler.functions(20), event_us),
            Detail(
                "Part of all of these",
                ("", "share of time"),
                (("collecting garbage", f"{sampler.collecting:.1%}"),),
            ),
        )

    def _prepare(self) -> None:
        """What a round begins with is no work of the loader's."""
        gc.collect()
        before = self._warehouse.query("SELECT now()::TIMESTAMP::VARCHAR AS now")["now"].to_pylist()[0]
        self._loaded_from = str(before)

    def _cpu(self) -> float:
        return time.process_time() + cpu_seconds(self._lake.postgres_pid)

    def _last_rows(self) -> dict[str, pa.Table]:
        """Table → the rows of the last load."""
        found: dict[str, pa.Table] = {}
        for table in self._warehouse.columns(NAMESPACE):
            name = self._warehouse.capabilities.qualified(NAMESPACE, table)
            sql = f"SELECT * FROM {name} WHERE uuid_ts >= ?::TIMESTAMPTZ"  # noqa: S608 # a quoted name
            rows = self._warehouse.query(sql, (f"{self._loaded_from}+00",))
            if rows.num_rows:
                found[table] = rows
        return found

    def _fill_log(self, number: int, events: int) -> None:
        asyncio.run(_append(self._scratch, records(number, events, SOURCE.id)))
        _warm(log_folder(self._scratch))


def _warm(folder: Path) -> None:
    """Bring a log back into the kernel's cache: its writer lets go of each segment as it closes it."""
    for file in folder.rglob("*"):
        if file.is_file():
            file.read_bytes()


def _shares(title: str, what: str, found: Sequence[tuple[str, float]], event_us: float) -> Detail:
    """Shares of the time, and the same of the CPU time of one event."""
    rows = [
        (name.removeprefix("mainstem."), f"{share:.1%}", f"{share * event_us:.1f}") for name, share in found
    ]
    return Detail(title, (what, "share of time", "µs of CPU an event"), tuple(rows))


async def _append(data_dir: Path, payloads: Iterator[bytes]) -> None:
    writer = open_writer(data_dir, "events", "gateway-0", LogSettings())
    group: list[bytes] = []
    try:
        for payload in payloads:
            group.append(payload)
            if len(group) == _GROUP:
                await writer.append(group)
                group = []
        if group:
            await writer.append(group)
    finally:
        await writer.close()


@contextmanager
def _loading(scratch: Path) -> Iterator[_Bench]:
    with embedded_lake(scratch) as lake:
        fence = LoaderFence(lake.location.catalog)
        fence.ensure()
        warehouse = DuckLake(lake.location.for_appends(), fence=fence)
        try:
            yield _Bench(scratch, lake, warehouse)
        finally:
            warehouse.close()
            fence.close()
