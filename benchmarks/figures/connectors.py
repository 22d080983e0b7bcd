"""Tickets a second that a sync brings from a simulated Zendesk into a warehouse.

The limit is the service's raw answers: the same pages of the export asked for one after another over one
connection, read and decoded as JSON, nothing else. Ours reads them through the connector (budget, dlt's
client, rows of three tables) and lands them in plain DuckDB, a commit every 20,000 rows. The service runs in
the same process and takes its share of both. Higher is better; what is below one is what shaping and landing
cost.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import requests

from benchmarks.figure import Figure, Outcome, Round
from mainstem.config import parse_config
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.saas import MemoryBudget, Patience
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing.connectors import NOON, RecordingLedger, StillClock
from mainstem.testing.helpdesk import helpdesk
from mainstem.testing.saas import saas_host
from mainstem.testing.toml import toml_table
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort

_TICKETS = 10_000
_PATH = "/api/v2/incremental/tickets/cursor.json"


class SyncFailed(Exception):
    """The sync did not bring every ticket."""


def measure(effort: Effort, scratch: Path) -> Outcome:
    service = ZendeskService(ControlledClock(NOON), limits=())
    feed(helpdesk(_TICKETS), [service], service.clock)
    service.clock.advance(600)
    rounds = []
    with saas_host() as host, host.hosting(service) as base_url:
        for _ in range(effort.rounds):
            limit = _TICKETS / _raw(base_url)
            rounds.append(Round(_TICKETS / _synced(service, base_url, scratch), limit))
    figure = Figure(
        benchmark="connectors",
        name="tickets synced",
        unit="rows/s",
        limit="the service's raw answers",
        better="higher",
        rounds=tuple(rounds),
        notes=(f"{_TICKETS:,} tickets with tags and metric sets, in pages of 1,000, into plain DuckDB",),
    )
    return Outcome(benchmark="connectors", figures=(figure,))


def _raw(base_url: str) -> float:
    """Seconds for every page, decoded."""
    began = time.perf_counter()
    with requests.Session() as session:
        session.auth = ("a@b.example/token", ZendeskService.api_token)
        asked: dict[str, str] = {"start_time": "0", "include": "metric_sets"}
        while True:
            body = session.get(base_url + _PATH, params=asked).json()
            if body["end_of_stream"]:
                return time.perf_counter() - began
            asked = {"cursor": body["after_cursor"], "include": "metric_sets"}


def _synced(service: ZendeskService, base_url: str, scratch: Path) -> float:
    """Seconds for a sync of tickets into an empty warehouse. Raises SyncFailed."""
    settings = {"type": "zendesk", "base_url": base_url, "email": "a@b.example", "api_token": "simulated"}
    text = toml_table("connectors.desk", settings)
    clock = StillClock(service.clock.now())
    opening = Opening(
        "desk",
        read_connectors(parse_config(scratch / "mainstem.toml", text, {}))["desk"],
        MemoryBudget(clock),
        clock,
        scratch,
        Patience(),
        scratch,
    )
    with closing(MemoryWarehouse()) as warehouse, closing(find_kind("zendesk").open(opening)) as connector:
        landing = Landing(warehouse, "desk", clock)
        began = time.perf_counter()
        result = Sync("desk", connector, landing, RecordingLedger(), clock).run(Wanted(("tickets",)))
        seconds = time.perf_counter() - began
        [there] = warehouse.query("SELECT count(*) AS n FROM memory.desk.ticket").to_pylist()
    if result.state != "success" or there["n"] != _TICKETS:
        raise SyncFailed(f"{result.state}, {there['n']} of {_TICKETS} tickets")
    return seconds
