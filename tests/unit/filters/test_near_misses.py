from __future__ import annotations

import pytest

from mainstem.filters.near_misses import suggestion, unknown_word

WORDS = ("last", "days", "day", "today")


def accepts(text: str) -> bool:
    return text in {"last 7 days", "today", "last day"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("lst 7 dys", "last 7 days"),
        ("LAST  7days", "last 7 days"),
        ("last seven days", "last 7 days"),
        ("past 7 day", ""),
        ("tody", "today"),
        ("something else", ""),
        ("lst 7 dys" + " " * 200, ""),
    ],
)
def test_only_what_the_grammar_accepts_is_suggested(text: str, meant: str) -> None:
    assert suggestion(text, WORDS, accepts) == meant


def test_ways_of_saying_it_are_tried_alone_and_together() -> None:
    rewrites = (("^past ", "last "), (" day$", " days"))
    assert suggestion("past day", WORDS, accepts, rewrites) == "last day"
    assert suggestion("past 7 day", WORDS, accepts, rewrites) == "last 7 days"


def test_what_is_accepted_already_is_no_suggestion() -> None:
    assert suggestion("today", WORDS, accepts) == ""


def test_the_first_unknown_word_is_found_at_its_place() -> None:
    assert unknown_word("Last 7 dayz today", WORDS) == (7, "dayz")
    assert unknown_word("last 7 days", WORDS) is None
