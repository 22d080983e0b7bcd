"""The tables of activations, and who may work on one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import UsageError
from mainstem.store.activations import BATCHES, LOG, PLAN_ROWS, PLANS, ROWS, RUNS, ActivationFence

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.config import PostgresAddress
    from mainstem.store.table import Table

TABLES = [BATCHES, LOG, PLANS, PLAN_ROWS, ROWS, RUNS]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_tables_are_what_the_repositories_need(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_one_activation_is_worked_on_by_one_process_and_others_beside_it(catalog: PostgresAddress) -> None:
    with ActivationFence(catalog).held("usage"):
        with pytest.raises(UsageError, match="another process"), ActivationFence(catalog).held("usage"):
            pass
        with ActivationFence(catalog).held("leads"):
            pass
    with ActivationFence(catalog).held("usage"):
        pass
