"""An activation that brings rows to a simulated Salesforce: calls, rows a second, memory.

A first run makes 100,000 records in an empty org; on the next day 1 % of the rows have changed; on the third
none has. Every sync plans and applies as the commands do, in a process of its own, on a Postgres of its own.

**Calls** are all requests that the service answers, that for a token too. The limit is the fewest that the
API allows for the same promise, that no record is written unread and every row's result is known. Reading
takes one call a 2,000 ids, or three of a Bulk query (begin, look once, one part of the results). Writing
takes one call a 200 rows, or five of a Bulk 2.0 job that holds them all (begin, upload, close, look once,
what was written); whichever are fewer. The token, describing the object, results of failed rows and a second
look before writing are ours on top. Calls repeat exactly, so there is one round. Lower is better.

**Rows a second** of a first run are beside a bare client that uploads a CSV of the same rows, which it has
ready, by one Bulk 2.0 job to an empty org of the same kind and reads what was written: it plans nothing,
reads no record, notes nothing and looks at no result. Higher is better.

**Memory** is the highest resident memory of a first run beside that of half of the rows: 1.0 is memory that
does not grow with them. What is held are the rows of one file, so a run that fills none takes less: that of a
tenth of the rows stands beside. Lower is better.
"""

from __future__ import annotations

import csv
import io
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import requests

from benchmarks.activating import CHANGED_SHARE, Sync, Synced, rows_of, synced, users_of
from benchmarks.figure import Figure, Outcome, Round
from mainstem.assemble.postgres import postgres_child
from mainstem.simulate.saas import ControlledClock
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.simulate.saas.salesforce.door import Door
from mainstem.store import MAINSTEM, EmbeddedServer, ensure_database, find_programs, upgrade
from mainstem.supervise import Supervisor
from mainstem.testing.connectors import NOON
from mainstem.testing.org_scene import AS_OF, FIELDS, KEY, USERS
from mainstem.testing.saas import saas_host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.effort import Effort
    from mainstem.config import PostgresAddress
    from mainstem.testing.saas import SaasHost

_BULK_READ, _BULK_WRITE = 3, 5
_IDS_A_CALL, _ROWS_A_CALL = 2_000, 200
_FEWER = (2, 10)
_JOBS = "/services/data/v62.0/jobs/ingest"


class SyncFailed(Exception):
    """A sync did not leave the org as its rows want."""


class _Day(NamedTuple):
    calls: int
    synced: Synced


def measure(effort: Effort, scratch: Path) -> Outcome:
    rows = effort.activated_rows
    server = EmbeddedServer.prepare(scratch, find_programs(None))
    with Supervisor(scratch / "logs") as supervisor, saas_host() as host:
        supervisor.start(postgres_child(server))
        days = _days(host, ensure_database(server.address, MAINSTEM), scratch, rows, (0, 1, 2))
        half, tenth = (
            _days(host, ensure_database(server.address, f"by_{by}"), scratch, rows // by, (0,))[0].synced
            for by in _FEWER
        )
        bare = _bare(host, rows)
    first, second, third = days
    changed = ceil(rows / CHANGED_SHARE)
    took, peak = first.synced.seconds, first.synced.peak_mb
    return Outcome(
        benchmark="activate",
        figures=(
            _calls(f"calls of a first run, {rows:,} rows", first, least(rows)),
            _calls(
                f"calls of a day on which {changed:,} of {rows:,} rows changed",
                second,
                least(changed),
                f"a day without a change: {third.calls} calls, {third.synced.seconds:.1f} s; "
                "the least is none",
            ),
            Figure(
                benchmark="activate",
                name=f"rows of a first run a second, {rows:,} rows",
                unit="rows/s",
                limit="a bare client's Bulk upload of the same rows",
                better="higher",
                rounds=(Round(rows / took, rows / bare),),
                notes=(f"planned and applied in {took:.1f} s; the bare upload took {bare:.1f} s",),
            ),
            Figure(
                benchmark="activate",
                name=f"peak memory of a first run, {rows:,} rows",
                unit="MB",
                limit="the same of half of the rows",
                better="lower",
                rounds=(Round(peak, half.peak_mb),),
                notes=(
                    f"{first.synced.idle_mb:.0f} MB before the first row, {tenth.peak_mb:.0f} MB of a tenth; "
                    f"{second.synced.peak_mb:.0f} MB on the day on which {changed:,} rows changed",
                ),
            ),
        ),
    )


def least(rows: int) -> int:
    """Calls that reading and writing so many rows needs, at least."""
    reading = min(ceil(rows / _IDS_A_CALL), _BULK_READ)
    return reading + min(ceil(rows / _ROWS_A_CALL), _BULK_WRITE)


def _calls(name: str, day: _Day, limit: int, *notes: str) -> Figure:
    written = day.synced.counts.get("written", 0)
    return Figure(
        benchmark="activate",
        name=name,
        unit="calls",
        limit="the fewest the API allows",
        better="lower",
        rounds=(Round(day.calls, limit),),
        notes=(f"{written:,} rows written in {day.synced.seconds:.1f} s, planned and applied", *notes),
    )


@contextmanager
def _org(host: SaasHost) -> Iterator[tuple[SalesforceService, str]]:
    """An empty one, and its address."""
    service = SalesforceService(ControlledClock(NOON), fields=FIELDS, limits=(), looks=1)
    with host.hosting(service) as base_url:
        yield service, base_url


def _days(
    host: SaasHost, ledger: PostgresAddress, scratch: Path, rows: int, days: tuple[int, ...]
) -> list[_Day]:
    """Syncs of these days, one after another. Raises SyncFailed."""
    upgrade(ledger)
    found: list[_Day] = []
    with _org(host) as (service, base_url):
        for day in days:
            before = service.calls.total()
            done = synced(Sync(rows, day, base_url, host.address, ledger, str(scratch)))
            found.append(_Day(service.calls.total() - before, done))
            written = (rows, ceil(rows / CHANGED_SHARE), 0)[day]
            held = {row[KEY]: row[USERS] for row in service.org.live("Account")}
            wanted = {f"k{number:07}": users_of(number, day) for number in range(rows)}
            if (done.state, done.counts.get("written", 0)) != ("success", written) or held != wanted:
                raise SyncFailed(f"{done.state}, {done.counts} of {written} rows: {done.problem}")
    return found


def _bare(host: SaasHost, rows: int) -> float:
    """Seconds of a bare upload. Raises SyncFailed."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow((KEY, "Name", USERS, AS_OF))
    for row in rows_of(rows, 0):
        lines.writerow((row["key"], row["name"], row["users"], NOON.strftime("%Y-%m-%dT%H:%M:%S.000Z")))
    body = text.getvalue().encode()
    client_id, secret = Door.client
    with _org(host) as (service, base_url), closing(requests.Session()) as session:
        began = time.perf_counter()
        asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        token = session.post(f"{base_url}/services/oauth2/token", data=asked).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        job = {"object": "Account", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
        one = f"{base_url}{_JOBS}/{session.post(f'{base_url}{_JOBS}', json=job).json()['id']}"
        session.put(f"{one}/batches", data=body, headers={"Content-Type": "text/csv"}).raise_for_status()
        session.patch(one, json={"state": "UploadComplete"}).raise_for_status()
        while session.get(one).json()["state"] not in ("JobComplete", "Failed", "Aborted"):
            service.clock.move_to(service.clock.now() + timedelta(seconds=1))
        session.get(f"{one}/successfulResults").raise_for_status()
        seconds = time.perf_counter() - began
        there = sum(1 for _ in service.org.live("Account"))
    if there != rows:
        raise SyncFailed(f"the bare upload made {there} of {rows} records")
    return seconds
