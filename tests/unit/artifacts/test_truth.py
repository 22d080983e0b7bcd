"""How what stands behind a table is judged: nothing that is not known counts as good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mainstem.artifacts import Lineage, LineageNode, LineageTest, Outcome, Outcomes
from mainstem.artifacts.relations import relations_in
from mainstem.artifacts.truth import Known, State, span, truth_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENTS = LineageNode(
    uid="source.web.pages",
    kind="source",
    name="web.pages",
    schema="website",
    table="pages",
    loaded_at="received_at",
    warn_after_hours=12,
)
MART = LineageNode(
    uid="model.visits",
    kind="model",
    name="visits",
    schema="analytics",
    table="visits",
    materialized="table",
    parents=(EVENTS.uid,),
)
UNIQUE = LineageTest(
    uid="test.unique", name="unique_visits_id", kind="unique", column="id", about=(MART.uid,)
)
FILLED = LineageTest(
    uid="test.filled", name="not_null_visits_source", kind="not_null", column="source", about=(MART.uid,)
)
LINEAGE = Lineage(nodes={EVENTS.uid: EVENTS, MART.uid: MART}, tests={UNIQUE.uid: UNIQUE, FILLED.uid: FILLED})
PASSED = {UNIQUE.uid: Outcome(status="pass"), FILLED.uid: Outcome(status="pass")}
FRESH = {EVENTS.uid: NOW - timedelta(hours=1)}


def known(shown: dict[str, Outcome], newest: dict[str, Outcome] | None = None) -> Known:
    return Known(
        lineage=LINEAGE, outcomes=Outcomes(nodes=shown), newest=Outcomes(nodes=newest or {}), build=7
    )


def test_all_is_well_when_tests_pass_and_sources_are_fresh() -> None:
    truth = truth_of(known(PASSED), ["analytics.visits"], FRESH, NOW)
    assert (truth.state, truth.reasons) == (State.OK, ())
    assert [one.node.name for one in truth.nodes] == ["visits", "web.pages"]


def test_a_source_older_than_it_should_be_is_late() -> None:
    truth = truth_of(known(PASSED), ["analytics.visits"], {EVENTS.uid: NOW - timedelta(days=2)}, NOW)
    assert truth.state is State.LATE
    assert truth.reasons == ("web.pages: newest row 2 days ago; expected within 12 hours",)


def test_a_test_that_fails_in_a_build_that_is_not_shown_is_told_as_such() -> None:
    later = {UNIQUE.uid: Outcome(status="fail", failures=3, build=8)}
    truth = truth_of(known(PASSED, later), ["analytics.visits"], FRESH, NOW)
    assert truth.state is State.FAILING
    assert truth.reasons == (
        "test unique_visits_id of visits fails, 3 rows in a later build, which is not shown",
    )


def test_a_test_of_a_column_that_is_not_read_does_not_count_but_one_of_the_key_does() -> None:
    bad = {**PASSED, FILLED.uid: Outcome(status="warn")}
    columns = {"analytics.visits": {"id", "day"}}
    assert truth_of(known(bad), ["analytics.visits"], FRESH, NOW, columns).state is State.OK
    assert truth_of(known(bad), ["analytics.visits"], FRESH, NOW).state is State.WARNING
    key = {**PASSED, UNIQUE.uid: Outcome(status="fail")}
    assert (
        truth_of(known(key), ["analytics.visits"], FRESH, NOW, {"analytics.visits": set()}).state == "failing"
    )


def test_what_is_not_known_is_not_good() -> None:
    assert truth_of(None, ["analytics.visits"], {}, NOW).state is State.UNKNOWN
    assert truth_of(known(PASSED), ["other.table"], FRESH, NOW).unknown == ("other.table",)
    unrun = truth_of(known({UNIQUE.uid: Outcome(status="pass")}), ["analytics.visits"], FRESH, NOW)
    assert unrun.state is State.UNKNOWN
    assert truth_of(known(PASSED), ["analytics.visits"], {}, NOW).state is State.UNKNOWN
    assert truth_of(known(PASSED), ["analytics.visits"], {EVENTS.uid: None}, NOW).state is State.OK


def test_tables_elsewhere_say_where_they_are() -> None:
    truth = truth_of(known(PASSED), ["crm.accounts"], {}, NOW, elsewhere="on the connection crm")
    assert (truth.state, truth.reasons) == (State.UNKNOWN, ("on the connection crm",))


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('SELECT a FROM lake."Website".pages AS p', {"website.pages"}),
        ("SELECT 'x.y' FROM analytics.visits", {"analytics.visits"}),
        ("FROM `shop`.`orders`", {"shop.orders"}),
    ],
)
def test_tables_are_found_in_sql_and_not_in_its_texts(sql: str, tables: set[str]) -> None:
    assert relations_in(sql) == tables


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=10), "0 minutes"),
        (timedelta(minutes=61), "1 hour"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(days=3, hours=2), "3 days"),
    ],
)
def test_a_span_is_told_in_one_unit(length: timedelta, said: str) -> None:
    assert span(length) == said
