from __future__ import annotations

import re

import duckdb
import pytest

from mainstem.privacy.mentions import mention, mention_alone, mention_bytes

IDS = ("user-3", "a+b@example.com", "(x)", "[y]*", "é7", "k1:00ff")

TEXTS = {
    "user-3": True, "of user-3, and": True, '{"id":"user-3"}': True, "who=user-3&x": True, "_user-3_": True,
    "user-30": False, "superuser-3": False, "user_3": False, "a+b@example.com": True,
    "aab@example.com": False, "who=%27user-3%27": True, r"a\nuser-3\n": True, r"\u0041user-3": True,
    "20user-3": False, "nuser-3": False, "A+B@example.com": False,
    "f(x)=1": False, "(x)": True, "[y]*": True, "y": False, "an é7!": True,
    "é77": False, "k1:00ff": True, "k1:00ffa": False, "": False,
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_an_id_is_found_by_itself_and_not_within_another_word_in_every_engine(text: str) -> None:
    found = TEXTS[text]
    assert bool(re.search(mention(IDS), text)) is found
    assert bool(re.search(mention_alone(IDS), text)) is found
    assert bool(mention_bytes(IDS).search(text.encode())) is found
    with duckdb.connect() as connection:
        assert connection.execute("SELECT regexp_matches(?, ?)", [text, mention(IDS)]).fetchone() == (found,)


def test_what_is_replaced_is_the_id_alone_and_the_longest_that_fits() -> None:
    pattern = mention_alone(["user", "user-3"])
    assert re.sub(pattern, "*", "user-3, user-30; user") == "*, *-30; *"


def test_addresses_are_found_in_bytes_in_any_case() -> None:
    pattern = mention_bytes(["Ana"], ["ana@example.com"])
    assert pattern.search(b"to ANA@Example.com.")
    assert not pattern.search(b"ANA")
