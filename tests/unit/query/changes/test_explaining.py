"""Changes that were put in are found with their exact amounts; what cannot be told apart is not guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import QueryError
from mainstem.query.changes import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query.changes import Explanation

CUT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEW = {n: (CUT + timedelta(hours=1), 100, "new", "a") for n in range(100, 112)}
LATE = {n: (CUT - timedelta(hours=2), 100, "late", "b") for n in range(200, 203)}


def parts(explanation: Explanation, measure: str = "visits.count") -> dict[Cause, Any]:
    [found] = [one for one in explanation.numbers if one.measure == measure]
    assert sum(found.parts.values()) == found.difference
    return found.parts


def test_a_new_day_late_events_and_a_changed_crm_row_are_told_apart(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts)
    now = moment({**old_pages, **NEW, **LATE}, {**accounts, "b": "north"})
    found = shop.explain(then, now, "visits.count", filters={"visits.region": "north"})
    # Five of region north before; five of account b's come with its new region, late ones are b's too.
    assert parts(found) == {Cause.CHANGED: 5, Cause.LATE: 3, Cause.NEW: 12}
    assert found.notes == ()


def test_removed_rows_are_told_as_such(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    kept = {number: row for number, row in old_pages.items() if number > 2}
    found = shop.explain(moment(old_pages, accounts), moment(kept, accounts), "visits.count", "visits.spent")
    assert parts(found) == {Cause.REMOVED: -2}
    assert parts(found, "visits.spent") == {Cause.REMOVED: -200}


def test_a_changed_model_is_told_apart_from_new_rows(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    changed = "SELECT p.id, p.timestamp AS seen_at, p.cents * 2 AS cents, p.person, a.region FROM"
    sql = changed + " lake.website.pages AS p LEFT JOIN lake.crm.accounts AS a ON a.id = p.account"
    found = shop.explain(
        moment(old_pages, accounts), moment({**old_pages, **NEW}, accounts, sql=sql), "visits.spent"
    )
    assert parts(found, "visits.spent") == {Cause.NEW: 1200, Cause.MODEL: 2200}
    assert found.changed_models == ("visits",)


def test_a_changed_measure_of_lookml_is_told_apart(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts)
    view = then.view.replace("type: sum  sql: ${TABLE}.cents", "type: sum  sql: ${TABLE}.cents / 2")
    now = moment({**old_pages, **NEW}, accounts, view=view)
    assert parts(shop.explain(then, now, "visits.spent"), "visits.spent") == {
        Cause.NEW: 1200,
        Cause.LOOKML: -1100,
    }


def test_what_only_the_passing_of_days_does_is_told_apart(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts)
    found = shop.explain(then, then, "visits.count", filters={"visits.seen_date": "today"})
    assert parts(found) == {Cause.WINDOW: -10}


def test_measures_that_do_not_add_up_are_split_too(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    found = shop.explain(
        moment(old_pages, accounts), moment({**old_pages, **NEW, **LATE}, accounts), "visits.people"
    )
    assert parts(found, "visits.people") == {Cause.LATE: 1, Cause.NEW: 1}


def test_each_row_of_the_answer_has_its_own_parts(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    found = shop.explain(
        moment(old_pages, accounts),
        moment({**old_pages, **NEW, **LATE}, accounts),
        "visits.region",
        "visits.count",
    )
    assert {one.group: one.parts for one in found.groups} == {
        ("north",): {Cause.NEW: 12},
        ("south",): {Cause.LATE: 3},
    }


def test_a_table_built_bit_by_bit_is_split_as_far_as_its_sources_allow(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts, materialized="incremental")
    now = moment({**old_pages, **NEW, **LATE}, accounts, materialized="incremental")
    both = shop.explain(then, now, "visits.count")
    assert parts(both) == {Cause.LATE: 3, Cause.NEW: 12}
    assert "its sources had 12 new, 3 late rows" in both.notes[0]
    assert "its own rows are told apart" in both.notes[0]
    only_late = shop.explain(
        then, moment({**old_pages, **LATE}, accounts, materialized="incremental"), "visits.count"
    )
    assert parts(only_late) == {Cause.LATE: 3}
    assert only_late.notes == ()


@pytest.mark.parametrize("strategy", ["append", "delete+insert"])
def test_what_one_build_added_is_told_apart_by_doing_it_again(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any, strategy: str
) -> None:
    kind = {"materialized": "incremental", "strategy": strategy}
    then = moment(old_pages, accounts, **kind)
    # Of all pages the build took those that its own table did not hold, or made some of them anew.
    taken = " LEFT JOIN lake.analytics.visits AS held ON held.id = p.id WHERE held.id IS NULL"
    if strategy == "delete+insert":
        taken += " OR held.id > 5"
    now = moment({**old_pages, **NEW, **LATE}, accounts, sql=then.sql + taken, mart=then.sql, **kind)
    then.fingerprint = now.fingerprint = "one"
    found = shop.explain(then, now, "visits.count", one_build=True)
    assert found.notes == ()
    assert parts(found) == {Cause.LATE: 3, Cause.NEW: 12}
    several = shop.explain(then, now, "visits.count")
    assert parts(several) == {Cause.LATE: 3, Cause.NEW: 12}
    assert "its own rows are told apart" in several.notes[0]


def test_rows_that_a_hook_deletes_are_told_from_those_that_the_build_made_anew(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    kind = {
        "materialized": "incremental",
        "strategy": "delete+insert",
        "unique_key": ("person",),
        "hooked": True,
    }
    then = moment(old_pages, accounts, **kind)
    pages = {n: row for n, row in {**old_pages, **NEW, **LATE}.items() if row[2] != "p2"}
    touched = " WHERE p.person IN (SELECT person FROM lake.website.pages WHERE id > 10)"
    now = moment(pages, accounts, sql=then.sql + touched, mart=then.sql, **kind)
    then.fingerprint = now.fingerprint = "one"
    found = shop.explain(then, now, "visits.count", one_build=True)
    assert parts(found) == {Cause.MIXED: -3, Cause.LATE: 3, Cause.NEW: 12}
    assert "lost keys" in found.notes[0]
    alone = moment({**old_pages, **LATE}, accounts, sql=then.sql + touched, mart=then.sql, **kind)
    alone.fingerprint = "one"
    assert parts(shop.explain(then, alone, "visits.count", one_build=True)) == {Cause.LATE: 3}


def test_several_builds_are_followed_from_one_to_the_next(
    shop: Any, moment: Callable[..., Any], leg: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    kind = {"materialized": "incremental", "strategy": "append", "fingerprint": "one"}
    then = moment(old_pages, accounts, **kind)
    taken = " LEFT JOIN lake.analytics.visits AS held ON held.id = p.id WHERE held.id IS NULL"
    sql = {"sql": then.sql + taken, "mart": then.sql}
    between = moment({**old_pages, **NEW}, accounts, **sql, **kind)
    now = moment({**old_pages, **NEW, **LATE}, accounts, **sql, **kind)
    legs = [leg(then, between, "Build 2"), leg(between, now, "Build 3")]
    found = shop.explain(then, now, "visits.count", legs=legs)
    assert parts(found) == {Cause.LATE: 3, Cause.NEW: 12}
    assert found.notes == ("2 builds lie between, and it was followed from one to the next.",)
    assert "Build 3 (2 of 2): Asking with the rows that came late" in shop.told


def test_models_that_several_read_are_made_once_for_each_state(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstem.query.changes.stand_ins.FEW_MODELS", 0)
    then = moment(old_pages, accounts, chain=True)
    found = shop.explain(then, moment({**old_pages, **NEW, **LATE}, accounts, chain=True), "visits.count")
    assert parts(found) == {Cause.LATE: 3, Cause.NEW: 12}
    assert found.notes == ()


def test_nothing_is_asked_again_where_nothing_happened(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    same = moment(old_pages, accounts)
    assert parts(shop.explain(same, same, "visits.count")) == {}
    assert not [told for told in shop.told if "rows that are new" in told or "came late" in told]


def test_a_changed_model_built_bit_by_bit_counts_as_the_model_where_no_source_changed(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts, materialized="incremental")
    sql = then.sql + " WHERE p.cents > 0 AND p.id < 6"
    alone = shop.explain(
        then, moment(old_pages, accounts, sql=sql, materialized="incremental"), "visits.count"
    )
    assert parts(alone) == {Cause.MODEL: -5}
    both = shop.explain(
        then, moment({**old_pages, **NEW}, accounts, sql=sql, materialized="incremental"), "visits.count"
    )
    assert parts(both) == {Cause.MIXED: -5}
    assert "a model behind it changed" in both.notes[0]


def test_a_table_that_is_not_what_its_sql_makes_leaves_a_remainder_that_is_told(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts)
    now = moment(old_pages, accounts)
    now.mart = now.sql + " WHERE p.id <> 1"
    assert parts(shop.explain(then, now, "visits.count")) == {Cause.REMAINDER: -1}


def test_row_rules_hold_in_numbers_groups_and_rows(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    shop.sees_everything, shop.attributes = False, {"region": "south"}
    found = shop.explain(
        moment(old_pages, accounts),
        moment({**old_pages, **NEW, **LATE}, accounts),
        "visits.region",
        "visits.count",
    )
    assert parts(found) == {Cause.LATE: 3}
    assert {row.values[1] for row in found.rows} == {"south"}
    shop.attributes = {}
    nothing = shop.explain(
        moment(old_pages, accounts), moment({**old_pages, **NEW}, accounts), "visits.count"
    )
    assert parts(nothing) == {}
    assert nothing.rows == ()


def test_rows_that_came_went_and_changed_are_listed(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    pages = {n: row for n, row in old_pages.items() if n != 1} | {
        300: (CUT + timedelta(hours=1), 7, "x", "a")
    }
    at, _, person, account = pages[2]
    pages[2] = (at, 250, person, account)
    found = shop.explain(moment(old_pages, accounts), moment(pages, accounts), "visits.spent")
    assert found.row_fields == ("visits.id", "visits.spent")
    rows = {(row.what, tuple(map(str, row.values)), tuple(map(str, row.before))) for row in found.rows}
    assert rows == {
        ("removed", ("1", "100"), ()),
        ("changed", ("2", "250"), ("2", "100")),
        ("added", ("300", "7"), ()),
    }


def test_a_question_without_a_number_is_refused(
    shop: Any, moment: Callable[..., Any], old_pages: Any, accounts: Any
) -> None:
    then = moment(old_pages, accounts)
    with pytest.raises(QueryError, match="no number"):
        shop.explain(then, then, "visits.region")
