"""What models read of the CRM, support and engineering is the same by connectors as it is in the systems."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.simulate.saas.zendesk.metrics import business_minutes
from mainstem.simulate.world import Change, Day, simulate_company
from mainstem.testing.company import CompanyLake
from tests.company.conftest import SMALL
from tests.company.synced import VARIABLES, load_synced
from tests.company.test_dashboards import empty_tiles
from tests.company.test_sources import assert_same

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.long

COMPANY = (7, 14, 50)
Rows = dict[str, dict[str, Any]]


class Synced:
    """The lake, and what the systems held when it was synced."""

    def __init__(self, folder: Any) -> None:
        self.lake = CompanyLake(folder)
        self.held: dict[str, Rows] = {}
        """By table, such as `crm.accounts`: rows that stand, by key."""
        self.services = load_synced(self.lake, self._noted(simulate_company(*COMPANY)))
        built = self.lake.build(
            "run",
            "--select",
            "marts.support",
            "+fct_ticket_metric",
            "+fct_ticket_sla",
            "+fct_sprint",
            "staging.systems",
            variables=VARIABLES,
        )
        assert built.failures == ()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.lake.query(sql)

    def staged(self, model: str, key: str) -> Rows:
        return {row[key]: row for row in self.rows(f"FROM analytics.{model} WHERE NOT is_deleted")}

    def _noted(self, days: Iterator[Day]) -> Iterator[Day]:
        for day in days:
            for change in day.changes:
                self._note(change)
            yield Day(day.day, [], day.changes, day.truth)

    def _note(self, change: Change) -> None:
        rows = self.held.setdefault(f"{change.system}.{change.table}", {})
        if change.row is None:
            rows.pop(change.key, None)
        else:
            rows[change.key] = change.row


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Synced:
    return Synced(tmp_path_factory.mktemp("synced"))


def picked(rows: Rows, **columns: str) -> dict[str, dict[str, Any]]:
    """Of each row the columns of a system under the names that models have for them."""
    return {
        key: {name: row[column] for name, column in columns.items() if column} for key, row in rows.items()
    }


def told(rows: Rows, like: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = next(iter(like.values()))
    return {key: {name: plain(row[name]) for name in names} for key, row in rows.items()}


def plain(value: Any) -> Any:
    """As the systems write it."""
    if isinstance(value, datetime):
        return value
    return value if value is None or isinstance(value, str | bool | int) else str(value)


def near(one: datetime, written: str, within: float = 1.0) -> bool:
    """Services write seconds."""
    return abs(one - datetime.fromisoformat(written)) <= timedelta(seconds=within)


def test_records_of_the_crm_go_by_their_external_ids_and_join_by_them(synced: Synced) -> None:
    for table, key, columns in (
        ("accounts", "account_id", {"account_name": "name", "domain": "domain", "region": "region"}),
        ("accounts", "account_id", {"plan": "plan", "seats": "seats", "owner_id": "owner_id"}),
        ("contacts", "contact_id", {"account_id": "account_id", "contact_name": "name"}),
        ("leads", "lead_id", {"lead_name": "name", "portal_customer_id": "portal_customer_id"}),
        ("opportunities", "opportunity_id", {"account_id": "account_id", "opportunity_type": "type"}),
        ("opportunities", "opportunity_id", {"stage": "stage", "licence_id": "licence_key"}),
        ("opportunities", "opportunity_id", {"owner_id": "owner_id", "opportunity_name": "name"}),
        ("opportunity_line_items", "line_item_id", {"opportunity_id": "opportunity_id"}),
        ("opportunity_line_items", "line_item_id", {"start_date": "start_date", "end_date": "end_date"}),
        ("users", "user_id", {"user_name": "name", "role": "role"}),
    ):
        held = picked(synced.held[f"crm.{table}"], **columns)
        assert len(held) >= 3
        found = told(synced.staged(f"stg_crm__{table}", key), held)
        assert {name: found.get(name) for name in held} == held, table
        assert found.keys() - held.keys() <= {"administrator"}, "the org's own user"


def test_amounts_addresses_and_moments_of_the_crm_are_those_that_were_written(synced: Synced) -> None:
    sold = synced.staged("stg_crm__opportunities", "opportunity_id")
    for key, row in synced.held["crm.opportunities"].items():
        assert sold[key]["amount"] is None or float(sold[key]["amount"]) == row["amount"]
        assert near(sold[key]["created_at"], row["created_at"])
        assert near(sold[key]["updated_at"], row["updated_at"])
        if row["close_date"]:
            assert str(sold[key]["close_date"]) == row["close_date"]
    people = synced.staged("stg_crm__leads", "lead_id")
    for key, row in synced.held["crm.leads"].items():
        assert people[key]["email"] == (row["email"].strip().lower() if row["email"] else None)
    items = synced.staged("stg_crm__opportunity_line_items", "line_item_id")
    for key, row in synced.held["crm.opportunity_line_items"].items():
        assert float(items[key]["total_price"]) == row["total_price"]


def test_addresses_that_bounced_are_those_that_salesforce_noted(synced: Synced) -> None:
    org = synced.services["salesforce"].org  # type: ignore[attr-defined] # of a simulated Salesforce
    for name, model, key in (("Lead", "leads", "lead_id"), ("Contact", "contacts", "contact_id")):
        noted = {row["External_Id__c"] for row in org.live(name) if row["EmailBouncedDate"]}
        told = synced.staged(f"stg_crm__{model}", key).items()
        assert {found for found, row in told if row["email_bounced_at"]} == noted
        assert name == "Contact" or noted


def test_what_was_deleted_in_the_crm_stays_and_is_marked(synced: Synced) -> None:
    [row] = synced.rows("SELECT count(*) FILTER (is_deleted) AS gone FROM analytics.stg_crm__accounts")
    held = len(synced.held["crm.accounts"])
    [all_] = synced.rows("SELECT count(*) AS n FROM analytics.stg_crm__accounts")
    assert all_["n"] - row["gone"] == held


def test_tickets_were_answered_and_solved_when_they_truly_were(synced: Synced) -> None:
    found = {
        row["external_id"]: row
        for row in synced.rows(
            "SELECT desk.external_id, ticket.* FROM analytics.fct_ticket AS ticket "
            "JOIN zendesk.ticket AS desk ON CAST(desk.id AS VARCHAR) = ticket.ticket_id"
        )
    }
    truth = {row["ticket_id"]: row for row in synced.lake.truth("tickets")}
    assert len(truth) > 8
    for key, row in truth.items():
        assert near(found[key]["first_reply_at"], row["first_reply_at"])
        assert near(found[key]["solved_at"], row["solved_at"])
        assert (found[key]["reopens"] > 0) == row["reopened"]
    held = synced.held["support.tickets"]
    assert {key: row["account_id"] for key, row in held.items()} == {
        key: found[key]["account_id"] for key in held
    }


WAITS = {
    "first_reply_time_calendar_minutes": "reply_time_in_minutes_calendar",
    "first_reply_time_business_minutes": "reply_time_in_minutes_business",
    "first_resolution_calendar_minutes": "first_resolution_time_in_minutes_calendar",
    "first_resolution_business_minutes": "first_resolution_time_in_minutes_business",
    "requester_wait_time_in_calendar_minutes": "requester_wait_time_in_minutes_calendar",
    "requester_wait_time_in_business_minutes": "requester_wait_time_in_minutes_business",
    "agent_wait_time_in_calendar_minutes": "agent_wait_time_in_minutes_calendar",
    "agent_wait_time_in_business_minutes": "agent_wait_time_in_minutes_business",
}
"""Our measures and those that the help desk itself counts, in whole minutes of each stretch."""


def test_times_of_tickets_are_those_that_the_help_desk_counts_itself(synced: Synced) -> None:
    counted = {str(row["ticket_id"]): row for row in synced.rows("FROM zendesk.ticket_metric")}
    found = synced.rows("FROM analytics.fct_ticket_metric WHERE count_resolutions > 0")
    assert len(found) > 8
    for row in found:
        truth = counted[row["ticket_id"]]
        stretches = 2 + 2 * row["count_reopens"]
        for ours, theirs in WAITS.items():
            assert 0 <= row[ours] - truth[theirs] < stretches, (row["ticket_id"], ours)
        assert row["count_reopens"] == truth["reopens"]


def test_a_first_reply_was_late_where_office_hours_of_its_region_say_so(synced: Synced) -> None:
    """Both outcomes are there, and each is missed at the moment at which its last minute had passed."""
    regions = {key: row["region"] for key, row in synced.held["crm.accounts"].items()}
    outcomes = set()
    for row in synced.rows(
        "SELECT * FROM analytics.fct_ticket_sla JOIN analytics.fct_ticket USING (ticket_id, account_id) "
        "WHERE metric = 'first_reply_time' AND first_reply_at IS NOT NULL"
    ):
        region = regions[row["account_id"]]
        took = business_minutes(region, row["created_at"], row["first_reply_at"])
        assert took == int(row["sla_elapsed_time"])
        assert row["is_sla_breach"] == (row["sla_elapsed_time"] > row["target"])
        if row["is_sla_breach"]:
            assert business_minutes(region, row["created_at"], row["sla_breach_at"]) == row["target"]
        outcomes.add(row["is_sla_breach"])
    assert outcomes == {True, False}


def test_issues_have_their_true_times_and_sprints_what_was_promised_and_added(synced: Synced) -> None:
    site = synced.services["jira"].site  # type: ignore[attr-defined] # of a simulated Jira
    keys = {str(site.number_of("issue", key)): key for key in synced.held["engineering.issues"]}
    found = {keys[row["issue_id"]]: row for row in synced.rows("FROM analytics.fct_issue")}
    held = synced.held["engineering.issues"]
    assert found.keys() == held.keys()
    for key, row in held.items():
        assert found[key]["project_key"] == row["project"]
        assert found[key]["is_added_after_start"] == row["added_after_start"], key
        assert found[key]["story_points"] == row["story_points"]
        assert found[key]["issue_type"] == row["type"].lower()
        assert found[key]["status"] == row["status"].lower()
        assert keys and found[key]["issue_key"].startswith(f"{row['project']}-")
    for row in synced.lake.truth("issues"):
        one = found[row["issue_id"]]
        assert one["first_project_key"] == row["team"]
        assert one["reopens"] == int(row["reopened"])
        assert near(one["done_at"], row["done_at"])
        assert near(one["first_in_progress_at"], row["first_work_at"])
    [sprints] = synced.rows(
        "SELECT sum(committed_issues) AS committed, sum(added_issues) AS added FROM analytics.fct_sprint"
    )
    added = sum(row["added_after_start"] for row in held.values())
    assert (sprints["committed"], sprints["added"]) == (len(held) - added, added)


@pytest.mark.slow
def test_people_revenue_journeys_and_health_are_the_same_by_connectors(
    built_company: CompanyLake, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """But for ids and seconds of services, and close dates of open opportunities, which Salesforce wants."""
    lake = CompanyLake(tmp_path_factory.mktemp("all"))
    load_synced(lake, simulate_company(SMALL["seed"], SMALL["months"], SMALL["accounts"]))
    assert lake.build("run", variables=VARIABLES).failures == ()
    assert lake.build("test", "--select", "test_type:singular", variables=VARIABLES).failures == ()
    assert_same(
        lake,
        built_company,
        "SELECT account_id, valid_from, arr_cents FROM analytics.fct_arr_span",
        "SELECT account_id, moved_on, movement_type, change_cents FROM analytics.fct_arr_movement",
        "SELECT line_item_id, account_id, arr_cents FROM analytics.fct_line_item",
        "SELECT opportunity_id, booked_on, booking_cents FROM analytics.fct_booking",
        "SELECT * EXCLUDE (satisfaction_as_of) FROM analytics.account_360",
        "SELECT rule_name, row_id FROM analytics.crm_data_quality "
        "WHERE rule_name NOT IN ('open past its close date', 'e-mail bounces')",
        "SELECT licence_id, account_id, evidence FROM analytics.bdg_licence_account",
        "SELECT server_id, account_id FROM analytics.bdg_server_account",
        "SELECT count(*) FROM analytics.dim_person",
        "SELECT visitor_id, person_id IS NULL FROM analytics.bdg_visitor_person",
        "SELECT stage, count(*) FROM analytics.fct_journey_stage GROUP BY 1",
        "FROM analytics.fct_campaign_month",
        "SELECT account_id, status, reopens, satisfaction_score FROM analytics.fct_ticket",
        "SELECT project_key, date_day, done_issues, in_progress_issues FROM analytics.fct_engineering_day",
    )
    assert empty_tiles(lake, "support", "engineering") == set()
