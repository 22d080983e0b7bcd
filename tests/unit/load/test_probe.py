from __future__ import annotations

import pytest

from mainstem.load.probe import make_sure_rows_are_taken
from mainstem.testing.warehouse import MemoryWarehouse


def test_a_probe_leaves_nothing_behind() -> None:
    warehouse = MemoryWarehouse()
    make_sure_rows_are_taken(warehouse)
    make_sure_rows_are_taken(warehouse)
    assert warehouse.columns("mainstem") == {}
    assert warehouse.transactions == []


@pytest.mark.parametrize("point", ["begin", "create_table", "append"])
def test_a_warehouse_that_takes_no_rows_is_found_out(point: str) -> None:
    warehouse = MemoryWarehouse()

    def refuse(reached: str) -> None:
        if reached == point:
            raise ArithmeticError(point)

    warehouse.at = refuse
    with pytest.raises(ArithmeticError, match=point):
        make_sure_rows_are_taken(warehouse)
