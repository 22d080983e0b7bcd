"""References of hand-made models: what they come to, and that nothing else is looked at."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.query.context import Context
from mainstem.query.dialects import DIALECTS
from mainstem.query.expand import expand
from mainstem.query.plan import Aggregate
from mainstem.query.resolve import resolve
from mainstem.semantics.model import DerivedTable, Explore, ExploreSource, FilterField, InputType, Timeframe
from mainstem.testing.models import ORIGIN, dimension, explore, join, measure, project, timeframes, view

if TYPE_CHECKING:
    from mainstem.query.plan import Expanded
    from mainstem.semantics.model import View

CONTEXT = Context(now=datetime(2024, 5, 17), sees_everything=True)  # noqa: DTZ001 -- naive UTC by contract


class Spelled:
    """Templates whose tags are already spelled out; remembers what it was asked for."""

    def __init__(self, **meanings: str) -> None:
        self._meanings = meanings
        self.asked: list[tuple[str | None, str | None]] = []

    def render(self, text: str, alias: str | None, field: str | None = None) -> str:
        self.asked.append((alias, field))
        for name, meaning in self._meanings.items():
            text = text.replace(f"{{{{ {name} }}}}", meaning)
        return text


def expanded(
    views: list[View],
    *fields: str,
    base: Explore | None = None,
    templates: Spelled | None = None,
    **more: Any,
) -> Expanded:
    known = project(views, *([base] if base else []))
    request = Request(model="m", explore=base.name if base else views[0].name, fields=fields, **more)
    resolved = resolve(known, request, CONTEXT)
    return expand(
        resolved, DIALECTS["duckdb"], CONTEXT, templates, lambda view, source: f"-- {source.explore}"
    )


def sql_of(*fields: Any, name: str = "x", **more: Any) -> str:
    """Of dimension `name` of a view `v`."""
    return expanded([view("v", *fields)], f"v.{name}", **more).dimensions[f"v.{name}"].sql


def test_a_timeframe_is_referred_to_as_it_is_shown() -> None:
    at = timeframes("at", "${TABLE}.at", Timeframe.RAW, Timeframe.DATE)
    assert sql_of(*at, dimension("x", sql="${at_date} - ${at_raw}")) == "CAST(v.at AS DATE) - v.at"


@pytest.mark.parametrize(
    ("cast", "sql"),
    [
        ("date", "CAST(v.y AS DATE)"),
        ("datetime", "CAST(v.y AS TIMESTAMP)"),
        ("number", "CAST(v.y AS DOUBLE)"),
        ("string", "CAST(v.y AS VARCHAR)"),
    ],
)
def test_a_reference_may_say_what_it_takes_the_field_for(cast: str, sql: str) -> None:
    assert sql_of(dimension("y"), dimension("x", sql=f"${{y::{cast}}}")) == sql


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("${y::color}", r"\$\{y::color\} is no reference"),
        ("${a b}", r"\$\{a b\} is no reference"),
        ("${n}", r"unknown field \$\{n\} in view v"),
        ("${m}", r"\$\{m\} is a measure, where only a dimension can stand"),
        ("${x}", r"dimensions refer to each other: v.x → v.x"),
        ("${p}", r"\$\{p\} in view v is only filtered by and has no SQL; write \{% condition p %\}"),
        ("${gone.SQL_TABLE_NAME}", r"m.model.lkml:1: unknown view gone in \$\{gone.SQL_TABLE_NAME\}"),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error(sql: str, message: str) -> None:
    only_filtered = FilterField(name="p", type=InputType.STRING, label="p", origin=ORIGIN)
    with pytest.raises(QueryError, match=message):
        sql_of(dimension("x", sql=sql), dimension("y"), measure("m"), only_filtered)


def test_a_view_of_the_explore_comes_before_a_views_own_name() -> None:
    people = view("people", dimension("name"), dimension("x", sql="${people.name}"))
    base = explore("people", join("boss", "1 = 1", view="people"))
    found = expanded([people], "boss.x", "people.x", base=base).dimensions
    assert {name: each.sql for name, each in found.items()} == {
        "boss.x": "people.name",
        "people.x": "people.name",
    }


def test_liquid_is_rendered_before_references_are_read() -> None:
    templates = Spelled(which="${y}", plain="1")
    assert (
        sql_of(dimension("y"), dimension("x", sql="{{ which }} + {{ plain }}"), templates=templates)
        == "v.y + 1"
    )
    assert set(templates.asked) == {("v", None)}


def test_a_filters_own_sql_is_rendered_as_that_filters() -> None:
    period = FilterField(
        name="period", type=InputType.DATE, label="", origin=ORIGIN, default_value="7 days", sql="{{ it }}"
    )
    templates = Spelled(it="${y} > 1")
    found = expanded([view("v", dimension("y"), period)], "v.y", templates=templates)
    assert [each.sql for each in found.inputs] == ["v.y > 1"]
    assert templates.asked == [("v", "period")]


def test_liquid_nobody_renders_reaches_no_warehouse() -> None:
    with pytest.raises(QueryError, match="cannot be rendered here"):
        sql_of(dimension("x", sql="{{ anything }}"))


ORDERS = view("orders", dimension("id", "number", primary_key=True), dimension("person"), measure("count"))
FACTS = view(
    "facts", dimension("id"), dimension("n", "number"), sql="SELECT * FROM ${daily.SQL_TABLE_NAME} -- all"
)
DAILY = view("daily", dimension("id"), sql="SELECT 1 AS id FROM ${orders.SQL_TABLE_NAME};")


def test_derived_tables_come_after_those_they_read_and_only_once() -> None:
    base = explore(
        "orders",
        join("facts", "${orders.id} = ${facts.id}"),
        join("daily", "${orders.id} = ${daily.id}"),
        join("again", "${orders.id} = ${again.id}", view="facts"),
    )
    found = expanded([ORDERS, FACTS, DAILY], "facts.n", "again.n", "daily.id", base=base)
    assert list(found.ctes.items()) == [
        ("daily", "SELECT 1 AS id FROM orders"),
        ("facts", "SELECT * FROM daily -- all"),
    ]
    assert found.tables == {"orders": "orders", "facts": "facts", "daily": "daily", "again": "facts"}


def test_a_table_is_the_one_for_production() -> None:
    text = "-- if prod -- shop.orders\n-- if dev -- trial.orders"
    orders = msgspec.structs.replace(view("orders", dimension("id")), sql_table_name=text)
    assert expanded([orders], "orders.id").tables == {"orders": "shop.orders"}
    sql = "SELECT * FROM x\n-- if dev -- WHERE day > '2024-01-01'\n  -- If Prod -- WHERE paid -- by now"
    found = expanded([view("orders", dimension("id"), sql=sql)], "orders.id").ctes["orders"]
    assert found.split() == ["SELECT", "*", "FROM", "x", "WHERE", "paid", "--", "by", "now"]


def test_a_derived_table_does_not_hide_a_table_of_its_name() -> None:
    own = view("orders", dimension("id"), sql="SELECT * FROM orders WHERE paid")
    found = expanded([own], "orders.id")
    assert found.ctes == {"orders_derived": "SELECT * FROM orders WHERE paid"}
    assert found.tables == {"orders": "orders_derived"}


@pytest.mark.parametrize("sql", ["SELECT * FROM x, ORDERS", 'SELECT * FROM x JOIN "orders" USING (id)'])
def test_a_derived_table_hides_no_table_that_is_read_in_another_way(sql: str) -> None:
    found = expanded([view("orders", dimension("id"), sql=sql)], "orders.id")
    assert found.ctes == {"orders_derived": sql}


def test_a_derived_table_keeps_its_name_beside_a_table_of_a_schema() -> None:
    found = expanded([view("orders", dimension("id"), sql="SELECT * FROM orders.raw")], "orders.id")
    assert found.ctes == {"orders": "SELECT * FROM orders.raw"}


def test_derived_tables_that_read_each_other_are_an_error() -> None:
    one = view("one", dimension("id"), sql="SELECT * FROM ${two.SQL_TABLE_NAME}")
    two = view("two", dimension("id"), sql="SELECT * FROM ${one.SQL_TABLE_NAME}")
    with pytest.raises(QueryError, match="derived tables read each other: one → two → one"):
        expanded([one, two], "one.id")


def test_a_query_of_an_explore_is_a_derived_table_too() -> None:
    source = DerivedTable(origin=ORIGIN, explore_source=ExploreSource(explore="orders", origin=ORIGIN))
    native = msgspec.structs.replace(view("native", dimension("id")), derived_table=source)
    assert expanded([native], "native.id").ctes == {"native": "-- orders"}


def test_an_explore_or_join_may_read_another_table() -> None:
    base = explore(
        "orders",
        join("other", "${orders.id} = ${other.id}", view="orders", sql_table_name="archive.b"),
        sql_table_name="archive.a",
    )
    assert expanded([ORDERS], "orders.id", "other.id", base=base).tables == {
        "orders": "archive.a",
        "other": "archive.b",
    }


BROKEN = view("broken", dimension("x", sql="${nowhere}"), sql="SELECT ${field}")


def test_what_a_request_does_not_touch_is_not_looked_at() -> None:
    base = explore("orders", join("broken", "${orders.id} = ${broken.gone}"))
    assert set(expanded([ORDERS, BROKEN], "orders.count", base=base).tables) == {"orders"}


def test_what_joins_go_through_is_there_as_well() -> None:
    links = [view(name, dimension("id")) for name in "abcde"]
    base = explore(
        "orders",
        join("a", "${orders.id} = ${a.id}"),
        join("b", "${a.id} = ${b.id}"),
        join("c", "${orders.id} = ${c.id}", sql_where="${d.id} > 1"),
        join("d", sql="LEFT JOIN ${d.SQL_TABLE_NAME} AS d ON d.id = ${e.id}", required_joins=("b",)),
        join("e", "${orders.id} = ${e.id}"),
    )
    found = expanded([ORDERS, *links], "c.id", base=base)
    assert set(found.tables) == {"orders", "a", "b", "c", "d", "e"}
    assert found.raw_joins["d"].sql == "LEFT JOIN d AS d ON d.id = e.id"
    assert found.join_where["c"].sql == "d.id > 1"


def test_joins_that_are_always_made_are_expanded() -> None:
    base = explore("orders", join("a", "${orders.id} = ${a.id}"), always_join=("a",))
    assert set(expanded([ORDERS, view("a", dimension("id"))], "orders.id", base=base).on) == {"a"}


def aggregate_of(*fields: Any, name: str) -> Aggregate:
    [part] = expanded([view("v", *fields)], f"v.{name}").measures[f"v.{name}"].parts
    assert isinstance(part, Aggregate)
    return part


def test_a_measures_filters_join_and_compare_like_any_filter() -> None:
    people = view("people", dimension("age", "tier", "${TABLE}.age", tiers=(Decimal(1),)))
    counted = measure("old", filters={"people.age": "T01 [1,inf)", "person": "-x"})
    orders = msgspec.structs.replace(ORDERS, measures={"old": counted})
    base = explore("orders", join("people", "${orders.person} = ${people.age}"))
    found = expanded([orders, people], "orders.old", base=base).measures["orders.old"]
    [part] = found.parts
    assert isinstance(part, Aggregate)
    assert part.condition == (
        "(CASE WHEN people.age < 1 THEN 'T00 (-inf,1)' WHEN people.age IS NOT NULL THEN 'T01 [1,inf)' "
        "ELSE 'TXX Undefined' END) = 'T01 [1,inf)' AND (orders.person IS NULL OR orders.person <> 'x')"
    )
    assert found.aliases == ("orders", "people")


def test_a_key_of_its_own_is_kept_for_measures_that_count_by_it() -> None:
    key = {"sql_distinct_key": "${TABLE}.order_id"}
    assert aggregate_of(measure("x", "sum_distinct", "1", **key), name="x").distinct_key == "v.order_id"
    assert aggregate_of(measure("x", "sum", "1", **key), name="x").distinct_key is None


def test_a_list_is_of_a_dimension() -> None:
    assert aggregate_of(dimension("y"), measure("x", "list", list_field="y"), name="x").sql == "v.y"


def test_measures_of_measures_keep_their_precedence() -> None:
    found = expanded(
        [
            view(
                "v",
                measure("count"),
                measure("twice", "number", "${count} + ${count}"),
                measure("x", "number", "${twice} * MAX(${TABLE}.y) -- ok"),
            )
        ],
        "v.x",
    ).measures["v.x"]
    texts = ["#" if isinstance(part, Aggregate) else part for part in found.parts]
    assert "".join(texts) == "((# + #) * MAX(v.y) -- ok\n)"
    assert found.unguarded == ("v",)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("${x}", "measures refer to each other: v.x → v.x"),
        ("${count} / ${gone}", r"unknown field \$\{gone\} in view v"),
    ],
)
def test_a_measure_that_leads_nowhere_is_an_error(sql: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        expanded([view("v", measure("count"), measure("x", "number", sql))], "v.x")


OVER_ROWS = (measure("count"), measure("sofar", "running_total", "${count}"))


def test_no_sql_reads_what_is_worked_out_over_the_rows_of_an_answer() -> None:
    message = "v.half reads v.sofar, a running_total: .* a table calculation can"
    with pytest.raises(QueryError, match=message):
        expanded([view("v", *OVER_ROWS, measure("half", "number", "${sofar} / 2"))], "v.half")


def test_nothing_is_filtered_by_what_is_worked_out_over_the_rows_of_an_answer() -> None:
    request = Request(model="m", explore="v", fields=("v.sofar",), filters={"v.sofar": ">3"})
    with pytest.raises(QueryError, match=r"v\.sofar is a running_total, .* nothing can be filtered by it"):
        compile_request(project([view("v", *OVER_ROWS)]), request, "duckdb", CONTEXT)


def test_a_measure_that_aggregates_needs_something_to_aggregate() -> None:
    with pytest.raises(QueryError, match=r"m.model.lkml:1: measure x \(sum\) lacks sql"):
        expanded([view("v", measure("x", "sum"))], "v.x")


@pytest.mark.parametrize(
    ("field", "order"),
    [
        (dimension("x", order_by_field="rank"), "v.rank * 2"),
        (dimension("x", order_by_field="x"), None),
        (timeframes("x", "${TABLE}.x", Timeframe.MONTH_NAME)[0], "EXTRACT(MONTH FROM v.x)"),
        (timeframes("x", "${TABLE}.x", Timeframe.DATE)[0], None),
        (dimension("x"), None),
    ],
)
def test_what_is_shown_is_sorted_by_what_it_means(field: Any, order: str | None) -> None:
    fields = (field, dimension("rank", "number", "${TABLE}.rank * 2"))
    found = expanded([view("v", *fields)], f"v.{field.name}").dimensions[f"v.{field.name}"]
    assert found.order == order


def test_conditions_on_groups_are_among_the_measures() -> None:
    base = explore("orders", sql_always_having="${orders.count} > 1")
    found = expanded(
        [ORDERS], "orders.id", base=base, filter_expression="${orders.count} < 9 AND ${orders.id} > 2"
    )
    assert found.having == ("sql_always_having", "filter_expression")
    assert set(found.measures) == set(found.having)
    assert [each.sql for each in found.inputs] == ["(orders.id > 2)"]
