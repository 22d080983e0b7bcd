from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from mainstem.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.query import Compiled

REQUESTS = sorted((Path(__file__).parents[2] / "golden" / "query" / "duckdb").glob("*.sql"))


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE SCHEMA shop;"
            "CREATE TABLE shop.orders (id INT, customer_id INT, status TEXT, net INT, tax INT,"
            " created_at TIMESTAMP);"
            "CREATE TABLE shop.customers (id INT, name TEXT, region_id INT);"
            "CREATE TABLE shop.banned (customer_id INT);"
            "CREATE TABLE shop.regions (id INT, name TEXT);"
            "CREATE TABLE shop.order_items (order_id INT, sku TEXT, quantity INT)"
        )
        yield connection


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_every_golden_query_runs_on_duckdb(tables: duckdb.DuckDBPyConnection, path: Path) -> None:
    tables.execute(path.read_text()).fetchall()


def test_text_cannot_leave_its_literal(compiled: Callable[..., Compiled]) -> None:
    sql = compiled("orders.count", filters={"orders.status": "x' OR 1=1 --"}).sql
    assert "orders.status = 'x'' OR 1=1 --'" in sql


def test_a_dialect_nobody_wrote_is_an_error(compiled: Callable[..., Compiled]) -> None:
    with pytest.raises(QueryError, match="valid are duckdb, snowflake"):
        compiled("orders.count", dialect="oracle")


def test_the_same_request_gives_the_same_text(compiled: Callable[..., Compiled]) -> None:
    fields = ("regions.name", "customers.count", "items.most")
    assert compiled(*fields).sql == compiled(*fields).sql
