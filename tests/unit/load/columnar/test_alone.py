"""What becomes of single values that a column does not take as they are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from mainstem.load.columnar.alone import Told, fit_alone
from mainstem.load.columnar.leaves import Kind
from mainstem.load.schema import PROVIDERS
from mainstem.warehouse import ColumnType
from mainstem.warehouse.arrow import ARROW_TYPES

PROVIDER = PROVIDERS["ducklake"]


def fitted(text: str, kind: Kind, column: ColumnType) -> tuple[Any, list[Told], list[int]]:
    """What becomes of `text` between two values that are there already."""
    array = pa.nulls(3, ARROW_TYPES[column])
    found = fit_alone(array, [1], pa.array([text]), kind, column, PROVIDER)
    assert [found.array[0].as_py(), found.array[2].as_py()] == [None, None]
    return found.array[1].as_py(), found.told, found.left


@pytest.mark.parametrize(
    ("text", "kind", "column", "value", "told"),
    [
        ("several", Kind.TEXT, ColumnType.INT, None, "several"),
        ("true", Kind.BOOL, ColumnType.INT, None, "true"),
        ("1.5", Kind.INT, ColumnType.INT, 1, "1.5"),
        ("1e3", Kind.INT, ColumnType.INT, 1000, None),
        ("12345678901234567890", Kind.INT, ColumnType.INT, None, "12345678901234567890"),
        ("9007199254740993", Kind.FLOAT, ColumnType.FLOAT, 9007199254740992.0, "9007199254740993"),
        ("2026-01-02", Kind.TEXT, ColumnType.FLOAT, None, "2026-01-02T00:00:00.000Z"),
        ("null", Kind.INT, ColumnType.INT, None, None),
        ("", Kind.TEXT, ColumnType.INT, None, None),
    ],
)
def test_a_column_keeps_what_it_can_hold_and_the_rest_is_told(
    text: str, kind: Kind, column: ColumnType, value: object, told: str | None
) -> None:
    found, discards, left = fitted(text, kind, column)
    assert (found, [one.text for one in discards]) == (value, [] if told is None else [told])
    assert all(one.row == 1 and one.reason for one in discards)
    assert left == []


@pytest.mark.parametrize("text", ["{}", "[1]", "5,6", "nan"])
def test_what_is_no_single_value_is_left_to_the_pure_way(text: str) -> None:
    assert fitted(text, Kind.FLOAT, ColumnType.FLOAT) == (None, [], [1])
