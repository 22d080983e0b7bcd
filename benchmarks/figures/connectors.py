"""Rows a second that a first sync brings into a warehouse, by each connector.

The limit is what the source gives without us: of a service, the same requests sent again one after another
over one connection, answers decoded, nothing else; of files, DuckDB's own reader into a table. Ours reads
through the connector (budget, client, rows of every table) and lands in plain DuckDB, a commit every 20,000
rows. Simulated services run in the same process and take their share of both. Higher is better; what is below
one is what shaping and landing cost, and it weighs the more the quicker the source answers: a real service
over the internet is slower than ours by far.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Outcome, Round
from benchmarks.sources import SOURCES
from mainstem.config import parse_config
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.saas import MemoryBudget, Patience
from mainstem.testing.connectors import RecordingLedger
from mainstem.testing.saas import saas_host
from mainstem.testing.toml import toml_table
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.local_sources import Place
    from benchmarks.sources import Source
    from mainstem.testing.saas import SaasHost

_SCHEMA = "measured"


class SyncFailed(Exception):
    """The sync did not bring every row."""


def measure(effort: Effort, scratch: Path) -> Outcome:
    with saas_host() as host:
        figures = tuple(_figure(source, host, effort.rounds, scratch) for source in SOURCES)
    return Outcome(benchmark="connectors", figures=figures)


def _figure(source: Source, host: SaasHost, rounds: int, scratch: Path) -> Figure:
    measured, counts = [], set()
    with source.place(host, scratch) as place:
        for number in range(rounds + 1):
            with place.synced():
                rows, seconds = _synced(source, place, scratch)
            began = time.perf_counter()
            place.read_bare()
            bare_seconds = time.perf_counter() - began
            counts.add(rows)
            if number:  # the first imports clients and fills caches
                measured.append(Round(rows / seconds, rows / bare_seconds))
    if len(counts) > 1 or 0 in counts:
        raise SyncFailed(f"{source.title}: rounds brought {sorted(counts)} rows")
    return Figure(
        benchmark="connectors",
        name=f"rows synced, {source.title}",
        unit="rows/s",
        limit=source.limit,
        better="higher",
        rounds=tuple(measured),
        notes=(f"{counts.pop():,} rows of {', '.join(source.streams)} a sync, into plain DuckDB",),
    )


def _synced(source: Source, place: Place, scratch: Path) -> tuple[int, float]:
    """Rows and seconds of a sync into an empty warehouse. Raises SyncIncomplete."""
    text = toml_table(f"connectors.{_SCHEMA}", {"type": source.kind, **place.settings})
    opening = Opening(
        _SCHEMA,
        read_connectors(parse_config(scratch / "mainstem.toml", text, {}))[_SCHEMA],
        MemoryBudget(place.clock),
        place.clock,
        scratch,
        Patience(),
        scratch,
    )
    with closing(MemoryWarehouse()) as warehouse, closing(find_kind(source.kind).open(opening)) as connector:
        landing = Landing(warehouse, _SCHEMA, place.clock)
        sync = Sync(_SCHEMA, connector, landing, RecordingLedger(), place.clock)
        began = time.perf_counter()
        result = sync.run(Wanted(source.streams))
        seconds = time.perf_counter() - began
    result.ensure_success()
    return sum(one.rows for one in result.streams), seconds
