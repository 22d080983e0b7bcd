"""A shop's events in a DuckDB of this process, behind an explorer that knows who asks.

For tests of cohorts: it answers what the real one would, and writes nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from mainstem.query.connections import Connections
from mainstem.query.context import EVERYTHING, Asking
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import load_project
from mainstem.warehouse import Capabilities, Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa

    from mainstem.query.warehouse_explorer import WarehouseExplorer
    from mainstem.testing.cohorts_by_hand import Event
    from mainstem.warehouse.contract import ColumnType, Transaction

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LOOKML = """
connection: "warehouse"
access_grant: boss { user_attribute: boss allowed_values: ["yes"] }
view: events {
  sql_table_name: events ;;
  dimension: event_id { primary_key: yes hidden: yes sql: ${TABLE}.key ;; }
  dimension: person_id { tags: ["cohort:person"] sql: ${TABLE}.unit ;; }
  dimension: account_id { tags: ["cohort:account"] sql: LEFT(${TABLE}.unit, 1) ;; }
  dimension: event { tags: ["cohort:event"] sql: ${TABLE}.name ;; }
  dimension: place { sql: ${TABLE}.place ;; }
  dimension_group: happened {
    type: time
    timeframes: [raw, time, date, week, month]
    tags: ["cohort:time"]
    sql: ${TABLE}.moment ;;
  }
}
explore: events {
  access_filter: { field: events.account_id user_attribute: account }
}
view: people {
  sql_table_name: people ;;
  dimension: id { primary_key: yes tags: ["cohort:person"] sql: ${TABLE}.id ;; }
  dimension: name { sql: ${TABLE}.name ;; }
  measure: people { type: count }
}
explore: people {}
explore: guarded { view_name: events required_access_grants: [boss] }
"""


class Memory(Warehouse):
    """DuckDB in memory: only queries."""

    capabilities = Capabilities(provider="ducklake", dialect="duckdb", catalog=None)

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.asked: list[str] = []
        self._guard = threading.Lock()
        self.connection.execute(
            "CREATE TABLE events (unit VARCHAR, moment TIMESTAMP, key VARCHAR, name VARCHAR, place VARCHAR)"
        )
        self.connection.execute("CREATE TABLE people (id VARCHAR, name VARCHAR)")

    def fill(self, events: Iterable[Event]) -> None:
        rows = [(one.unit, one.at, one.key, one.name, one.place) for one in events]
        self.connection.execute("DELETE FROM events")
        if rows:
            self.connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        with self._guard:
            self.asked.append(sql)
            return self.connection.execute(sql, list(parameters)).to_arrow_table()

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        return {}

    def transaction(self, message: str, *, ddl: bool = False) -> AbstractContextManager[Transaction]:
        raise AssertionError("only read")

    def close(self) -> None:
        self.connection.close()


@dataclass
class Shop:
    warehouse: Memory
    explorers: WarehouseExplorers
    asking: list[Asking] = field(default_factory=lambda: [EVERYTHING])
    """The last one asks."""

    @property
    def explorer(self) -> WarehouseExplorer:
        return self.explorers.of(self.asking[-1])


def open_shop(folder: Path) -> Shop:
    """`folder` gets its LookML."""
    (folder / "shop.model.lkml").write_text(LOOKML)
    project = load_project(folder)
    warehouse = Memory()
    return Shop(warehouse, WarehouseExplorers(lambda: project, Connections(warehouse), lambda: NOW))
