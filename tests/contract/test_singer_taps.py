"""Taps as they are published, unchanged, on simulated services: each in an environment of its own, through a
proxy that answers for the services' hosts. They are under the AGPL and no dependency of anything here.
"""

from __future__ import annotations

import subprocess
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import pytest

from mainstem.connectors.singer.environment import TapEnvironment
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.http import Request
from mainstem.simulate.saas.jira import JiraService
from mainstem.simulate.saas.marketo import MarketoService
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing.connectors import NOON
from mainstem.testing.crm import crm
from mainstem.testing.helpdesk import helpdesk
from mainstem.testing.marketing import marketing
from mainstem.testing.taps import TapScene
from mainstem.testing.tls_proxy import Authority, Route, tls_proxy
from mainstem.testing.tracker import tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mainstem.connectors.run import SyncResult
    from mainstem.simulate.saas import Service
    from mainstem.simulate.saas.zendesk.desk import Kept
    from mainstem.testing.saas import SaasHost

pytestmark = pytest.mark.slow

LATELY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=6)
"""Some taps ask up to the moment that their own clock has."""


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def installed(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The command of a package, put into an environment that trusts our authority."""
    commands: dict[str, str] = {}

    def command(package: str) -> str:
        if package not in commands:
            folder = tmp_path_factory.mktemp("tap")
            environment = TapEnvironment("[connectors.tap]", "tap", folder, package, "", "")
            commands[package] = environment.make()
            trust(environment.root / "bin" / "python", authority)
        return commands[package]

    return command


def trust(python: Path, authority: Authority) -> None:
    found = subprocess.run(
        [python, "-c", "import certifi; print(certifi.where())"], capture_output=True, text=True, check=True
    )
    with Path(found.stdout.strip()).open("a", encoding="utf-8") as bundle:
        bundle.write(authority.certificate.read_text(encoding="utf-8"))


class RealTap(TapScene):
    """A published tap, a service, and the proxy between them."""

    def __init__(self, folder: Path, command: str, proxy: str, settings: dict[str, Any]) -> None:
        super().__init__(folder)
        # Whatever else this machine trusts, the bundle of the tap's own environment has our authority.
        environment = {"HTTPS_PROXY": proxy, "NO_PROXY": "", "no_proxy": "", "REQUESTS_CA_BUNDLE": ""}
        self.settings = {"executable": command, "environment": environment, **settings}


@pytest.fixture
def real(
    installed: Callable[[str], str], authority: Authority, saas: SaasHost, tmp_path: Path
) -> Iterator[Callable[..., RealTap]]:
    """Of a package, its settings, and the services behind each host."""
    with ExitStack() as stack:

        def made(package: str, service: Service, hosts: dict[str, str], **settings: Any) -> RealTap:
            base_url = stack.enter_context(saas.hosting(service))
            routes = {host: Route(base_url, prefix) for host, prefix in hosts.items()}
            proxy = stack.enter_context(tls_proxy(authority, routes))
            return stack.enter_context(closing(RealTap(tmp_path, installed(package), proxy, settings)))

        yield made


def stands(tap: TapScene, table: str, *columns: str) -> dict[Any, tuple[Any, ...]]:
    """Values of columns by id."""
    return {row["id"]: tuple(row[column] for column in columns) for row in tap.rows(table)}


def ensure_success(result: SyncResult) -> None:
    assert {one.stream: one.problem for one in result.streams if one.problem} == {}


def test_tap_zendesk_brings_what_the_service_has(real: Callable[..., RealTap]) -> None:
    service = ZendeskService(ControlledClock(LATELY), limits=())
    feed(helpdesk(12, begins=LATELY), [service], service.clock)
    service.clock.move_to(datetime.now(UTC) + timedelta(hours=1))  # its discovery asks for what is new now
    tap = real(
        "tap-zendesk==2.8.2",
        service,
        {"*.zendesk.com": ""},
        config={"subdomain": "acme", "start_date": "2010-01-01T00:00:00Z"},
        secrets={"access_token": zendesk_token(service)},
        together=[["tickets", "ticket_metrics"]],
        without=["ticket_audits", "ticket_comments"],  # asked for without a proxy, whatever the variables say
    )
    ensure_success(tap.sync())
    desk = service.desk
    of_ticket = ("subject", "status", "requester_id", "organization_id")
    assert stands(tap, "tickets", *of_ticket) == of_kept(desk.tickets, *of_ticket)
    assert stands(tap, "users", "name", "email") == of_kept(desk.users, "name", "email")
    assert stands(tap, "organizations", "name") == of_kept(desk.organizations, "name")
    assert stands(tap, "satisfaction_ratings", "score") == of_kept(desk.ratings, "score")
    sets = [desk.metric_set(number) for number in desk.tickets]
    assert set(tap.ids("ticket_metrics")) == {one["id"] for one in sets if one is not None}
    assert set(tap.ids("ticket_metric_events")) == {one["id"] for _, one in desk.metric_events}
    desk.change_ticket(3, service.clock.now(), {"status": "closed"}, 380_000)
    service.clock.advance(600)
    ensure_success(tap.sync())
    assert stands(tap, "tickets", *of_ticket) == of_kept(desk.tickets, *of_ticket)


def of_kept(kept: Mapping[int, Kept], *names: str) -> dict[Any, tuple[Any, ...]]:
    return {number: tuple(one.value[name] for name in names) for number, one in kept.items()}


def zendesk_token(service: ZendeskService) -> str:
    client_id, secret = service.client
    body = urlencode({"client_id": client_id, "client_secret": secret}).encode()
    asked = Request("POST", "/oauth/tokens", {}, {}, body, "")
    token: str = msgspec.json.decode(service.handle(asked).body)["access_token"]
    return token


def test_tap_jira_brings_what_the_site_has(real: Callable[..., RealTap]) -> None:
    """It takes `--properties` alone, and with `--catalog` ends well without a record."""
    service = JiraService(ControlledClock(NOON), limits=())
    feed(tracker(12), [service], service.clock)
    service.clock.advance(3600)
    tap = real(
        "tap-jira==2.6.0",
        service,
        {"acme.atlassian.net": ""},
        config={
            "base_url": "acme.atlassian.net",
            "username": "etl@acme.example",
            "user_agent": "tests",
            "start_date": "2025-01-01T00:00:00Z",
        },
        secrets={"password": JiraService.api_token},
        streams=["projects", "issues", "worklogs", "resolutions"],
    )
    ensure_success(tap.sync())
    site = service.site
    assert {row["id"]: row["key"] for row in tap.rows("issues")} == {
        str(one.number): one.key for one in site.issues.values()
    }
    assert {row["id"]: row["key"] for row in tap.rows("projects")} == {
        str(number): one["key"] for number, one in site.projects.items()
    }
    assert {row["id"] for row in tap.rows("worklogs")} == {str(number) for number in site.worklogs}
    assert {row["id"] for row in tap.rows("versions")} == {str(number) for number in site.versions}
    assert {row["id"] for row in tap.rows("components")} == {str(number) for number in site.components}
    assert {row["id"] for row in tap.rows("issue_comments")} == {
        str(comment["id"]) for one in site.issues.values() for comment in one.comments
    }


@pytest.mark.parametrize("api", ["REST", "BULK"])
def test_tap_salesforce_brings_what_the_org_has(real: Callable[..., RealTap], api: str) -> None:
    """By pages and by Bulk v1; it exchanges its refresh token, and writes the new one into its config."""
    service = SalesforceService(ControlledClock(NOON), full=5)
    feed(crm(12), [service], service.clock)
    service.clock.advance(3600)
    service.door.rotates = True
    client_id, secret = service.door.client
    tap = real(
        "tap-salesforce==2.8.1",
        service,
        {"login.salesforce.com": "", "*.my.salesforce.com": ""},
        config={"client_id": client_id, "api_type": api, "start_date": "2019-01-01T00:00:00Z"},
        secrets={"client_secret": secret, "refresh_token": service.door.refresh_token},
        streams=["Account", "Contact", "Opportunity"],
    )
    ensure_success(tap.sync())
    assert_org(tap, service)
    (number,) = service.org.find("Account", "External_Id__c", "acc_3")
    service.org.update("Account", number, {"Name": "Renamed"}, service.clock.now())
    service.clock.advance(600)
    ensure_success(tap.sync())
    assert_org(tap, service)


def assert_org(tap: TapScene, service: SalesforceService) -> None:
    for table, name in (("account", "Account"), ("contact", "Contact"), ("opportunity", "Opportunity")):
        assert {row["id"]: row["name"] for row in tap.rows(table)} == {
            row["Id"]: row["Name"] for row in service.org.live(name)
        }


def test_tap_marketo_brings_what_the_instance_has(real: Callable[..., RealTap]) -> None:
    service = MarketoService(ControlledClock(LATELY), limits=())
    feed(marketing(12, begins=LATELY), [service], service.clock)
    service.clock.move_to(datetime.now(UTC) + timedelta(hours=1))
    client_id, secret = service.door.client
    tap = real(
        "tap-marketo==2.9.4",
        service,
        {"*.mktorest.com": ""},
        config={
            "endpoint": "https://123-ABC-456.mktorest.com/rest",
            "client_id": client_id,
            "start_date": (LATELY - timedelta(days=1)).isoformat(),
            "poll_interval": 0.01,
        },
        secrets={"client_secret": secret},
        streams=["leads", "programs", "campaigns", "lists", "activity_types"],
    )
    ensure_success(tap.sync())
    instance = service.instance
    assert stands(tap, "leads", "email", "company") == {
        number: (one.get("email"), one.get("company")) for number, one in instance.leads.items()
    }
    assert stands(tap, "programs", "name") == {
        number: (one["name"],) for number, one in instance.programs.items()
    }
