"""Reading a database of others, on a real Postgres."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.errors import QueryError, UsageError, WarehouseBusy
from mainstem.warehouse import ColumnType
from mainstem.warehouse.postgres import PostgresReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress

pytestmark = pytest.mark.long


@pytest.fixture
def reader(catalog: PostgresAddress) -> Iterator[PostgresReader]:
    with psycopg.connect(**catalog.libpq()) as connection:
        connection.execute("CREATE SCHEMA sales")
        connection.execute(
            "CREATE TABLE sales.orders (id int, paid numeric(9,2), at timestamptz, more jsonb)"
        )
        connection.execute("INSERT INTO sales.orders VALUES (1, 2.50, '2024-05-17 10:00+02', '{\"a\": 1}')")
    found = PostgresReader("crm", catalog, statement_timeout_s=5.0, at_once=2)
    yield found
    found.close()


def test_every_type_comes_as_what_it_is(reader: PostgresReader) -> None:
    table = reader.query(
        "SELECT id, paid, at, more, TRUE AS yes, DATE '2024-01-02' AS day, 1.5::float8 AS f, 'x' AS t, "
        "timestamp '2024-01-02 03:04:05.000006' AS moment, NULL::numeric AS none, sum(id) OVER () AS s, "
        "'123e4567-e89b-12d3-a456-426614174000'::uuid AS u, ARRAY[1, NULL] AS list FROM sales.orders"
    )
    (row,) = table.to_pylist()
    assert row == {
        "id": 1,
        "paid": Decimal("2.50"),
        "at": datetime(2024, 5, 17, 8, tzinfo=UTC),
        "more": '{"a": 1}',
        "yes": True,
        "day": date(2024, 1, 2),
        "f": 1.5,
        "t": "x",
        "moment": datetime(2024, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001 -- a time without a zone
        "none": None,
        "s": 1,
        "u": "123e4567-e89b-12d3-a456-426614174000",
        "list": "{1,NULL}",
    }


def test_numbers_keep_every_digit_as_far_as_there_are_digits(reader: PostgresReader) -> None:
    large = "1" * 40
    values = (
        reader.query(f"SELECT * FROM (VALUES ({large}.5), (0.001), (-7)) AS t (x)").column("x").to_pylist()
    )
    assert values == [Decimal(f"{large}.5"), Decimal("0.001"), Decimal("-7")]
    odd = reader.query("SELECT 'NaN'::numeric AS x UNION ALL SELECT 1.5").column("x").to_pylist()
    assert odd[1] == 1.5
    assert odd[0] != odd[0]


def test_tables_tell_their_columns(reader: PostgresReader) -> None:
    assert reader.columns("sales") == {
        "orders": {
            "id": ColumnType.INT,
            "paid": ColumnType.FLOAT,
            "at": ColumnType.DATETIME,
            "more": ColumnType.JSON,
        }
    }
    assert reader.columns("nowhere") == {}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sales.orders",
        "WITH gone AS (DELETE FROM sales.orders RETURNING id) SELECT * FROM gone",
        "SELECT 1; COMMIT; BEGIN READ WRITE; DELETE FROM sales.orders; COMMIT",
        "SET TRANSACTION READ WRITE; DELETE FROM sales.orders",
    ],
)
def test_nothing_can_be_written(reader: PostgresReader, statement: str) -> None:
    with pytest.raises(QueryError, match="crm"):
        reader.query(statement)
    assert reader.query("SELECT count(*) AS n FROM sales.orders").to_pylist() == [{"n": 1}]
    with pytest.raises(UsageError, match="only read"):
        reader.transaction("an append")


def test_a_question_mark_is_a_parameter_but_for_one_in_quotes(reader: PostgresReader) -> None:
    table = reader.query("SELECT ? || '?%' AS x, '100%' LIKE ? AS y", ("a", "1%"))
    assert table.to_pylist() == [{"x": "a?%", "y": True}]


def test_a_query_that_takes_too_long_is_ended(catalog: PostgresAddress) -> None:
    reader = PostgresReader("crm", catalog, statement_timeout_s=0.05)
    try:
        with pytest.raises(QueryError, match=r"crm: the query was ended after 0\.05 s"):
            reader.query("SELECT pg_sleep(60)")
        assert reader.query("SELECT 1 AS x").to_pylist() == [{"x": 1}]
    finally:
        reader.close()


def test_bad_sql_says_what_postgres_says(reader: PostgresReader) -> None:
    with pytest.raises(QueryError, match=r'crm: column "nmae" does not exist'):
        reader.query("SELECT nmae FROM sales.orders")


def test_a_database_that_is_away_is_told_by_the_query(
    catalog: PostgresAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstem.warehouse.postgres.reading._WAIT_S", 1.0)
    reader = PostgresReader("crm", catalog.with_database("nowhere", catalog.user))
    try:
        with pytest.raises(WarehouseBusy, match="crm does not answer"):
            reader.query("SELECT 1")
    finally:
        reader.close()
