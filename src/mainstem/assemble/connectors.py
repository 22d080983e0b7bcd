"""The connectors of a project: opened with its budgets, checked, synced into its warehouse."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import mainstem_address, open_records
from mainstem.assemble.privacy import read_privacy
from mainstem.assemble.warehouse import open_warehouse
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.history import copy_history
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import StreamResult, Sync, Wanted
from mainstem.connectors.settings import read_connector, read_connectors, schema_of
from mainstem.errors import ConfigError, MainstemError
from mainstem.privacy import pseudonym
from mainstem.saas import LedgerBudget, Patience, SystemClock
from mainstem.store.connectors import ApiCalls, KeptStream, SyncFence, SyncRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from mainstem.assemble.project import Project
    from mainstem.connectors import Connector, ConnectorSettings, Finding
    from mainstem.connectors.run import SyncResult
    from mainstem.saas import Clock
    from mainstem.store import Database
    from mainstem.store.connectors import KeptRun

FOLDER = "connectors"


@dataclass(frozen=True)
class Listed:
    """A connector of the project, and how it ran last."""

    name: str
    settings: ConnectorSettings
    schema: str
    last: KeptRun | None
    streams: tuple[KeptStream, ...]


class RunLedger:
    """Notes one run in the product's records."""

    def __init__(
        self, runs: SyncRuns, run_id: int, connector: str, tell: Callable[[StreamResult], None]
    ) -> None:
        self._runs = runs
        self._run_id = run_id
        self._connector = connector
        self._tell = tell

    def stream(self, result: StreamResult) -> None:
        self._runs.note_stream(KeptStream(self._run_id, **vars(result)))
        self._tell(result)

    def schema_change(self, stream: str, at: datetime, change: str, column: str, kind: str) -> None:
        self._runs.note_change(self._run_id, self._connector, stream, at, change, column, kind)


def list_connectors(project: Project) -> list[Listed]:
    """Every connector there is. Raises ConfigError, StoreUnavailable."""
    found = read_connectors(project.config, secrets=False)
    if not found:
        return []
    with open_records(project, "connectors") as database:
        runs = SyncRuns(database)
        return [
            Listed(
                name,
                settings,
                schema_of(name, settings),
                next(iter(runs.newest(1, name)), None),
                tuple(runs.last_of_each(name)),
            )
            for name, settings in found.items()
        ]


def check_connector(project: Project, name: str) -> Sequence[Finding]:
    """What a connector's service says of us. Raises UsageError for a name there is not, ApiUnavailable."""
    settings = read_connector(project.config, name)
    with (
        open_records(project, "connectors") as database,
        opened(project, name, settings, database) as connector,
    ):
        found = list(connector.check())
        if all(one.is_good for one in found):
            _ensure_known(project, name, settings, connector)
        return found


def sync_connector(
    project: Project, name: str, wanted: Wanted, tell: Callable[[StreamResult], None] = lambda result: None
) -> SyncResult:
    """Read what is wanted into the warehouse; `tell` is called when a stream begins and ends.

    Raises UsageError for what there is not, or while another sync of it is at work.
    """
    settings = read_connector(project.config, name)
    clock = SystemClock()
    with (
        SyncFence(mainstem_address(project)).held(name),
        open_records(project, "sync") as database,
        closing(open_warehouse(project, read_only=False)) as warehouse,
        opened(project, name, settings, database, clock) as connector,
    ):
        _ensure_known(project, name, settings, connector)
        runs = SyncRuns(database)
        wanted = wanted_of(settings, wanted)
        run_id = runs.begin(name, settings.type, str(wanted), clock.now())
        landing = Landing(
            warehouse,
            schema_of(name, settings),
            clock,
            pseudonym=_pseudonym(project),
            keep_emails=settings.keep_emails,
        )
        sync = Sync(
            name,
            connector,
            landing,
            RunLedger(runs, run_id, name, tell),
            clock,
            rows_a_commit=settings.rows_a_commit,
        )
        try:
            result = sync.run(wanted)
        except MainstemError as e:
            runs.finish(run_id, clock.now(), "failed", str(e))
            copy_history(runs, warehouse)
            raise
        runs.finish(run_id, clock.now(), result.state)
        copy_history(runs, warehouse)
        return result


@contextmanager
def opened(
    project: Project,
    name: str,
    settings: ConnectorSettings,
    database: Database,
    clock: Clock | None = None,
) -> Iterator[Connector]:
    """The connector, on the account's shared budget."""
    clock = clock or SystemClock()
    folder = project.data_dir / FOLDER / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    budget = LedgerBudget(ApiCalls(database), clock)
    opening = Opening(name, settings, budget, clock, folder, Patience(), project.folder)
    with closing(find_kind(settings.type).open(opening)) as connector:
        yield connector


def wanted_of(settings: ConnectorSettings, wanted: Wanted) -> Wanted:
    """What the command asks for, else what the settings say."""
    if wanted.streams:
        return wanted
    return Wanted(settings.streams, settings.without, wanted.full, wanted.since, wanted.until)


def _ensure_known(project: Project, name: str, settings: ConnectorSettings, connector: Connector) -> None:
    """Raises ConfigError where rows are expected of a stream that there is not: nobody would ever be told."""
    streams = [stream.name for stream in connector.streams()]
    for key in ("least_rows", "most_rows"):
        for stream in getattr(settings, key):
            if stream not in streams:
                place = project.config.place(f"connectors.{name}", key)
                raise ConfigError(place, f"there is no stream {stream!r}", ", ".join(streams))


def _pseudonym(project: Project) -> Callable[[str], str] | None:
    keys = read_privacy(project).keys
    return None if keys is None else partial(pseudonym, keys)
