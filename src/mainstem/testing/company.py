"""A simulated company's warehouse: events through the real loader, rows of its systems, models by dbt.

A plain DuckDB file whose catalog is called `lake`, so that models and LookML written for the lake run on it
unchanged and quickly. The truth is kept beside, in files that no model can read.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import yaml

from mainstem.company import DBT_PACKAGE
from mainstem.events import Received, Source, encode_received
from mainstem.load import Loader, LoadSettings
from mainstem.load.bookkeeping import STREAM, ensure_tables, read_offsets
from mainstem.simulate.play import SystemRows
from mainstem.simulate.world import Day, sampled_eras, simulate_company
from mainstem.simulate.world.send import text
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    import pyarrow as pa

    from mainstem.simulate.world import Change, Event, Truth

SOURCES = tuple(
    Source(name, name, (f"key-{name}",), namespace=name)
    for name in ("website", "servers", "webapp", "mobile")
)
SCHEMA = "analytics"
_KNOWN = {"product_sampled_eras": msgspec.to_builtins(sampled_eras())}
"""What a company with this history would write into its dbt project."""
_PARTITION = "0"
_FIRST = 2_000
"""The loader is many times as fast with forms it has seen in an earlier transaction."""
_MOST = 100_000


@dataclass(frozen=True)
class Built:
    """What a run of dbt came to."""

    passed: int
    failures: tuple[str, ...]
    """A line for each model or test that failed, with its message."""
    seconds: Mapping[str, float]
    """By node: how long its own statements took."""


class CompanyLake:
    """`folder` holds `lake.duckdb` and dbt's files; made anew or opened again."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file = folder / "lake.duckdb"

    def load(self, days: Iterable[Day], *, without: Collection[str] = ()) -> None:
        """Load whole days, in transactions that grow from some 2,000 events to 100,000, each stamped with the
        last moment in it.

        Events of browsers that block the SDK's paths come through as they do where the gateway has aliases;
        leave them out of `days` to have them lost. Rows of systems `without` are for others to bring.
        """
        waiting: list[Day] = []
        held, chunk = 0, _FIRST
        with closing(MemoryWarehouse(self.file)) as warehouse:
            events, rows = _Events(warehouse), SystemRows(warehouse, without=without)
            for day in days:
                waiting.append(day)
                held += len(day.events)
                self._keep(day.truth)
                if held >= chunk:
                    chunk = min(2 * chunk, _MOST)
                    _store(events, rows, waiting)
                    waiting, held = [], 0
            _store(events, rows, waiting)

    def truth(self, table: str) -> list[dict[str, Any]]:
        """Rows of a table of truth, of all days loaded, as JSON has them: moments and days are text."""
        file = self.folder / "truth" / f"{table}.ndjson"
        if not file.exists():
            return []
        return [msgspec.json.decode(line) for line in file.read_bytes().splitlines()]

    def load_events(self, events: Sequence[Event], loaded_at: datetime) -> None:
        """Load events alone, in the given order, as one transaction at `loaded_at`."""
        with closing(MemoryWarehouse(self.file)) as warehouse:
            _Events(warehouse).load(events, loaded_at)

    def load_changes(self, changes: Sequence[Change]) -> None:
        """Write rows of the systems alone, as they stand after the changes."""
        with closing(MemoryWarehouse(self.file)) as warehouse:
            SystemRows(warehouse).apply([Day(change.at.date(), [], [change], []) for change in changes])

    def build(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> Built:
        """`dbt build` of the company package, without its unit tests unless `arguments` ask for them.

        The models are told what the company knows of its own sampling. Call it from the main thread, while
        no connection to the file is open. Raises what dbt cannot put into a result, such as a mistake in a
        file.
        """
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        profiles = self._profile()
        command = list(arguments) or ["build"]
        if command[0] == "build" and "--resource-type" not in command:
            command += ["--exclude-resource-type", "unit_test"]
        command += [
            "--project-dir",
            str(DBT_PACKAGE),
            "--profiles-dir",
            str(profiles),
            "--profile",
            "mainstem",
        ]
        command += ["--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")]
        told = json.dumps({**_KNOWN, **(variables or {})})
        command += ["--vars", told]
        quiet = ["--quiet", "--no-send-anonymous-usage-stats", "--no-use-colors"]
        quiet += ["--log-level-file", "none"]  # dbt leaves the file open when the next run begins
        parsed = _shared() / f"{hashlib.sha256(told.encode()).hexdigest()}.msgpack"
        if parsed.exists():
            quiet += ["--partial-parse-file-path", str(parsed)]
        try:
            outcome = dbtRunner().invoke([*quiet, *command])
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call] # dbt's is bare
        if not parsed.exists() and (self.folder / "target" / "partial_parse.msgpack").exists():
            shutil.copy(self.folder / "target" / "partial_parse.msgpack", parsed)
        if outcome.exception is not None:
            raise outcome.exception
        return _built(outcome.result)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Rows of a SELECT, as dicts. Tables of models: `analytics.<model>`."""
        rows: list[dict[str, Any]] = self.table(sql, parameters).to_pylist()
        return rows

    def table(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            found: pa.Table = connection.execute(sql, list(parameters)).to_arrow_table()
            return found

    def _keep(self, facts: Sequence[Truth]) -> None:
        (self.folder / "truth").mkdir(exist_ok=True)
        by_table: dict[str, list[bytes]] = {}
        for fact in facts:
            by_table.setdefault(fact.table, []).append(msgspec.json.encode(fact.row))
        for table, lines in by_table.items():
            with (self.folder / "truth" / f"{table}.ndjson").open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")

    def _profile(self) -> Path:
        place = _shared() / self.file.name
        place.unlink(missing_ok=True)
        place.symlink_to(self.file.absolute())
        output = {
            "type": "duckdb",
            "path": str(place),
            "schema": SCHEMA,
            "threads": 1,
            # A checkpoint when the file is closed, not within whichever model happens to fill the log.
            "settings": {"TimeZone": "UTC", "checkpoint_threshold": "1GB"},
        }
        profile = {"mainstem": {"target": "lake", "outputs": {"lake": output}}}
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
        return self.folder


@cache
def _shared() -> Path:
    """What lakes of this process share: the package as dbt parsed it, by its variables, and the one place at
    which dbt finds whichever lake is built.

    dbt parses for seven seconds of CPU, and again when the path of the database is another.
    """
    folder = Path(tempfile.mkdtemp(prefix="mainstem-company-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def company_lake(folder: Path, *, seed: int = 1, months: int = 60, accounts: int = 20) -> CompanyLake:
    """A whole simulated company, loaded and not yet built."""
    lake = CompanyLake(folder)
    lake.load(simulate_company(seed, months, accounts))
    return lake


def _store(loaded: _Events, rows: SystemRows, days: Sequence[Day]) -> None:
    events = [event for day in days for event in day.events]
    if events:
        changed = [change.at for day in days for change in day.changes]
        loaded.load(events, max([event.received_at for event in events] + changed))
    rows.apply(days)


class _Events:
    """The loader on a log that is filled piece by piece; it goes on where the warehouse says."""

    def __init__(self, warehouse: MemoryWarehouse) -> None:
        ensure_tables(warehouse)
        self._log = _Chunk(read_offsets(warehouse, STREAM).get(_PARTITION, 0))
        self._now: datetime | None = None
        self._loader = Loader(self._log, warehouse, SOURCES, LoadSettings(), now=self._told)

    def load(self, events: Sequence[Event], loaded_at: datetime) -> None:
        self._log.hold([_record(event) for event in events])
        self._now = loaded_at
        self._loader.run_once()

    def _told(self) -> datetime:
        if self._now is None:
            raise AssertionError("the loader asked for the time before there was anything to load")
        return self._now


def _record(event: Event) -> bytes:
    raw = msgspec.Raw(msgspec.json.encode(event.message))
    return encode_received(Received(text(event.received_at), "10.0.0.1", event.source, raw))


class _Chunk:
    """Records as a log that begins where the loader stopped; an offset is a record's number."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._records: list[bytes] = []

    def hold(self, records: list[bytes]) -> None:
        """In place of those before."""
        self._first += len(self._records)
        self._records = records

    def partitions(self) -> tuple[str, ...]:
        return (_PARTITION,)

    def start(self, partition: str) -> int:
        return self._first

    def end(self, partition: str) -> int:
        return self._first + len(self._records)

    def read(self, partition: str, offset: int, max_bytes: int) -> _Read:
        found: list[tuple[int, bytes]] = []
        size = 0
        for place in range(offset - self._first, len(self._records)):
            size += len(self._records[place])
            if found and size > max_bytes:
                break
            found.append((self._first + place, self._records[place]))
        return _Read(found, offset + len(found))


@dataclass(frozen=True)
class _Read:
    records: list[tuple[int, bytes]]
    next_offset: int


def _built(result: Any) -> Built:
    nodes = getattr(result, "results", None) or []
    bad = [node for node in nodes if str(node.status) in ("error", "fail", "runtime error")]
    return Built(
        passed=len(nodes) - len(bad),
        failures=tuple(f"{node.node.name}: {node.message or node.failures}" for node in bad),
        seconds={node.node.name: node.execution_time for node in nodes},
    )
