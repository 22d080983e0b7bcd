"""Explores, joins, guards, derived tables, and the settings of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics.model import BoundFilter, DerivedColumn, SourceColumn

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Explore, Reading

VIEWS = """
    view: a { dimension: id { primary_key: yes } dimension: b_id {} measure: n { type: count } }
    view: b { dimension: id { primary_key: yes } }
    """


def only(reading: Reading) -> Explore:
    (explore,) = reading.project.models["shop"].explores.values()
    return explore


def test_a_join_that_says_little_has_lookers_defaults(read: Callable[..., Reading]) -> None:
    reading = read(VIEWS + "explore: a { join: b { foreign_key: b_id } }")
    assert reading.errors == ()
    join = only(reading).joins["b"]
    assert (join.type, join.relationship, join.view) == ("left_outer", "many_to_one", "b")
    assert join.sql_on == "${a.b_id} = ${b.id}"


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        ("type: cross", ("cross", "many_to_many", None, None)),
        ("type: cross sql_on: 1=1 ;;", ("cross", "many_to_many", None, None)),
        ("foreign_key: a.b_id type: inner", ("inner", "many_to_one", "${a.b_id} = ${j.id}", None)),
        ("sql_foreign_key: ${a.b_id} ;;", ("left_outer", "many_to_one", "${a.b_id} = ${j.id}", None)),
        (
            "sql: , UNNEST(x) AS j ;; relationship: one_to_many",
            ("left_outer", "one_to_many", None, ", UNNEST(x) AS j"),
        ),
        ("sql: ;; relationship: one_to_one", ("left_outer", "one_to_one", None, "")),
        ("type: Inner sql_on: 1=1 ;;", ("inner", "many_to_one", "1=1", None)),
    ],
)
def test_every_way_to_join_is_read(
    read: Callable[..., Reading], join: str, expected: tuple[str, str, str | None, str | None]
) -> None:
    reading = read(VIEWS + f"explore: a {{ join: j {{ from: b {join} }} }}")
    assert reading.errors == ()
    found = only(reading).joins["j"]
    assert (found.type, found.relationship, found.sql_on, found.sql) == expected


def test_a_join_that_cannot_be_kept_leaves_the_explore(read: Callable[..., Reading]) -> None:
    reading = read(
        VIEWS + "explore: a {\n  join: b { type: left_outr }\n  join: c { from: b sql_on: 1=1 ;; }\n}"
    )
    message = (
        "unknown type 'left_outr' (did you mean left_outer?); valid are left_outer, inner, full_outer, cross"
    )
    assert [error.message for error in reading.errors] == [message]
    explore = only(reading)
    assert list(explore.joins) == ["c"]
    assert explore.omitted == {"b": f"{message} (shop.model.lkml:5)"}


def test_a_join_without_condition_offers_fields_that_need_no_table(read: Callable[..., Reading]) -> None:
    reading = read(VIEWS + "explore: a {\n  join: b {}\n}")
    assert (reading.errors, only(reading).joins["b"].sql) == ((), "")
    assert reading.warnings[0].message.startswith("join b has no condition")


def test_sorts_are_read_the_older_way_too(read: Callable[..., Reading]) -> None:
    query = "query: q { dimensions: [a.id] sort: { field: a.id desc: yes } sort: { field: a.b_id } }"
    reading = read(VIEWS + f"explore: a {{ {query} }}")
    assert reading.errors == ()
    assert only(reading).queries["q"].sorts == ("a.id desc", "a.b_id")


def test_an_explore_keeps_its_guards(read: Callable[..., Reading]) -> None:
    explore = only(
        read(
            VIEWS
            + """
            explore: sales {
              from: a
              view_name: s
              access_filter: { field: s.id user_attribute: who }
              always_filter: { filters: [s.id: "1", b_id: "2"] }
              conditionally_filter: { filters: { field: s.id value: "3" } unless: [s.b_id] }
              sql_always_where: ${s.id} > 0 ;;
              sql_always_having: ${s.n} > 1 ;;
              always_join: [b]
              case_sensitive: no
              required_access_grants: [g]
              join: b { sql_on: 1=1 ;; required_joins: [] sql_where: ${b.id} > 0 ;; }
              query: top {
                dimensions: [s.id] measures: [s.n] sorts: [s.n: desc, s.id: asc] limit: 5 pivots: [s.id]
              }
            }
            access_grant: g { user_attribute: team allowed_values: ["x", "y"] }
            """
        )
    )
    assert (explore.alias, explore.view, explore.views()) == ("s", "a", {"s": "a", "b": "b"})
    assert [(one.field, one.user_attribute) for one in explore.access_filters] == [("s.id", "who")]
    assert explore.always_filter is not None
    assert [one.field for one in explore.always_filter.filters] == ["s.id", "b_id"]
    assert explore.conditionally_filter is not None
    assert explore.conditionally_filter.unless == ("s.b_id",)
    assert (explore.sql_always_where, explore.sql_always_having) == ("${s.id} > 0", "${s.n} > 1")
    assert (explore.always_join, explore.case_sensitive) == (("b",), False)
    assert explore.joins["b"].sql_where == "${b.id} > 0"
    assert explore.queries["top"].sorts == ("s.n desc", "s.id")
    assert explore.queries["top"].limit == 5


@pytest.mark.parametrize(
    "guard", ["access_filter: { field: a.id }", "access_filter_fields: [a.id]", "access_filter: yes"]
)
def test_an_explore_whose_guard_cannot_be_read_is_not_offered(
    read: Callable[..., Reading], guard: str
) -> None:
    reading = read(VIEWS + f"explore: a {{ {guard} }}")
    model = reading.project.models["shop"]
    assert (list(model.explores), list(model.omitted)) == ([], ["a"])
    assert reading.errors


def test_a_table_derived_from_an_explore_is_read(read: Callable[..., Reading]) -> None:
    reading = read(
        VIEWS
        + """
        explore: a {}
        view: d {
          derived_table: {
            explore_source: a {
              column: key { field: a.id }
              column: n {}
              derived_column: place { sql: RANK() OVER () ;; }
              bind_filters: { from_field: d.key to_field: a.id }
              bind_all_filters: yes
              filters: [a.id: "1"]
              sorts: [n: desc]
              limit: 10
              timezone: "UTC"
              expression_custom_filter: ${a.id} > 1 ;;
            }
            persist_for: "1 hour"
          }
          dimension: key {}
        }
        """
    )
    assert reading.errors == ()
    table = reading.project.models["shop"].views["d"].derived_table
    assert table is not None
    assert table.persistence is not None
    assert (table.sql, table.persistence.persist_for) == (None, "1 hour")
    source = table.explore_source
    assert source is not None
    assert source.columns == (SourceColumn("key", "a.id"), SourceColumn("n", "n"))
    assert source.derived_columns == (DerivedColumn("place", "RANK() OVER ()"),)
    assert source.bind_filters == (BoundFilter("d.key", "a.id"),)
    assert (source.bind_all_filters, source.sorts, source.limit) == (True, ("n desc",), 10)
    assert (source.timezone, source.expression_custom_filter) == ("UTC", "${a.id} > 1")


def test_a_models_settings_are_its_own_or_those_it_includes(read: Callable[..., Reading]) -> None:
    files = {"more.lkml": 'week_start_day: sunday\nconnection: "theirs"\nfiscal_month_offset: 2'}
    model = read(
        'include: "more"\nconnection: "mine"\ncase_sensitive: no\nlabel: "L"\n'
        'named_value_format: k { value_format: "0,K" }\n',
        **files,
    ).project.models["shop"]
    assert (model.connection, model.week_start_day, model.fiscal_month_offset) == ("mine", "sunday", 2)
    assert (model.label, model.case_sensitive, model.named_value_formats["k"].value_format) == (
        "L",
        False,
        "0,K",
    )


def test_a_test_is_a_query_and_what_must_hold(read: Callable[..., Reading]) -> None:
    reading = read(
        VIEWS
        + """
        explore: a {}
        test: t {
          explore_source: a { column: n { field: a.n } filters: [a.id: "1"] }
          assert: some { expression: ${a.n} > 0 ;; }
        }
        """
    )
    assert reading.errors == ()
    test = reading.project.models["shop"].tests["t"]
    assert (test.explore, test.query.dimensions) == ("a", ("a.n",))
    assert [(one.name, one.expression) for one in test.assertions] == [("some", "${a.n} > 0")]
