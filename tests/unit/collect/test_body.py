from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect.body import is_text, with_whole_characters

SIGNS = ("a", "é", "€", "😀")


def decodes(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", range(4090, 4100))
def test_a_character_across_two_pieces_is_one(before: int, sign: str) -> None:
    body = b"a" * before + sign.encode() * 5000
    assert is_text(body)
    assert is_text(body[:-1]) is (sign == "a")


@given(
    st.integers(4085, 4100),
    st.lists(st.sampled_from([*map(str.encode, SIGNS), b"\xff", b"\xc3", b"\xed\xa0\x80", b"a" * 4090])),
)
def test_text_is_what_decodes(before: int, pieces: list[bytes]) -> None:
    body = b"a" * before + b"".join(pieces)
    assert is_text(body) is decodes(body)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (b'"a"', b'"a"'),
        (b'"\\n"', b'"\\n"'),
        (b'"\\ud83d\\ude00"', b'"\\ud83d\\ude00"'),
        (b'"\\uD83d"', b'"\\ufffd"'),
        (b'"\\\\ud83d"', b'"\\\\ud83d"'),
    ],
)
def test_half_of_a_pair_becomes_one_sign_and_all_else_stays(text: bytes, whole: bytes) -> None:
    assert with_whole_characters(text) == whole
