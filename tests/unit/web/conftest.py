"""A small dashboard over prepared answers, and the web server around it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from mainstem.errors import QueryError, WarehouseBusy
from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import Dashboard, DashboardFilter, Element, ElementType, FilterType
from mainstem.semantics.model import Origin
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.assets import CHART_ENGINE, HTMX, asset_group, own_assets
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette

    from mainstem.query.context import Asking
    from mainstem.query.request import Request
    from mainstem.web.activations import ActivationDesk
    from mainstem.web.auth.stores import UserRecord
    from mainstem.web.catalogue import CatalogueDesk
    from mainstem.web.connectors import ConnectorDesk
    from mainstem.web.explore.kept import QuestionDesk
    from mainstem.web.lake import LakeDesk
    from mainstem.web.lookml import LookmlDesk
    from mainstem.web.orchestration import OrchestrationDesk
    from mainstem.web.publishing import PublicationDesk
    from mainstem.web.queries import QueryDesk
    from mainstem.web.sources import SourceDesk
    from mainstem.web.truth import TruthDesk
    from mainstem.web.truth.changes import ChangesDesk

VISITORS = OutputColumn(
    name="visits.visitors",
    label="Visits Visitors",
    field_label="Visitors",
    kind=ColumnKind.MEASURE,
    type=OutputType.NUMBER,
)
DAY = OutputColumn(
    name="visits.visit_date",
    label="Visits Visit Date",
    field_label="Visit Date",
    kind=ColumnKind.DIMENSION,
    type=OutputType.DATE,
    timeframe="date",
)
SOURCE = OutputColumn(
    name="visits.source",
    label="Visits Source",
    field_label="Source",
    kind=ColumnKind.DIMENSION,
    type=OutputType.STRING,
)
SQL = 'SELECT COUNT(*) AS "visits.visitors"\nFROM lake.analytics.visits AS visits\nWHERE a < b'


def result(columns: tuple[OutputColumn, ...], *rows: tuple[object, ...]) -> QueryResult:
    return QueryResult(columns=columns, rows=list(rows), sql=SQL, seconds=0.0125)  # type: ignore[arg-type]  # rows of literals


def element(name: str, kind: ElementType, *fields: str, row: int = 0, col: int = 0) -> Element:
    return Element(
        name=name,
        title=name.replace("_", " ").capitalize(),
        type=kind,
        model="company",
        explore="visits",
        fields=fields,
        origin=Origin("health.dashboard.lookml", 12),
        listen={"period": "visits.visit_date", "source": "visits.source"},
        row=row,
        col=col,
        width=12,
        height=4,
    )


def a_filter(name: str, column: str, default: str = "") -> DashboardFilter:
    return DashboardFilter(
        name=name,
        title=name.capitalize(),
        type=FilterType.FIELD,
        origin=Origin("health.dashboard.lookml", 5),
        default_value=default,
        model="company",
        explore="visits",
        field=column,
    )


DASHBOARD = Dashboard(
    name="health",
    title="Health <of> it all",
    layout="newspaper",
    origin=Origin("health.dashboard.lookml", 1),
    description="Who visits.",
    filters=(a_filter("period", "visits.visit_date", "7 days"), a_filter("source", "visits.source")),
    elements=(
        element("visitors", ElementType.SINGLE_VALUE, "visits.visitors"),
        element("daily", ElementType.LINE, "visits.visit_date", "visits.visitors", row=4),
        element("sources", ElementType.TABLE, "visits.source", "visits.visitors", row=4, col=12),
    ),
)


@dataclass
class Company:
    """What the tiles answer; a test changes it before it asks."""

    answers: dict[tuple[str, ...], QueryResult | Exception] = field(default_factory=dict)
    dashboards: dict[str, Dashboard] = field(default_factory=lambda: {"health": DASHBOARD})
    events_loaded_at: datetime | None = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)

    def answer(self, request: Request) -> QueryResult:
        found = self.answers[request.fields]
        if isinstance(found, Exception):
            raise found
        return found

    def explorer(self) -> CannedExplorer:
        project = Project(dashboards=self.dashboards)
        return CannedExplorer(project, self.answer, {"visits.visit_date": "date"})


@pytest.fixture
def company() -> Company:
    return Company(
        {
            ("visits.visitors",): result((VISITORS,), (12345,)),
            ("visits.visit_date", "visits.visitors"): result(
                (DAY, VISITORS), (date(2026, 3, 1), 3), (date(2026, 3, 2), 5)
            ),
            ("visits.source", "visits.visitors"): result(
                (SOURCE, VISITORS), ("<b>google</b>", 3), (None, 4), ("mail", None)
            ),
            ("visits.source",): result((SOURCE,), ("google",), ("a,b",), (None,)),
        }
    )


@dataclass
class Web:
    """The server, as a browser on this machine would meet it."""

    client: TestClient
    """Logged in as an administrator."""
    explorer: CannedExplorer
    app: Starlette
    kept: MemoryAccounts

    def stranger(self) -> TestClient:
        """A browser that nobody has logged in with."""
        return _browser(self.app)

    def logged_in(self, login: str, role: Role) -> TestClient:
        """A browser of `login`, who is made a user with that role."""
        client = self.stranger()
        client.cookies.set("mainstem_session_80", self.kept.session(login, role), domain="127.0.0.1")
        return client


def _browser(app: Starlette) -> TestClient:
    return TestClient(
        app,
        base_url="http://127.0.0.1",
        raise_server_exceptions=False,
        headers={"accept": "text/html,*/*", "user-agent": "a browser"},
    )


@pytest.fixture
def assets() -> Assets:
    """Our own assets; the third-party ones are stood in for by a line each."""
    return Assets([*own_assets(), *asset_group({HTMX: b"//htmx"}), *asset_group({CHART_ENGINE: b"//vega"})])


@pytest.fixture
def make_web(assets: Assets) -> Callable[[Company], Web]:
    def make(
        company: Company,
        settings: WebSettings | None = None,
        publications: PublicationDesk | None = None,
        sources: SourceDesk | None = None,
        catalogue: CatalogueDesk | None = None,
        queries: QueryDesk | None = None,
        lake: LakeDesk | None = None,
        lookml: LookmlDesk | None = None,
        orchestration: OrchestrationDesk | None = None,
        questions: QuestionDesk | None = None,
        asking_of: Callable[[UserRecord, Role], Asking] | None = None,
        truth: TruthDesk | None = None,
        changes: ChangesDesk | None = None,
        connectors: ConnectorDesk | None = None,
        activations: ActivationDesk | None = None,
    ) -> Web:
        explorer, kept = company.explorer(), MemoryAccounts()
        services = Services(
            explorer,
            "1.2.3",
            lambda: company.events_loaded_at,
            publications=publications,
            sources=sources,
            catalogue=catalogue,
            queries=queries,
            lake=lake,
            lookml=lookml,
            orchestration=orchestration,
            questions=questions,
            truth=truth,
            changes=changes,
            connectors=connectors,
            activations=activations,
            accounts=replace(kept.accounts, asking_of=asking_of) if asking_of else kept.accounts,
        )
        app = build_app(services, settings or WebSettings(), assets)
        web = Web(_browser(app), explorer, app, kept)
        web.client = web.logged_in("ada@example.org", Role.ADMIN)
        return web

    return make


@pytest.fixture
def web(company: Company, make_web: Callable[[Company], Web]) -> Web:
    return make_web(company)


@pytest.fixture
def analyst(web: Web) -> TestClient:
    """A browser of somebody who explores, and no more."""
    return web.logged_in("ann@example.org", Role.EXPLORER)


@pytest.fixture
def unknown_field() -> QueryError:
    return QueryError("explore 'visits' has no field 'visits.vistors'; did you mean 'visits.visitors'?")


@pytest.fixture
def busy() -> WarehouseBusy:
    return WarehouseBusy("the warehouse did not answer within 30 s")


class Answers:
    """Results in the shapes the tiles ask for."""

    def of_visitors(self, *values: int | None) -> QueryResult:
        return result((VISITORS,), *((value,) for value in values))

    def of_sources(self, *rows: tuple[str | None, int | None], limit_reached: bool = False) -> QueryResult:
        return QueryResult(
            columns=(SOURCE, VISITORS), rows=list(rows), sql=SQL, seconds=0.1, limit_reached=limit_reached
        )


@pytest.fixture
def answers() -> Answers:
    return Answers()
