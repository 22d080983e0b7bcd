"""What a LookML developer is told: the file, the line, what is wrong, and what was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

CASES = {
    "a missing brace is found where the next field begins": (
        "view: a {\n  dimension: b {\n    type: string\n  dimension: c {}\n}\n",
        "shop.model.lkml:4: dimension c starts inside dimension b (line 2): a } is missing before it",
    ),
    "a missing brace at the end names the block": (
        "view: a {\n  dimension: b {}\n",
        "shop.model.lkml:1: view a is never closed: a } is missing",
    ),
    "a brace too many is not passed over": (
        "view: a {}\n}\nview: b {}\n",
        "shop.model.lkml:2: this } closes nothing that is open",
    ),
    "sql without its end is found where it begins": (
        "view: a {\n  dimension: b {\n    sql: ${TABLE}.b\n  }\n}\n",
        "shop.model.lkml:3: the sql that starts here has no ;; at its end",
    ),
    "a single semicolon does not hang": (
        "view: a {\n  dimension: b { label: x; }\n}\n",
        "shop.model.lkml:2: a single ; has no meaning in LookML; sql ends with ;;",
    ),
    "an open quote is found where it begins": (
        'view: a {\n  label: "x\n}\n',
        'shop.model.lkml:2: the text that starts here has no closing "',
    ),
    "a missing colon is shown": (
        "view: a {\n  dimension: b {\n    type string\n  }\n}\n",
        "shop.model.lkml:3: not LookML near 'type string': a parameter is written `name: value`",
    ),
    "an unknown parameter has a suggestion": (
        "view: a {\n  dimension: b {\n    typ: string\n  }\n}\n",
        "shop.model.lkml:3: unknown parameter typ in dimension b (did you mean type?)",
    ),
    "an unknown type lists what is valid": (
        "view: a {\n  dimension: b { type: strng }\n}\n",
        "shop.model.lkml:2: unknown type 'strng' (did you mean string?); "
        "valid are string, number, yesno, date, date_time",
    ),
    "a reference to an unknown field has a suggestion": (
        "view: a {\n  dimension: price {}\n  measure: sum { type: sum sql: ${prise} ;; }\n}\n",
        "shop.model.lkml:3: unknown field ${prise} (did you mean a.price?)",
    ),
    "a reference to an unknown view has a suggestion": (
        "view: users {}\nexplore: a {}\nview: a {\n  dimension: b { sql: ${user.id} ;; }\n}\n",
        "shop.model.lkml:4: unknown view user in ${user.id} (did you mean users?)",
    ),
    "an explore on an unknown view has a suggestion": (
        "view: orders {}\n\nexplore: oders {}\n",
        "shop.model.lkml:3: explore oders reads unknown view oders (did you mean orders?); "
        "the views of model shop are orders",
    ),
    "a join on an unknown view has a suggestion": (
        "view: a {}\nview: users {}\nexplore: a {\n  join: user { sql_on: 1 = 1 ;; }\n}\n",
        "shop.model.lkml:4: join user reads unknown view user (did you mean users?); "
        "the views of model shop are a, users",
    ),
    "a join condition on an unknown field has a suggestion": (
        "view: a { dimension: id {} }\nview: b { dimension: id {} }\n"
        "explore: a {\n  join: b { sql_on: ${a.id} = ${b.idd} ;; }\n}\n",
        "shop.model.lkml:4: sql_on of join b: unknown field b.idd (did you mean b.id?)",
    ),
    "an include that means no file has a suggestion": (
        '\ninclude: "shop.modl.lkml"\n',
        "shop.model.lkml:2: include 'shop.modl.lkml' is no file of this project "
        "(did you mean shop.model.lkml?)",
    ),
    "fields that refer to each other are named": (
        "view: a {\n  dimension: b { sql: ${c} ;; }\n  dimension: c { sql: ${b} ;; }\n}\n",
        "shop.model.lkml:2: b → c → b: these fields refer to each other",
    ),
    "a dimension cannot be made of a measure": (
        "view: a {\n  dimension: b { sql: ${n} ;; }\n  measure: n { type: count }\n}\n",
        "shop.model.lkml:2: dimension b refers to the measure n; dimensions come before measures",
    ),
    "a sum cannot be made of a measure": (
        "view: a {\n  measure: s { type: sum sql: ${n} ;; }\n  measure: n { type: count }\n}\n",
        "shop.model.lkml:2: measure s aggregates the measure n; only type: number may refer to one",
    ),
    "what is worked out over the rows of an answer is in no SQL": (
        "view: a {\n  measure: n { type: count }\n  measure: t { type: running_total sql: ${n} ;; }\n"
        "  measure: h { type: number sql: ${t} / 2 ;; }\n}\n",
        "shop.model.lkml:4: measure h reads the running_total t, which is worked out over the rows of "
        "an answer: no SQL can read it, a table calculation can",
    ),
    "a dimension_group is not a field": (
        "view: a {\n  dimension_group: made { type: time timeframes: [date, week] }\n"
        "  measure: n { type: max sql: ${made} ;; }\n}\n",
        "shop.model.lkml:3: unknown field ${made}: made is a dimension_group; "
        "its dimensions are a.made_date, a.made_week",
    ),
    "two primary keys are refused": (
        "view: a {\n  dimension: b { primary_key: yes }\n  dimension: c { primary_key: yes }\n}\n",
        "shop.model.lkml:3: view a has two primary keys, b and c; make one dimension of both",
    ),
    "a field defined twice names the first": (
        "view: a {\n  dimension: b {}\n  measure: b { type: count }\n}\n",
        "shop.model.lkml:3: a.b is defined twice; first in shop.model.lkml:2. The last one counts",
    ),
    "a day that is none": (
        "week_start_day: sonday\n",
        "shop.model.lkml:1: unknown week_start_day 'sonday' (did you mean sunday?); valid are monday,",
    ),
    "a filter a field's grammar lacks is found where it is written": (
        "view: a {\n  dimension: b { type: number }\n  measure: n {\n    type: count\n"
        '    filters: [b: "many"]\n  }\n}\n',
        "shop.model.lkml:5: b: number filter 'many' is not understood: a number was expected; valid are 5,",
    ),
    "derived tables that read each other are named": (
        "view: a { derived_table: { sql: SELECT * FROM ${b.SQL_TABLE_NAME} ;; } }\n"
        "view: b { derived_table: { sql: SELECT * FROM ${a.SQL_TABLE_NAME} ;; } }\n",
        "shop.model.lkml:1: a → b → a: these derived tables read each other",
    ),
    "a derived table that reads itself through its explore is named": (
        "explore: a {}\nview: a { derived_table: { explore_source: a { column: x {} } } dimension: x {} }\n",
        "shop.model.lkml:2: a → a: these derived tables read each other",
    ),
    "an unknown table of a view has a suggestion": (
        "view: a { derived_table: {\n sql: SELECT * FROM ${aa.SQL_TABLE_NAME} ;; } }\n",
        "shop.model.lkml:1: unknown view aa in ${aa.SQL_TABLE_NAME} (did you mean a?)",
    ),
    "an explore_source on an unknown explore has a suggestion": (
        "explore: sales {}\nview: sales {}\n"
        "view: a { derived_table: {\n explore_source: sale { column: x {} } } }\n",
        "shop.model.lkml:4: explore_source reads unknown explore sale (did you mean sales?) of model shop",
    ),
    "a guard on an unknown field has a suggestion": (
        "view: a { dimension: id {} }\nexplore: a {\n"
        "  access_filter: { field: a.idd user_attribute: u }\n}\n",
        "shop.model.lkml:3: access_filter of explore a: unknown field a.idd (did you mean a.id?)",
    ),
    "a filter of an explore is of its field's grammar": (
        "view: a { dimension: id { type: number } }\nexplore: a {\n"
        '  always_filter: { filters: [a.id: "many"] }\n}\n',
        "shop.model.lkml:3: always_filter of explore a, a.id: number filter 'many' is not understood",
    ),
    "an unknown required join has a suggestion": (
        "view: a {}\nview: b {}\nexplore: a { join: b { sql_on: 1=1 ;; }\n"
        "  join: c { from: b sql_on: 1=1 ;; required_joins: [bb] }\n}\n",
        "shop.model.lkml:4: required_joins of join c names unknown join bb (did you mean b?)",
    ),
    "an unknown grant has a suggestion": (
        'access_grant: care { user_attribute: team allowed_values: ["c"] }\n'
        "view: a {\n  dimension: b { required_access_grants: [caree] }\n}\n",
        "shop.model.lkml:3: unknown access_grant caree (did you mean care?)",
    ),
    "a test of an unknown explore has a suggestion": (
        "view: a {}\nexplore: a {}\ntest: t {\n  explore_source: aa { column: x { field: a.x } }\n"
        "  assert: s { expression: ${a.x} > 0 ;; }\n}\n",
        "shop.model.lkml:4: test t reads unknown explore aa (did you mean a?)",
    ),
    "an unnamed view is refused": (
        "view: { dimension: b {} }\n",
        "shop.model.lkml:1: view needs a name and braces",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_error_says_where_and_what(read: Callable[..., Reading], case: str) -> None:
    text, message = CASES[case]
    reading = read(text)
    assert any(str(error).startswith(message) for error in reading.errors), "\n".join(
        map(str, reading.errors)
    )


def test_all_errors_are_reported_at_once_in_order(read: Callable[..., Reading]) -> None:
    reading = read("view: a {\n  dimension: b { typ: x }\n  dimension: c { lable: x }\n}\nexplore: z {}\n")
    assert [error.where.line for error in reading.errors] == [2, 3, 5]


WARNED = {
    "an unknown named format changes nothing but looks": (
        "view: a {\n  dimension: b { value_format_name: usd_2 }\n}\n",
        "shop.model.lkml:2: unknown value_format_name usd_2 (did you mean usd_0?); valid are id,",
    ),
    "a parameter given twice counts as it is given last": (
        "view: a {\n  dimension: b {\n    label: x\n    label: y\n  }\n}\n",
        "shop.model.lkml:4: label is given twice, first in line 3; this one counts",
    ),
    "the sql of a count has no effect": (
        "view: a {\n  measure: n { type: count sql: ${TABLE}.x ;; }\n}\n",
        "shop.model.lkml:2: measure n counts rows, so its sql has no effect; count_distinct counts values",
    ),
    "the hour of a date is midnight": (
        "view: a {\n  dimension_group: b {\n    timeframes: [hour]\n    datatype: date\n  }\n}\n",
        "shop.model.lkml:3: timeframe hour of b is always midnight: date has no times",
    ),
    "a word in capitals is read": (
        "view: a {\n  dimension: n { type: Number }\n}\n",
        "shop.model.lkml:2: type 'Number' is read as number",
    ),
    "a type of old LookML is read": (
        "view: a {\n  dimension: n { type: int }\n}\n",
        "shop.model.lkml:2: type 'int' is read as number",
    ),
    "filters of an expression have no effect": (
        'view: a {\n  dimension: b {}\n  measure: n { type: number sql: 1 ;; filters: [b: "x"] }\n}\n',
        "shop.model.lkml:3: measure n of type number aggregates nothing itself",
    ),
    "rows that repeat and have no key are noted": (
        "view: a { dimension: id {} measure: s { type: sum sql: 1 ;; } }\nview: b { dimension: id {} }\n"
        "explore: a { join: b { relationship: one_to_many sql_on: ${a.id} = ${b.id} ;; } }\n",
        "shop.model.lkml:1: view a has measures and no primary key, but its rows are repeated in explore a;",
    ),
    "a field that needs a view some explore lacks": (
        "view: a { dimension: x { sql: ${b.id} ;; } }\nview: b { dimension: id {} }\n"
        "explore: a { join: b { sql_on: 1 = 1 ;; } }\nexplore: c { from: a view_name: a }\n",
        "shop.model.lkml:1: a.x needs view b, which explore c does not join",
    ),
    "a table that a script makes": (
        "view: a {\n  derived_table: { create_process: { sql_step: CREATE TABLE a ;; } }\n}\n",
        "shop.model.lkml:2: the derived_table of view a is made by a script, which nothing here runs",
    ),
    "drilling into nothing": (
        "view: a {\n  dimension: b { drill_fields: [bb, detail*] }\n}\n",
        "shop.model.lkml:2: drill_fields of a.b names unknown field bb (did you mean b?)",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_a_warning_says_where_and_what(read: Callable[..., Reading], case: str) -> None:
    text, message = WARNED[case]
    reading = read(text)
    assert reading.errors == ()
    assert any(str(warning).startswith(message) for warning in reading.warnings), "\n".join(
        map(str, reading.warnings)
    )


def test_using_a_field_that_was_left_out_says_why(read: Callable[..., Reading]) -> None:
    text = "view: a {\n  dimension: b { type: tier }\n  measure: n { type: max sql: ${b} ;; }\n}\n"
    first, second = sorted(error.message for error in read(text).errors)
    assert first == "dimension b has no tiers: `tiers: [0, 10, 20]`"
    assert second == (
        "unknown field ${b}: it was left out, dimension b has no tiers: `tiers: [0, 10, 20]` "
        "(shop.model.lkml:2)"
    )


def test_what_has_no_effect_is_counted_not_warned_of(read: Callable[..., Reading]) -> None:
    reading = read(
        "view: a { dimension: b { map_layer_name: us_states } dimension: c { map_layer_name: us_states }\n"
        " dimension: d { map_layer_name: us_states } }\n"
        'explore: a { persist_for: "1 hour" }\ndatagroup: d { max_cache_age: "1 hour" }\n'
    )
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.without_effect == {
        "map_layer_name of dimension": 2,
        "persist_for of explore": 1,
        "datagroup of file": 1,
    }


def test_what_is_valid_is_said_where_the_mistake_is_and_not_again(
    read: Callable[..., Reading],
) -> None:
    reading = read("view: a { dimension: b { type: nubmer } measure: c { type: sum sql: ${b} ;; } }")
    first, second = (error.message for error in reading.errors)
    assert "valid are string" in first
    assert second.startswith(
        "unknown field ${b}: it was left out, unknown type 'nubmer' (did you mean number?) ("
    )
    assert second.endswith(".lkml:1)")
