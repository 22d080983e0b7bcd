"""Rows of a simulated company's systems on a real lake, beside somebody who writes there too."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from mainstem.simulate.play import SystemRows
from mainstem.simulate.world import Difficulty, simulate_company
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from mainstem.warehouse.ducklake import LakeLocation

EVENTS = TableName("website", "pages")


def test_rows_written_in_any_portions_and_twice_stand_once_on_the_lake(lake_location: LakeLocation) -> None:
    eager = Difficulty(visitor_tries=0.5, trial_buys=0.9)
    days = list(islice(simulate_company(3, 2, 2_000, eager), 45))
    expected = {c.key: c.row for day in days for c in day.changes if c.table == "lead_activities"}
    with closing(DuckLake(lake_location)) as lake, closing(DuckLake(lake_location)) as other:
        rows = SystemRows(lake)
        with other.transaction("events", ddl=True) as transaction:
            transaction.create_table(EVENTS, {"id": ColumnType.STRING})
        rows.apply(days[:30])
        with other.transaction("events") as transaction:
            transaction.append(EVENTS, pa.table({"id": ["e1"]}))
            # Its commit comes while the other's transaction is open: they touch different tables.
            rows.apply(days[25:44])
        SystemRows(lake).apply(days[40:])
        found = lake.query("SELECT * FROM lake.marketing.lead_activities").to_pylist()
        assert lake.query("SELECT id FROM lake.website.pages")["id"].to_pylist() == ["e1"]
    assert len(found) == len(expected) > 10
    for row in found:
        assert row.pop("_deleted") is False
        assert row == expected[row["id"]]
