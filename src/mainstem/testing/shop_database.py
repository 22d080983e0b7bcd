"""A small shop in a Postgres database to be read: tables with a cursor, with a key, and with neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.config import PostgresAddress

ORDERS = 24
_TABLES = """
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text NOT NULL, amount numeric(12, 2), updated_at timestamptz NOT NULL
);
CREATE INDEX ON orders (updated_at);
CREATE TABLE order_lines (
  order_id bigint, line smallint, sku varchar(20), quantity int, PRIMARY KEY (order_id, line)
);
CREATE TABLE notes (order_id bigint, note text);
CREATE TABLE kinds (
  id uuid PRIMARY KEY, yes bool, small smallint, whole numeric(18, 0), price numeric, ratio double precision,
  tiny real, day date, at timestamptz, local timestamp, clock time, took interval, doc jsonb, raw json,
  tags text[], grid int[][], feeling mood, span tstzrange, mark bytea, cost money, host inet, flags bit(3)
);
"""
_ORDERS = """
INSERT INTO orders SELECT n, CASE n %% 2 WHEN 0 THEN 'open' ELSE 'sent' END, n * 10.25,
  date_trunc('second', now()) - interval '90 days' + n * interval '1 day'
FROM generate_series(1, %s) AS n
"""
_REST = """
INSERT INTO order_lines SELECT n, 1, 'sku-' || n, n % 5 FROM generate_series(1, 12) AS n;
INSERT INTO notes SELECT n % 3, 'note ' || n % 3 FROM generate_series(1, 6) AS n;
"""
_KINDS: Sequence[tuple[Any, ...]] = (
    ("f47ac10b-58cc-4372-a567-0e02b2c3d479", True, 7, "123456789012345678", "0.1", 0.1, 0.5, "2026-01-31",
     "2026-01-31 12:00:00.123456+02", "2026-01-31 12:00", "12:30:00", "1 day 02:00", '{"a": 1.50}',
     '{"a": 12345678901234567890.5}', ["a", None, 'b"c'], [[1, 2], [3, 4]], "cross",
     "[2026-01-01 00:00+00,2026-02-01 00:00+00)", b"\x00\xff", "1234.5", "10.0.0.1/8", "101"),
    ("00000000-0000-0000-0000-000000000002", None, None, "NaN", "NaN", "NaN", "Infinity", "infinity",
     "-infinity", "infinity", None, None, "null", "[]", [], None, None, "empty", b"", None, None, None),
    ("00000000-0000-0000-0000-000000000003", False, -1, "-5", "12345678901234567890.123456789", "-Infinity",
     0, "0044-03-15 BC", "20000-01-01 00:00+00", "0001-01-01", "23:59:59.999999", "-1 year", '"text"', "1",
     None, None, "calm", "(,)", None, "-0.01", "::1", "000"),
)  # fmt: skip


class ShopDatabase:
    """Each statement is committed by itself."""

    def __init__(self, address: PostgresAddress) -> None:
        self.address = address
        self.url = make_conninfo(**address.libpq())
        self._orders = ORDERS

    def make(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_TABLES.encode())
            connection.execute(_ORDERS.encode(), [ORDERS])
            connection.execute(_REST.encode())
            marks = ", ".join("%s" for _ in _KINDS[0])
            for row in _KINDS:
                connection.execute(f"INSERT INTO kinds VALUES ({marks})".encode(), row)  # noqa: S608 # marks

    def run(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode(), values or None)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        with (
            psycopg.connect(self.url, autocommit=True) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            return cursor.execute(statement.encode()).fetchall()

    def change(self) -> None:
        """An order is new with a line and a note, another and its line are changed."""
        self._orders += 1
        self.run(f"INSERT INTO orders VALUES ({self._orders}, 'open', 1, now())")  # noqa: S608 # a number
        self.run(f"INSERT INTO order_lines VALUES ({self._orders}, 1, 'new', 1)")  # noqa: S608 # a number
        self.run("UPDATE orders SET status = status || '!', updated_at = now() WHERE id = 3")
        self.run("UPDATE order_lines SET quantity = quantity + 1 WHERE order_id = 2")
        self.run("INSERT INTO notes VALUES (9, 'again')")
