from __future__ import annotations

import pytest

from mainstem.connectors.postgres.types import PostgresType, mapped
from mainstem.warehouse import ColumnType


def numeric(precision: int, scale: int) -> PostgresType:
    return PostgresType("numeric", True, "b", "N", (precision << 16 | scale & 0x7FF) + 4)


@pytest.mark.parametrize(
    ("precision", "scale", "kind", "keeps"),
    [
        (18, 0, ColumnType.INT, False),
        (19, 0, ColumnType.FLOAT, True),
        (15, -3, ColumnType.INT, False),
        (17, -3, ColumnType.FLOAT, True),
        (12, 2, ColumnType.FLOAT, False),
        (15, 15, ColumnType.FLOAT, False),
        (16, 2, ColumnType.FLOAT, True),
    ],
)
def test_a_number_is_whole_where_it_fits_and_keeps_digits_that_a_double_has_not(
    precision: int, scale: int, kind: ColumnType, keeps: bool
) -> None:
    found = mapped(numeric(precision, scale))
    assert (found.kind, found.keeps_digits) == (kind, keeps)


def test_a_type_of_somebody_else_is_text_though_it_is_called_as_one_of_postgres() -> None:
    assert mapped(PostgresType("int4", False, "b", "U")).shown == "{}::text"
    assert mapped(PostgresType("int4", True, "b", "N")).kind is ColumnType.INT


def test_moments_without_a_zone_are_of_the_zone_that_is_named() -> None:
    local = PostgresType("timestamp", True, "b", "D")
    assert mapped(local).shown == "{}"
    assert mapped(local, "Europe/Paris").shown == "({} AT TIME ZONE 'Europe/Paris')"
    assert mapped(PostgresType("timestamptz", True, "b", "D"), "Europe/Paris").shown == "{}"
