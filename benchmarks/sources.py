"""Where each connector is measured: a source with its rows, settings, and the bare way to read the same."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.local_sources import Place, ndjson, parquet, postgres, tap
from benchmarks.tape import Tape
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.ga4 import Ga4Service
from mainstem.simulate.saas.github import GithubService
from mainstem.simulate.saas.jira import JiraService
from mainstem.simulate.saas.marketo import MarketoService
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.simulate.saas.stripe import StripeService
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.crm import crm
from mainstem.testing.helpdesk import helpdesk
from mainstem.testing.marketing import marketing
from mainstem.testing.sales import engineering, sales
from mainstem.testing.tracker import tracker
from mainstem.testing.website import service_account, website

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mainstem.simulate.saas import Service
    from mainstem.testing.saas import SaasHost


@dataclass(frozen=True)
class Source:
    title: str
    kind: str
    """As connectors are registered."""
    streams: tuple[str, ...]
    place: Callable[[SaasHost, Path], AbstractContextManager[Place]]
    limit: str = "the service's raw answers"


@dataclass(frozen=True)
class _OfService:
    """A simulated service that holds rows, asked over HTTP."""

    make: Callable[[ControlledClock], Service]
    settings: Callable[[Service], Mapping[str, Any]]
    fill: Callable[[Service], object] = field(default=lambda service: None)

    @contextmanager
    def __call__(self, host: SaasHost, scratch: Path) -> Iterator[Place]:
        service = self.make(ControlledClock(NOON))
        self.fill(service)
        service.clock.advance(600)
        tape = Tape(service)
        clock = StillClock(service.clock.now(), moved=service.clock.move_to)
        with host.hosting(service) as base_url:
            settings = {"base_url": base_url, **self.settings(service)}
            yield Place(settings, clock, lambda: tape.ask_again(base_url), tape.recording)


def _client(service: Any) -> Mapping[str, Any]:
    client_id, client_secret = service.door.client
    return {"client_id": client_id, "client_secret": client_secret}


def _salesforce(bulk_above: int) -> _OfService:
    return _OfService(
        lambda clock: SalesforceService(clock, limits=()),
        lambda service: {**_client(service), "objects": ["Account", "Contact"], "bulk_above": bulk_above},
        lambda service: feed(crm(2_000), [service], service.clock),
    )


def _marketo(**settings: Any) -> _OfService:
    return _OfService(
        lambda clock: MarketoService(clock, limits=()),
        lambda service: {**_client(service), "start": "2026-01-10", **settings},
        lambda service: feed(marketing(1_500), [service], service.clock),
    )


def _jira_settings(service: Service) -> Mapping[str, Any]:
    client_id, client_secret = JiraService.client
    return {"client_id": client_id, "client_secret": client_secret, "calls_a_second": 50}


def _ga4_settings(service: Any) -> Mapping[str, Any]:
    pages = {
        "dimensions": ["pagePath", "sessionSource", "sessionMedium", "city"],
        "metrics": ["screenPageViews", "totalUsers", "sessions"],
    }
    return {
        "property": Ga4Service.property,
        "reports": {"pages": pages},
        "default_reports": False,
        "service_account": service_account(service),
    }


def _fill_website(service: Any) -> None:
    website(service.site, days=60, visitors=60)


SOURCES = (
    Source(
        "Zendesk",
        "zendesk",
        ("tickets",),
        _OfService(
            lambda clock: ZendeskService(clock, limits=()),
            lambda service: {"email": "a@b.example", "api_token": ZendeskService.api_token},
            lambda service: feed(helpdesk(2_000), [service], service.clock),
        ),
    ),
    Source("Salesforce, by query", "salesforce", ("account", "contact"), _salesforce(1_000_000)),
    Source("Salesforce, by Bulk 2.0", "salesforce", ("account", "contact"), _salesforce(0)),
    Source(
        "Jira",
        "jira",
        ("issues",),
        _OfService(
            lambda clock: JiraService(clock, limits=()),
            _jira_settings,
            lambda service: feed(tracker(1_000), [service], service.clock),
        ),
    ),
    Source("Marketo, by bulk extract", "marketo", ("leads", "activities"), _marketo(page_within_hours=0)),
    Source("Marketo, by paging", "marketo", ("activities",), _marketo(page_within_hours=100_000)),
    Source(
        "Google Analytics",
        "ga4",
        ("pages",),
        _OfService(lambda clock: Ga4Service(clock, lag=(0.0, 0.0)), _ga4_settings, _fill_website),
    ),
    Source(
        "Stripe, declared",
        "rest",
        ("customers", "invoices"),
        _OfService(
            lambda clock: StripeService(clock, limits=()),
            lambda service: {"declaration": "stripe", "secrets": {"api_key": StripeService.api_key}},
            lambda service: feed(sales(800), [service], service.clock),
        ),
    ),
    Source(
        "GitHub, declared",
        "rest",
        ("issues",),
        _OfService(
            lambda clock: GithubService(clock, limits=()),
            lambda service: {
                "declaration": "github",
                "secrets": {"token": GithubService.token},
                "parameters": {"repositories": ["acme/app"]},
            },
            lambda service: feed(engineering(1_500), [service], service.clock),
        ),
    ),
    Source("PostgreSQL", "postgres", ("orders",), postgres, "a server-side cursor read by psycopg"),
    Source("Parquet files", "files", ("visits",), parquet, "DuckDB's own reader into a table"),
    Source("NDJSON files", "files", ("visits",), ndjson, "DuckDB's own reader into a table"),
    Source("a Singer tap", "singer", ("visits",), tap, "the tap alone, its output thrown away"),
)
