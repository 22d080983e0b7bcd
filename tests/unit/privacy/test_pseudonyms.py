from __future__ import annotations

import hashlib
import hmac

import pytest

from mainstem.privacy import PseudonymKeys, is_pseudonym, pseudonym, pseudonyms

KEY = b"0123456789abcdef"
KEYS = PseudonymKeys("k1", {"k1": KEY})


def test_it_is_the_hmac_of_kind_and_value_under_the_keys_name() -> None:
    digest = hmac.new(KEY, b"email:ana@shop.example", hashlib.sha256).hexdigest()
    assert pseudonym(KEYS, "ana@shop.example") == f"k1:{digest}"
    assert is_pseudonym(f"k1:{digest}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" Ana@Shop.Example\n", "ana@shop.example"),
        ("+49 (170) 998-8776", "+491709988776"),
        (42, "42"),
        (42.0, "42"),
        ("e\u0301", "\u00e9"),
    ],
)  # fmt: skip
def test_spellings_of_one_thing_have_one_pseudonym(one: str | float, other: str) -> None:
    assert pseudonym(KEYS, one) == pseudonym(KEYS, other)


@pytest.mark.parametrize(("one", "other"), [("U1", "u1"), ("u1", "u2"), ("491709988776", "+491709988776")])
def test_other_things_have_others(one: str, other: str) -> None:
    assert pseudonym(KEYS, one) != pseudonym(KEYS, other)


def test_a_rotated_key_leaves_older_pseudonyms_as_they_are_and_maps_them() -> None:
    rotated = PseudonymKeys("k2", {"k1": KEY, "k2": b"fedcba9876543210"})
    old = pseudonym(KEYS, "u1")
    assert pseudonym(rotated, old) == old
    assert pseudonyms(rotated, "u1") == {"k1": old, "k2": pseudonym(rotated, "u1")}


def test_keys_are_never_shown() -> None:
    assert "0123456789" not in repr(KEYS)
