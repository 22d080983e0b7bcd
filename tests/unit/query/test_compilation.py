"""What is told before any warehouse is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query.request import TableCalculation

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query import Compiled

FIELDS = ("orders.status", "orders.created_date", "orders.count")


def test_a_subtotal_of_what_is_not_selected_is_an_error(compiled: Callable[..., Compiled]) -> None:
    message = r"subtotal orders.statsu is not among the selected dimensions \(did you mean orders.status\?\)"
    with pytest.raises(QueryError, match=message):
        compiled(*FIELDS, subtotals=("orders.statsu",))


def test_a_calculation_that_cannot_be_read_is_named(compiled: Callable[..., Compiled]) -> None:
    half = TableCalculation(name="half", expression="${orders.count} /")
    with pytest.raises(QueryError, match=r"calculation half, line 1, column 18: "):
        compiled(*FIELDS, dynamic_fields=(half,))
