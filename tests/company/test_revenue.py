"""Revenue models on simulated companies against what really was sold, moved, answered and written wrongly."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.simulate.world import Day, simulate_company
from mainstem.testing.company import CompanyLake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.long

MODELS = ("+fct_revenue_quarter", "+fct_bookings_bridge", "+fct_renewal", "+crm_data_quality", "+dim_account")
FAULTS = ("impossible date", "no licence key", "odd name", "duplicate")


def systems_alone(days: Iterator[Day]) -> Iterator[Day]:
    """No events: what is sold does not depend on them, and loading them is most of the work."""
    for day in days:
        yield Day(day.day, [], day.changes, day.truth)


@pytest.fixture(
    scope="module",
    params=(
        pytest.param((7, 36, 20), id="seed 7"),
        pytest.param((8, 60, 150), id="seed 8, larger", marks=pytest.mark.slow),
        pytest.param((9, 60, 60), id="seed 9", marks=pytest.mark.slow),
    ),
)
def lake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CompanyLake:
    lake = CompanyLake(tmp_path_factory.mktemp("revenue"))
    lake.load(systems_alone(simulate_company(*request.param)))
    build(lake, "+fct_ticket")
    return lake


def build(lake: CompanyLake, *more: str) -> None:
    """The models and what must hold of them; single columns are tested where the whole package is built."""
    assert lake.build("run", "--select", *MODELS, *more).failures == ()
    assert lake.build("test", "--select", "tests/revenue").failures == ()


def rows(lake: CompanyLake, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in lake.query(sql)]


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def test_arr_of_every_day_is_the_true_one_to_the_cent(lake: CompanyLake) -> None:
    [(today,)] = rows(lake, "SELECT as_of_date FROM analytics.int_revenue_as_of")
    found = {
        on: (arr, accounts)
        for on, arr, accounts in rows(lake, "SELECT arr_date, arr_cents, accounts FROM analytics.fct_arr_day")
    }
    truth = {
        day(row["day"]): (row["arr_cents"], row["accounts"])
        for row in lake.truth("arr_days")
        if day(row["day"]) <= today
    }
    assert len(truth) > 1_000
    assert max(found) == max(truth)
    assert {on: found.get(on, (0, 0)) for on in truth} == truth


def test_movements_are_the_true_ones_to_the_cent(lake: CompanyLake) -> None:
    found = rows(
        lake, "SELECT moved_on, account_id, movement_type, change_cents FROM analytics.fct_arr_movement"
    )
    [(today,)] = rows(lake, "SELECT as_of_date FROM analytics.int_revenue_as_of")
    truth = [
        (day(row["day"]), row["account_id"], row["kind"], row["change_cents"])
        for row in lake.truth("arr_movements")
        if day(row["day"]) <= today
    ]
    assert sorted(found) == sorted(truth)
    assert {"new", "churn", "expansion", "contraction"} <= {kind for _, _, kind, _ in truth}


def test_arr_of_every_line_item_is_the_true_one_to_the_cent(lake: CompanyLake) -> None:
    found = dict(rows(lake, "SELECT line_item_id, arr_cents FROM analytics.fct_line_item"))
    assert found == {row["id"]: row["arr_cents"] for row in lake.truth("line_items")}


def test_what_is_wrong_in_the_crm_is_found_and_nothing_else_is_called_wrong(lake: CompanyLake) -> None:
    """Duplicates that somebody deleted need no mending any more; those of contacts are no account's."""
    gone = {key for (key,) in rows(lake, "SELECT id FROM crm.accounts WHERE _deleted")}
    truth = {
        (next(name for name in FAULTS if row["fault"].startswith(name)), row["key"])
        for row in lake.truth("crm_faults")
        if row["table"] != "contacts" and row["key"] not in gone
    }
    names = "'odd name', 'impossible date', 'no licence key', 'duplicate account'"
    found = {
        (rule.removesuffix(" account"), key)
        for rule, key in rows(
            lake, f"SELECT rule_name, row_id FROM analytics.crm_data_quality WHERE rule_name IN ({names})"
        )
    }
    assert found == truth
    assert len(truth) > 3


def test_contacts_entered_twice_are_told_and_no_others(lake: CompanyLake) -> None:
    """Which of the two is the duplicate nobody can know: they were written in the same moment."""
    before = "duplicate of "
    truth = {
        frozenset((row["key"], row["fault"].removeprefix(before)))
        for row in lake.truth("crm_faults")
        if row["table"] == "contacts"
    }
    found = rows(
        lake,
        "SELECT row_id, found_value FROM analytics.crm_data_quality WHERE rule_name = 'duplicate contact'",
    )
    assert {frozenset((key, value.removeprefix(before))) for key, value in found} == truth


def test_what_nobody_did_to_the_crm_is_not_found_in_it(lake: CompanyLake) -> None:
    rules = (
        "no owner", "owner has left", "no domain", "contact without account", "no e-mail", "e-mail bounces",
        "closed before it was written down", "won without amount", "unknown account", "no line items",
    )  # fmt: skip
    found = rows(lake, "SELECT rule_name, row_id FROM analytics.crm_data_quality")
    assert [one for one in found if one[0] in rules] == []


def test_an_impossible_close_date_does_not_move_a_booking_by_more_than_the_way_to_its_first_day(
    lake: CompanyLake,
) -> None:
    closed = {row["opportunity_id"]: day(row["closed"]) for row in lake.truth("opportunities") if row["won"]}
    found = rows(lake, "SELECT opportunity_id, booked_on, is_date_estimated FROM analytics.fct_booking")
    assert {key for key, _, _ in found} == set(closed)
    for key, booked, estimated in found:
        assert booked == closed[key] or (estimated and 0 <= (booked - closed[key]).days <= 100)


def test_renewals_that_were_lost_are_told_lost_and_those_won_are_told_won(lake: CompanyLake) -> None:
    found = rows(
        lake, "SELECT account_id, renewal_status, won_on FROM analytics.fct_renewal WHERE is_decided"
    )
    lost = {account for account, status, _ in found if status == "lost"}
    won = {account for account, status, _ in found if status != "lost"}
    truth = [row for row in lake.truth("opportunities") if row["kind"] == "renewal"]
    assert {row["account_id"] for row in truth if not row["won"]} <= lost
    assert {row["account_id"] for row in truth if row["won"]} == won
    assert {status for _, status, _ in found} == {"renewed", "renewed for less", "lost"}


def test_tickets_were_answered_and_solved_when_they_truly_were(lake: CompanyLake) -> None:
    found = {
        key: times
        for key, *times in rows(
            lake,
            "SELECT ticket_id, first_reply_at, solved_at, reopens > 0 FROM analytics.fct_ticket "
            "WHERE is_solved",
        )
    }
    moment = datetime.fromisoformat
    truth = {
        row["ticket_id"]: [moment(row["first_reply_at"]), moment(row["solved_at"]), row["reopened"]]
        for row in lake.truth("tickets")
    }
    assert truth.keys() <= found.keys()
    for key, (first_reply, solved, reopened) in truth.items():
        assert abs(found[key][0] - first_reply).total_seconds() < 0.002  # systems write milliseconds
        assert abs(found[key][1] - solved).total_seconds() < 0.002
        assert found[key][2] == reopened


def test_targets_stand_beside_what_arr_became(lake: CompanyLake) -> None:
    by_day = {day(row["day"]): row["arr_cents"] for row in lake.truth("arr_days")}
    found = rows(
        lake,
        "SELECT starts_on, ends_on, actual_as_of, actual_cents, is_complete FROM analytics.fct_arr_target",
    )
    assert len(found) >= 13
    for starts, ends, as_of, actual, complete in found:
        assert complete == (as_of == ends)
        if actual is not None:
            assert starts <= as_of
            assert actual == by_day[as_of]


@pytest.mark.slow
def test_a_company_without_any_system_has_no_revenue_and_no_errors(tmp_path: Path) -> None:
    lake = CompanyLake(tmp_path)
    build(lake)
    for model in ("fct_arr_day", "fct_revenue_month", "fct_arr_target", "fct_renewal", "crm_data_quality"):
        assert rows(lake, f"SELECT * FROM analytics.{model}") == []
