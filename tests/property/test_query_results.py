"""Whatever is asked, the rows are those that plain Python finds in the same tables."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mainstem.query import Request, compile_request
from mainstem.semantics import Project, find_field, load_project, views_of
from mainstem.semantics.filtering import condition_of
from mainstem.testing.conditions import holds
from mainstem.testing.share import share_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2024, 3, 5, 12)  # noqa: DTZ001 -- naive UTC by contract
LOOKML = """
connection: "memory"
view: fact {
  sql_table_name: fact ;;
  dimension: id { type: number primary_key: yes }
  dimension: shop_id { type: number }
  dimension: kind { type: string }
  dimension: flag { type: yesno }
  dimension: amount { type: number }
  dimension_group: made { type: time timeframes: [date, month] datatype: date sql: ${TABLE}.day ;; }
  measure: count { type: count }
  measure: flagged { type: count filters: [flag: "yes"] }
  measure: total { type: sum sql: ${amount} ;; }
  measure: filled { type: sum sql: COALESCE(${amount}, 1) ;; }
  measure: mean { type: average sql: ${amount} ;; }
  measure: least { type: min sql: ${amount} ;; }
  measure: most { type: max sql: ${amount} ;; }
  measure: kinds { type: count_distinct sql: ${kind} ;; }
  measure: share { type: number sql: 1.0 * ${flagged} / NULLIF(${count}, 0) ;; }
}
view: shop {
  sql_table_name: shop ;;
  dimension: id { type: number primary_key: yes }
  dimension: town { type: string }
  dimension: size { type: number }
  measure: count { type: count }
  measure: big { type: count filters: [size: ">1"] }
  measure: space { type: sum sql: COALESCE(${size}, 1) ;; }
  measure: widest { type: max sql: ${size} ;; }
}
explore: fact {
  join: shop { relationship: many_to_one sql_on: ${fact.shop_id} = ${shop.id} ;; }
}
explore: shop {
  join: fact { relationship: one_to_many sql_on: ${fact.shop_id} = ${shop.id} ;; }
}
"""
FACT = ("id", "shop_id", "kind", "flag", "amount", "day")
SHOP = ("id", "town", "size")
KINDS = ["a", "b", "a%", "", "O'Hara", "A"]
DAYS = [date(2024, 2, 26) + timedelta(days=n) for n in range(9)]

Row = dict[str, Any]


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


facts = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 2, 2, 3, 4, None]),
        maybe(st.sampled_from(KINDS)),
        maybe(st.booleans()),
        maybe(st.integers(-3, 5)),
        maybe(st.sampled_from(DAYS)),
    ),
    min_size=2,
    max_size=10,
).map(lambda rows: [dict(zip(FACT, (n, *row), strict=True)) for n, row in enumerate(rows)])
shops = st.lists(
    st.tuples(maybe(st.sampled_from(["x", "y"])), maybe(st.integers(0, 3))), min_size=2, max_size=4
).map(lambda rows: [dict(zip(SHOP, (n + 1, *row), strict=True)) for n, row in enumerate(rows)])

DIMENSIONS = ["fact.kind", "fact.flag", "fact.made_date", "fact.made_month", "shop.town", "shop.size"]
FACT_MEASURES = ["count", "flagged", "total", "filled", "mean", "least", "most", "kinds", "share"]
SHOP_MEASURES = ["count", "big", "space", "widest"]
MEASURES = [f"fact.{name}" for name in FACT_MEASURES] + [f"shop.{name}" for name in SHOP_MEASURES]
FILTERS = {
    "fact.kind": ["a", "a,b", "-a", "a^%", "%a%,-A", "EMPTY", "-EMPTY", "NULL", "-NULL", "O'Hara", "_"],
    "fact.amount": ["1", "NOT 1", ">0", "[0,3)", "1,2,NULL", "NOT 0 to 2", ">=0 AND <3 OR 5", "NOT NULL"],
    "fact.flag": ["yes", "no", ""],
    "fact.made_date": ["7 days", "last week", "2024-03-01 to 2024-03-04", "2024-02", "NULL", "before today"],
    "shop.town": ["x", "-x", "NULL"],
}
requests = st.builds(
    lambda explore, dims, measures, filters: Request(
        model="shop", explore=explore, fields=(*dims, *measures), filters=filters, limit=-1
    ),
    st.sampled_from(["fact", "shop"]),
    st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True),
    st.lists(st.sampled_from(MEASURES), min_size=1, max_size=3, unique=True),
    st.lists(
        st.sampled_from([(name, value) for name, values in FILTERS.items() for value in values]), max_size=2
    ).map(dict),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder: Path = tmp_path_factory.mktemp("lookml")
    (folder / "shop.model.lkml").write_text(LOOKML)
    return load_project(folder)


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE fact (id INT, shop_id INT, kind TEXT, flag BOOL, amount INT, day DATE);"
            "CREATE TABLE shop (id INT, town TEXT, size INT)"
        )
        yield connection


@settings(max_examples=share_of(400), deadline=None)
@given(request_=requests, fact_rows=facts, shop_rows=shops)
@example(
    request_=Request(model="shop", explore="shop", fields=("shop.space", "shop.count"), limit=-1),
    fact_rows=[],
    shop_rows=[],
)
def test_compiled_queries_return_what_plain_python_computes(
    project: Project,
    tables: duckdb.DuckDBPyConnection,
    request_: Request,
    fact_rows: list[Row],
    shop_rows: list[Row],
) -> None:
    compiled = compile_request(project, request_, "duckdb", NOW)
    found = execute(tables, compiled.sql, fact_rows, shop_rows)
    expected = brute_force(project, request_, fact_rows, shop_rows)
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def uses(request_: Request, view: str) -> bool:
    return any(name.startswith(f"{view}.") for name in (*request_.fields, *request_.filters))


def execute(
    tables: duckdb.DuckDBPyConnection, sql: str, fact_rows: list[Row], shop_rows: list[Row]
) -> list[tuple[Any, ...]]:
    for table, columns, rows in (("fact", FACT, fact_rows), ("shop", SHOP, shop_rows)):
        tables.execute(f"DELETE FROM {table}")
        marks = ", ".join(f"({', '.join('?' * len(columns))})" for _ in rows)
        if rows:
            tables.execute(f"INSERT INTO {table} VALUES {marks}", [row[c] for row in rows for c in columns])
    return [tuple(map(plain, row)) for row in tables.execute(sql).fetchall()]


def plain(value: Any) -> Any:
    if isinstance(value, Decimal | float):
        return round(float(value), 9)
    return value


def joined_rows(request_: Request, fact_rows: list[Row], shop_rows: list[Row]) -> list[tuple[Row, Row]]:
    """Pairs of a fact and a shop; an empty row stands where there is none."""
    if request_.explore == "fact":
        if not uses(request_, "shop"):
            return [(fact, {}) for fact in fact_rows]
        by_id = {shop["id"]: shop for shop in shop_rows}
        return [(fact, by_id.get(fact["shop_id"], {})) for fact in fact_rows]
    if not uses(request_, "fact"):
        return [({}, shop) for shop in shop_rows]
    pairs: list[tuple[Row, Row]] = []
    for shop in shop_rows:
        own = [fact for fact in fact_rows if fact["shop_id"] == shop["id"]]
        pairs += [(fact, shop) for fact in own] or [({}, shop)]
    return pairs


def brute_force(
    project: Project, request_: Request, fact_rows: list[Row], shop_rows: list[Row]
) -> list[tuple[Any, ...]]:
    model = project.models["shop"]
    views = views_of(model, model.explores[request_.explore])
    kept = []
    for fact, shop in joined_rows(request_, fact_rows, shop_rows):
        meets = True
        for name, expression in request_.filters.items():
            alias, field = find_field(views, name)
            column = {"fact.made_date": "day"}.get(name, field.name)
            value = as_moment((fact if alias == "fact" else shop).get(column))
            meets = meets and holds(condition_of(field, expression, NOW), value) is True
        if meets:
            kept.append((fact, shop))
    dimensions = [name for name in request_.fields if name in DIMENSIONS]
    groups: dict[tuple[Any, ...], list[tuple[Row, Row]]] = defaultdict(list)
    if not dimensions:
        groups[()] = []
    for fact, shop in kept:
        groups[tuple(dimension(name, fact, shop) for name in dimensions)].append((fact, shop))
    measures = [name for name in request_.fields if name in MEASURES]
    return [(*key, *(plain(measure(name, rows)) for name in measures)) for key, rows in groups.items()]


def as_moment(value: Any) -> Any:
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value  # noqa: DTZ001 -- naive UTC


def dimension(name: str, fact: Row, shop: Row) -> Any:
    alias, column = name.split(".")
    day = fact.get("day")
    match column:
        case "made_date":
            return day
        case "made_month":
            return day and f"{day:%Y-%m}"
        case "flag":
            return fact.get("flag") or False
        case _:
            return (fact if alias == "fact" else shop).get(column)


def measure(name: str, rows: list[tuple[Row, Row]]) -> Any:
    alias, kind = name.split(".")
    own = {row["id"]: row for pair in rows if (row := pair[alias == "shop"])}.values()
    amounts = [row["amount"] for row in own if alias == "fact" and row["amount"] is not None]
    sizes = [row["size"] for row in own if alias == "shop" and row["size"] is not None]
    flagged = sum(1 for row in own if alias == "fact" and row["flag"])
    results: dict[str, Callable[[], Any]] = {
        "count": lambda: len(own),
        "flagged": lambda: flagged,
        "total": lambda: sum(amounts) if amounts else None,
        "filled": lambda: sum(1 if row["amount"] is None else row["amount"] for row in own) if own else None,
        "mean": lambda: sum(amounts) / len(amounts) if amounts else None,
        "least": lambda: min(amounts, default=None),
        "most": lambda: max(amounts, default=None),
        "kinds": lambda: len({row["kind"] for row in own} - {None}),
        "share": lambda: flagged / len(own) if own else None,
        "big": lambda: sum(1 for size in sizes if size > 1),
        "space": lambda: sum(1 if row["size"] is None else row["size"] for row in own) if own else None,
        "widest": lambda: max(sizes, default=None),
    }
    return results[kind]()
