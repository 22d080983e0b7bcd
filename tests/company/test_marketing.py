"""Campaigns on the journey: what people did with them, from plain tables and from Marketo alike."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest

from mainstem.simulate.world import Difficulty, simulate_company
from mainstem.testing.company import CompanyLake
from tests.company.synced import MARKETING, load_synced
from tests.company.test_sources import assert_same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.simulate.world import Day

pytestmark = pytest.mark.long

BEGINS = date(2026, 1, 1)
MODELS = ("run", "--select", "+fct_campaign_month")
PLAIN_KINDS = (
    "('email_sent', 'email_opened', 'email_clicked', "
    "'form_submitted', 'webinar_registered', 'webinar_attended')"
)


class Lakes(NamedTuple):
    plain: CompanyLake
    marketo: CompanyLake
    activities: dict[str, dict[str, object]]
    """What marketing wrote down, by its id."""


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Lakes:
    folder = tmp_path_factory.mktemp("marketing")
    plain, marketo = CompanyLake(folder / "plain"), CompanyLake(folder / "marketo")
    plain.load(days())
    load_synced(marketo, days(), [MARKETING], BEGINS.isoformat())
    assert plain.build(*MODELS).failures == ()
    assert marketo.build(*MODELS, variables={"marketing_connector": "marketo"}).failures == ()
    changes = [one for day in days() for one in day.changes if one.table == "lead_activities"]
    return Lakes(plain, marketo, {one.key: one.row for one in changes if one.row is not None})


def days() -> Iterator[Day]:
    rates = Difficulty(visitor_tries=0.4, trial_buys=0.5)
    return simulate_company(7, 3, 300, rates, BEGINS)


def test_every_activity_is_told_once_with_its_campaign(lakes: Lakes) -> None:
    found = lakes.plain.query("FROM analytics.fct_campaign_activity")
    assert len(found) == len(lakes.activities) >= 100
    for row in found:
        held = lakes.activities[row["campaign_activity_id"]]
        assert (row["activity_type"], row["asset"]) == (held["activity"], held["asset"])
        assert row["campaign_name"] == held["campaign_id"]


def test_who_gave_the_address_on_the_website_is_who_did_it(lakes: Lakes) -> None:
    """Also the purchase that came after is theirs, and never one that came before."""
    found = lakes.plain.query("FROM analytics.fct_campaign_activity")
    known = [row for row in found if row["person_id"]]
    assert len(known) > len(found) / 2
    owners = {row["email"]: row["person_id"] for row in lakes.plain.query("FROM analytics.int_journey_email")}
    for row in found:
        email = str(lakes.activities[row["campaign_activity_id"]]["email"]).strip().lower()
        assert row["person_id"] == owners.get(email)
        assert row["purchase_at"] is None or row["purchase_at"] >= row["occurred_at"]
        assert row["journey_id"] == (row["account_id"] or row["person_id"])
    assert any(row["purchase_at"] for row in found)


def test_marketo_tells_the_same_as_the_plain_tables(lakes: Lakes) -> None:
    """Marketo writes seconds and whole dollars, and a webinar's activities are of the webinar's program."""
    assert_same(
        lakes.plain,
        lakes.marketo,
        "SELECT email, activity_type, asset, date_trunc('second', occurred_at) "
        f"FROM analytics.stg_marketing__lead_activities WHERE activity_type IN {PLAIN_KINDS}",
        "SELECT campaign_name, activity_type, person_id, account_id, date_trunc('second', occurred_at) "
        "FROM analytics.fct_campaign_activity "
        f"WHERE activity_type IN {PLAIN_KINDS} AND activity_type NOT LIKE 'webinar%'",
        "SELECT campaign_name, channel, month_start, round(cost_cents / 100.0), touches, people, emails_sent "
        "FROM analytics.fct_campaign_month WHERE cost_cents > 0 OR emails_sent > 0",
    )
    [more] = lakes.marketo.query(
        "SELECT count(*) AS rows FROM analytics.fct_campaign_activity WHERE activity_type = 'email_delivered'"
    )
    assert more["rows"] > 0
