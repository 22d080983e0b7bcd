"""API calls with which an activation brings rows to a simulated Salesforce.

A first run makes 100,000 records in an empty org; on the next day 1 % of the rows have changed; on the third
none has. Every sync plans and applies as the commands do, on a Postgres of its own; calls are all requests
that the service answers, that for a token too. Lower is better.

The limit is the fewest calls that the API allows for the same promise, that no record is written unread and
every row's result is known. Reading takes one call a 2,000 ids, or three of a Bulk query (begin, look once,
one part of the results). Writing takes one call a 200 rows, or five of a Bulk 2.0 job that holds them all
(begin, upload, close, look once, what was written); whichever are fewer. The token, describing the object,
results of failed rows and a second look before writing are ours on top. Calls repeat exactly, so there is one
round; seconds stand beside as facts and are no figure, since the service answers in the same process.
"""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Outcome, Round
from mainstem.assemble.postgres import postgres_child
from mainstem.simulate.saas import ControlledClock
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.store import MAINSTEM, Database, EmbeddedServer, ensure_database, find_programs, upgrade
from mainstem.supervise import Supervisor
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.org_scene import FIELDS, Ledger, OrgScene
from mainstem.testing.saas import saas_host

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort

_CHANGED_SHARE = 100
"""One row in so many changes in a day."""
_BULK_READ, _BULK_WRITE = 3, 5
_IDS_A_CALL, _ROWS_A_CALL = 2_000, 200


class SyncFailed(Exception):
    """A sync did not leave the org as its rows want."""


def measure(effort: Effort, scratch: Path) -> Outcome:
    rows = effort.activated_rows
    server = EmbeddedServer.prepare(scratch, find_programs(None))
    with Supervisor(scratch / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        address = ensure_database(server.address, MAINSTEM)
        upgrade(address)
        with closing(Database(address, name="benchmark", largest=2)) as database, saas_host() as host:
            service = SalesforceService(ControlledClock(NOON), fields=FIELDS, limits=(), looks=1)
            clock = StillClock(NOON, service.clock.move_to)
            with host.hosting(service) as base_url:
                scene = OrgScene(service, base_url, scratch, clock)
                return _days(scene, Ledger(database), clock, rows)


def _days(scene: OrgScene, ledger: Ledger, clock: StillClock, rows: int) -> Outcome:
    for number in range(rows):
        scene.row(f"k{number:07}", users=number % 50)
    first, first_seconds = _synced(scene, ledger, rows)
    clock.advance(timedelta(days=1).total_seconds())
    changed = range(0, rows, _CHANGED_SHARE)
    for number in changed:
        scene.row(f"k{number:07}", users=number % 50 + 100)
    second, second_seconds = _synced(scene, ledger, len(changed))
    clock.advance(timedelta(days=1).total_seconds())
    third, third_seconds = _synced(scene, ledger, 0)
    return Outcome(
        benchmark="activate",
        figures=(
            _figure(f"calls of a first run, {rows:,} rows", first, least(rows), rows, first_seconds),
            _figure(
                f"calls of a day on which {len(changed):,} of {rows:,} rows changed",
                second,
                least(len(changed)),
                len(changed),
                second_seconds,
                f"a day without a change: {third} calls, {third_seconds:.1f} s; the least is none",
            ),
        ),
    )


def least(rows: int) -> int:
    """Calls that reading and writing so many rows needs, at least."""
    reading = min(ceil(rows / _IDS_A_CALL), _BULK_READ)
    return reading + min(ceil(rows / _ROWS_A_CALL), _BULK_WRITE)


def _figure(name: str, calls: int, limit: int, rows: int, seconds: float, *notes: str) -> Figure:
    return Figure(
        benchmark="activate",
        name=name,
        unit="calls",
        limit="the fewest the API allows",
        better="lower",
        rounds=(Round(calls, limit),),
        notes=(f"{rows:,} rows written in {seconds:.1f} s, planned and applied", *notes),
    )


def _synced(scene: OrgScene, ledger: Ledger, written: int) -> tuple[int, float]:
    """Calls and seconds of one sync. Raises SyncFailed."""
    began = time.perf_counter()
    before = scene.service.calls.total()
    applied = scene.sync(ledger)
    seconds = time.perf_counter() - began
    if applied.state != "success" or applied.counts.get("written", 0) != written or scene.unlike():
        raise SyncFailed(f"{applied.state}, {applied.counts} of {written} rows: {applied.problem}")
    return scene.service.calls.total() - before, seconds
