from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from mainstem.activate import Field, Kind, Unfitting, Value, comparable, fitted

EAST = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("value", "field", "held"),
    [
        (None, Field(name="n", kind=Kind.INTEGER), None),
        (12.0, Field(name="n", kind=Kind.INTEGER), 12),
        ("12", Field(name="n", kind=Kind.INTEGER), 12),
        (Decimal("12.345"), Field(name="n", kind=Kind.NUMBER, digits=2), 12.35),
        (12, Field(name="n", kind=Kind.NUMBER, digits=2), 12.0),
        (-0.0, Field(name="n", kind=Kind.NUMBER), 0.0),
        ("True", Field(name="b", kind=Kind.BOOLEAN), True),
        (0, Field(name="b", kind=Kind.BOOLEAN), False),
        (date(2026, 11, 23), Field(name="d", kind=Kind.DAY), "2026-11-23"),
        (datetime(2026, 11, 23, 2, tzinfo=EAST), Field(name="d", kind=Kind.DAY), "2026-11-22"),
        ("2026-11-23", Field(name="d", kind=Kind.DAY), "2026-11-23"),
        (
            datetime(2026, 11, 23, 9, tzinfo=UTC),
            Field(name="m", kind=Kind.MOMENT),
            "2026-11-23T09:00:00.000Z",
        ),
        ("2026-11-23T09:00:00.000+0000", Field(name="m", kind=Kind.MOMENT), "2026-11-23T09:00:00.000Z"),
        (date(2026, 11, 23), Field(name="m", kind=Kind.MOMENT), "2026-11-23T00:00:00.000Z"),
        (5.0, Field(name="t"), "5"),
        (True, Field(name="t"), "true"),
        (["b", "a"], Field(name="c", kind=Kind.CHOICES, choices=("a", "b")), "a;b"),
        ("b; a;b;", Field(name="c", kind=Kind.CHOICES, tidies=True), "a;b"),
        ("", Field(name="c", kind=Kind.CHOICE, choices=("a",), tidies=True), None),
        ("", Field(name="t"), ""),
        (" \r\n ", Field(name="t", tidies=True), None),
        (" a\r\nb ", Field(name="t", tidies=True, length=3), "a\nb"),
        (" a ", Field(name="t"), " a "),
        ("2026-11-23T09:00:00.987Z", Field(name="m", kind=Kind.MOMENT, digits=0), "2026-11-23T09:00:00.000Z"),
        ("2026-11-23T09:00:00.98765Z", Field(name="m", kind=Kind.MOMENT), "2026-11-23T09:00:00.987Z"),
    ],
)
def test_what_is_the_same_to_a_field_is_held_alike(value: object, field: Field, held: Value) -> None:
    found = fitted(value, field)
    assert (found, type(found)) == (held, type(held))


@pytest.mark.parametrize(
    ("value", "field", "why"),
    [
        (12.5, Field(name="n", kind=Kind.INTEGER), "fraction"),
        (True, Field(name="n", kind=Kind.INTEGER), "no number"),
        ("a few", Field(name="n", kind=Kind.NUMBER), "no number"),
        (float("nan"), Field(name="n", kind=Kind.NUMBER), "finite"),
        ("maybe", Field(name="b", kind=Kind.BOOLEAN), "neither"),
        ("2026-02-30", Field(name="d", kind=Kind.DAY), "no day"),
        ("noon", Field(name="m", kind=Kind.MOMENT), "no moment"),
        ("abcdef", Field(name="t", length=5), "6 characters, and the field holds 5"),
        ("c", Field(name="c", kind=Kind.CHOICE, choices=("a", "b")), "a, b"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_cut(value: object, field: Field, why: str) -> None:
    with pytest.raises(Unfitting, match=why):
        fitted(value, field)


def test_keys_are_compared_as_their_field_does() -> None:
    loose = Field(name="k", ignores_case=True, tidies=True)
    assert comparable(" ACME ", loose) == comparable("acme", loose)
    assert comparable("ACME", Field(name="k")) != comparable("acme", Field(name="k"))
