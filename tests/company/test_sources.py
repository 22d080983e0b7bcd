"""A company with some of the sources gets what those allow, as with all of them, and blanks for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.simulate.world import Day, simulate_company
from mainstem.testing.company import CompanyLake
from tests.company.conftest import SMALL, in_two_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

pytestmark = pytest.mark.long


@pytest.fixture
def lake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CompanyLake:
    """The small company where only the sources exist that the test names, all models built."""
    sources: Collection[str] = request.param
    lake = CompanyLake(tmp_path_factory.mktemp("some"))
    days = list(simulate_company(SMALL["seed"], SMALL["months"], SMALL["accounts"]))
    lake.load(msgspec.structs.replace(day, events=[]) for day in only(sources, iter(days)))
    for loaded_at, events in in_two_parts(days):
        lake.load_events([event for event in events if event.source in sources], loaded_at)
    assert lake.build("run").failures == ()
    assert lake.build("test", "--select", "test_type:singular").failures == ()
    return lake


def only(sources: Collection[str], days: Iterator[Day]) -> Iterator[Day]:
    for day in days:
        events = [event for event in day.events if event.source in sources]
        changes = [change for change in day.changes if change.system in sources]
        yield msgspec.structs.replace(day, events=events, changes=changes)


def rows(lake: CompanyLake, sql: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in lake.query(sql)), key=repr)


def assert_same(one: CompanyLake, other: CompanyLake, *questions: str) -> None:
    for sql in questions:
        found = rows(one, sql)
        assert found, sql
        assert found == rows(other, sql), sql


def assert_empty(lake: CompanyLake, *tables: str) -> None:
    assert [table for table in tables if rows(lake, f"FROM analytics.{table} LIMIT 1")] == []


@pytest.mark.parametrize("lake", [("website",)], indirect=True, ids=["website"])
@pytest.mark.slow
def test_a_website_alone_gives_visitors_visits_and_journeys_to_a_trial(
    lake: CompanyLake, built_company: CompanyLake
) -> None:
    assert_same(
        lake,
        built_company,
        "SELECT visitor_id, started_at, channel, page_views, downloads FROM analytics.fct_session",
        "SELECT visitor_id, touched_at, channel, campaign_name FROM analytics.fct_touch",
        "SELECT visit_date, visitor_id, page_views FROM analytics.fct_daily_site_visitors",
    )
    stages = {stage for (stage,) in rows(lake, "SELECT DISTINCT stage FROM analytics.fct_journey_stage")}
    assert {"visit", "download", "trial"} <= stages <= {"visit", "download", "trial", "purchase"}
    worth = rows(lake, "SELECT count(*), count(credited_arr_cents) FROM analytics.fct_attribution")
    assert worth[0][0] > 0
    assert worth[0][1] == 0, "what nothing is known to be worth earns nothing, not zero"
    assert_empty(lake, "dim_account", "account_360", "fct_arr_day", "fct_server_day", "fct_metric_estimate")


@pytest.mark.parametrize("lake", [("crm", "licences", "finance")], indirect=True, ids=["crm and licences"])
def test_a_crm_and_licences_give_revenue_and_accounts_that_say_what_is_not_known(
    lake: CompanyLake, built_company: CompanyLake
) -> None:
    assert_same(
        lake,
        built_company,
        "SELECT account_id, valid_from, arr_cents FROM analytics.fct_arr_span",
        "SELECT account_id, moved_on, movement_type, change_cents FROM analytics.fct_arr_movement",
        "SELECT account_id, customer_since, plan, seats FROM analytics.account_360 WHERE arr_cents > 0",
        "SELECT licence_id, account_id FROM analytics.bdg_licence_account WHERE evidence = 'opportunity'",
    )
    reasons = rows(
        lake,
        "SELECT DISTINCT usage_blank_reason, web_blank_reason, support_blank_reason, daily_active_users_28d, "
        "open_tickets, web_visits_30d FROM analytics.account_360",
    )
    assert reasons == [("no server linked", "no website events", "no support data", None, None, None)]
    stages = {stage for (stage,) in rows(lake, "SELECT DISTINCT stage FROM analytics.fct_journey_stage")}
    assert stages == {"purchase", "licence"}
    assert_empty(lake, "fct_session", "fct_touch", "fct_server_day", "fct_ticket", "fct_metric_coverage")


@pytest.mark.parametrize("lake", [("servers", "webapp", "mobile")], indirect=True, ids=["servers"])
@pytest.mark.slow
def test_servers_alone_give_usage_versions_and_coverage_but_for_that_by_revenue(
    lake: CompanyLake, built_company: CompanyLake
) -> None:
    assert_same(
        lake,
        built_company,
        "SELECT server_id, activity_date, version, active_users FROM analytics.fct_server_day",
        "SELECT server_id, activity_date, feature, n, users FROM analytics.fct_feature_day",
        "SELECT server_id, is_excluded, exclusion_reason FROM analytics.dim_server",
        "SELECT metric, day, n_active, n_capable, n_reporting FROM analytics.fct_metric_coverage",
        "SELECT metric, month, method, observed, publishable, reason FROM analytics.fct_metric_estimate",
        "SELECT version, release_date, n_servers_ever FROM analytics.dim_version",
    )
    assert_empty(
        lake, "fct_metric_coverage_month", "fct_session", "dim_account", "fct_arr_day", "fct_conversion"
    )
