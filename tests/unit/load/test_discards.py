from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mainstem.load.discards import fit
from mainstem.warehouse import ColumnType

BOOLEAN, INT, FLOAT, STRING, DATETIME, JSON = ColumnType


@pytest.mark.parametrize(
    ("existing", "incoming", "value", "stored"),
    [
        (STRING, BOOLEAN, True, "true"),
        (STRING, INT, 7, "7"),
        (STRING, FLOAT, 2.5, "2.5"),
        (STRING, STRING, ["a", 1.0], '["a",1]'),
        (STRING, DATETIME, "2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.000Z"),
        (FLOAT, INT, 7, 7.0),
        (JSON, STRING, 'say "hi"', '"say \\"hi\\""'),
        (JSON, INT, 7, '"7"'),
        (JSON, STRING, ["a"], '["a"]'),
        (JSON, JSON, '{"a":1}', '{"a":1}'),
        (DATETIME, DATETIME, "2026-01-02T00:00:00.000Z", datetime(2026, 1, 2, tzinfo=UTC)),
        (INT, STRING, None, None),
    ],
)
def test_what_a_column_can_hold_is_stored_without_a_word(
    existing: ColumnType, incoming: ColumnType, value: Any, stored: Any
) -> None:
    assert fit(value, incoming, existing) == (stored, None)


@pytest.mark.parametrize(
    ("existing", "incoming", "value"),
    [
        (INT, STRING, "x"),
        (BOOLEAN, INT, 1),
        (FLOAT, STRING, "1.5"),
        (DATETIME, STRING, "soon"),
        (INT, JSON, "{}"),
        (FLOAT, BOOLEAN, True),
    ],
)
def test_what_no_rule_converts_is_null_and_told(
    existing: ColumnType, incoming: ColumnType, value: Any
) -> None:
    reason = f"incompatible schema conversion from {existing} to {incoming}"
    assert fit(value, incoming, existing) == (None, reason)


def test_a_float_in_an_int_column_is_cut_and_told() -> None:
    reason = "incompatible schema conversion from int to float"
    assert fit(-2.7, FLOAT, INT) == (-2, reason)
    assert fit(1e30, FLOAT, INT) == (None, reason)


@pytest.mark.parametrize(("value", "stored"), [(2**63 - 1, 2**63 - 1), (-(2**63), -(2**63)), (2**63, None)])
def test_integers_fit_up_to_64_bits(value: int, stored: int | None) -> None:
    assert fit(value, INT, INT).value == stored
    assert (fit(value, INT, INT).reason is None) == (stored is not None)


def test_an_integer_a_float_cannot_hold_is_told() -> None:
    assert fit(2**53, INT, FLOAT).reason is None
    assert fit(2**53 + 1, INT, FLOAT) == (float(2**53), "the integer was rounded to fit in a float")
    assert fit(10**400, INT, FLOAT).value is None
