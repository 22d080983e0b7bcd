"""The services that the demo's company uses, simulated in the demo's process, and connectors for them.

What a service holds comes into the warehouse by its connector alone, over HTTP; rows of systems without a
connector are written as they are. Their clock is the real one, and they know of the company's whole history.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from mainstem.assemble.connectors import sync_connector
from mainstem.assemble.demo.activation import DAGS, FIELDS
from mainstem.assemble.runs import open_runs
from mainstem.connectors.run import Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.errors import UsageError
from mainstem.simulate.saas import ControlledClock, SaasApp, SaasServer, feed, services

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from mainstem.assemble.project import Project
    from mainstem.connectors.run import StreamResult, SyncResult
    from mainstem.simulate.saas.salesforce import SalesforceService
    from mainstem.simulate.world import Day


@dataclass(frozen=True)
class Synced:
    """A simulated service and its connector, which has its name and schema."""

    name: str
    settings: str
    """Lines of its table, beside type and address: how it is let in, and no waiting for limits. `{first_day}`
    is that of the company's history."""
    type: str = ""
    """Of the connector, where it is not its name."""
    fresh_within: int = 1
    """Hours; Google counts a day for days after it."""
    system: str = ""
    """The company's system whose rows come by it; models are told by the variable `<system>_connector`. What
    no model reads is synced by its DAG alone: Marketo lets nobody read years within seconds."""


_CLIENT = 'client_id = "mainstem"\nclient_secret = "simulated"'
_USER = 'email = "etl@chat.example"\napi_token = "simulated"'
_REPORTS = """streams = [
  "traffic_acquisition_session_campaign_report",
  "traffic_acquisition_session_source_medium_report",
  "conversions_report",
  "pages_path_report",
]"""
_REPOSITORIES = 'parameters = {{ repositories = ["acme/srv", "acme/web", "acme/mob"] }}'
SYNCED = (
    Synced("salesforce", _CLIENT, system="crm"),
    Synced("zendesk", f"{_USER}\ncalls_a_minute = 10000\nexports_a_minute = 10000", system="support"),
    Synced("jira", f"{_USER}\ncalls_a_second = 1000", system="engineering"),
    Synced(
        "ga4",
        f'{_CLIENT}\nproperty = "123456789"\nrefresh_token = "simulated-refresh"\n{_REPORTS}',
        fresh_within=120,
    ),
    Synced("marketo", f'{_CLIENT}\nstart = "{{first_day}}"\npage_within_hours = 1000000'),
    Synced("stripe", 'declaration = "stripe"\nsecrets = {{ api_key = "sk_test_simulated" }}', "rest"),
    Synced(
        "github",
        f'declaration = "github"\nsecrets = {{{{ token = "ghp_simulated" }}}}\n{_REPOSITORIES}',
        "rest",
    ),
)
"""Of each service that the demo has: another is another line."""

SYSTEMS_BY_CONNECTOR = frozenset(one.system for one in SYNCED if one.system)
CONNECTOR_VARIABLES = {f"{one.system}_connector": one.name for one in SYNCED if one.system}
"""What the company's models are told."""
_TABLE = """
[connectors.{name}]
type = "{type}"
base_url = "{address}/{name}"
keep_emails = false
schedule = "*/15 * * * *"
fresh_within = {hours}
{settings}

# The services answer while the demo runs, once it has made the company: it unpauses this.
[orchestrate.dags.sync_{name}]
is_paused_upon_creation = true
"""


def connector_settings(address: str, first_day: date) -> str:
    """The part of `mainstem.toml` that is about connectors, with the services at `address`."""
    return "".join(
        _TABLE.format(
            name=one.name,
            type=one.type or one.name,
            address=address,
            hours=one.fresh_within,
            settings=one.settings.format(first_day=first_day),
        )
        for one in SYNCED
    )


class DemoServices:
    """The services: filled with days, then served, then synced. A `with` block ends serving."""

    def __init__(self, project: Project, seed: int, first_day: date) -> None:
        self._project = project
        self._clock = ControlledClock(datetime.combine(first_day, time(), UTC))
        self._services = services(self._clock, [one.name for one in SYNCED], seed=seed, limits=())
        salesforce = cast("SalesforceService", self._services["salesforce"])
        for name, written in FIELDS.items():
            salesforce.org.objects[name].add(written)
        self._stack = ExitStack()

    def __enter__(self) -> DemoServices:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, day: Day) -> None:
        """What happened on a day, with people's addresses as they are."""
        feed(day.changes, self._services.values(), self._clock)
        for event in day.events:
            for service in self._services.values():
                service.observe(event)

    def serve(self) -> str:
        """From now on they answer, at the returned address, and their clock is the real one."""
        self._clock.move_to(datetime.now(UTC))
        self._clock.run()
        server = _server(SaasApp(self._services, self._clock), self._project)
        self._stack.enter_context(server)
        return server.address

    def pause(self, *, is_paused: bool) -> None:
        """Let no DAG that needs the services start by itself, or all by their schedules; those the runner
        knows."""
        with open_runs(self._project.folder, "demo") as desk:
            known = {one.dag.dag_id for one in desk.reading.dags()}
            for dag_id in known & {*DAGS, *(f"sync_{one.name}" for one in SYNCED)}:
                desk.asking.pause(dag_id, is_paused, "demo")

    def sync(self, tell: Callable[[StreamResult], None]) -> list[SyncResult]:
        """Every connector whose tables models read. Raises SyncIncomplete for one that did not read all."""
        found = []
        for one in (one for one in SYNCED if one.system):
            result = sync_connector(self._project, one.name, Wanted(), tell)
            result.ensure_success()
            found.append(result)
        return found


def _server(app: SaasApp, project: Project) -> SaasServer:
    """Where the settings say. Raises UsageError where that port is somebody else's."""
    settings = read_connectors(project.config, secrets=False)
    missing = [one.name for one in SYNCED if one.name not in settings]
    if missing:
        raise UsageError(
            f"{project.config.file} has no connector {missing[0]!r}, which this demo reads; remove "
            f"{project.folder} to begin anew, or name another folder with --dir"
        )
    address = urlsplit(settings[SYNCED[0].name].base_url)
    try:
        return SaasServer(app, address.port or 0)
    except OSError as e:
        raise UsageError(
            f"port {address.port} of this machine, where {project.config.file} has the simulated services, "
            f"cannot be had: {e.strerror}; end what listens there, or write another port in each base_url"
        ) from e
