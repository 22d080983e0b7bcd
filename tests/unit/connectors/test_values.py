"""A value fits its column or is told; nothing is bent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mainstem.connectors.values import MISFIT, fitted, type_of, variant
from mainstem.warehouse import ColumnType as C

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, C.BOOLEAN),
        (5, C.INT),
        (2**70, C.STRING),
        (0.5, C.FLOAT),
        (Decimal("0.5"), C.FLOAT),
        ("2026-01-01T12:00:00Z", C.DATETIME),
        ("2026-01-01", C.STRING),
        ("2026", C.STRING),
        ({"a": 1}, C.JSON),
        ([1], C.JSON),
        (date(2026, 1, 1), C.DATETIME),
    ],
)
def test_a_first_value_says_what_its_column_is(value: Any, kind: C) -> None:
    assert type_of(value) is kind


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (C.INT, "12", 12),
        (C.INT, 12.0, 12),
        (C.INT, 12.5, MISFIT),
        (C.INT, "many", MISFIT),
        (C.INT, 2**63, MISFIT),
        (C.INT, float("nan"), MISFIT),
        (C.FLOAT, 3, 3.0),
        (C.FLOAT, "3.5", 3.5),
        (C.FLOAT, True, MISFIT),
        (C.BOOLEAN, "true", True),
        (C.BOOLEAN, 0, False),
        (C.BOOLEAN, "yes", MISFIT),
        (C.BOOLEAN, [], MISFIT),
        (C.STRING, 12, "12"),
        (C.STRING, False, "false"),
        (C.STRING, {"a": [1]}, '{"a":[1]}'),
        (C.STRING, "a\0b", "ab"),
        (C.DATETIME, "2026-01-01T13:00:00+01:00", NOON),
        (C.DATETIME, "2026-01-01T12:00:00.000+0000", NOON),
        (C.DATETIME, "soon", MISFIT),
        (C.DATETIME, 5, MISFIT),
        (C.JSON, [1, "a"], '[1,"a"]'),
        (C.INT, None, None),
    ],
)
def test_a_value_as_its_column_holds_it(kind: C, value: Any, stored: Any) -> None:
    assert fitted(kind, value) == stored


def test_the_sibling_is_named_as_dlt_names_it() -> None:
    assert variant("n", "many") == ("n__v_string", C.STRING)
