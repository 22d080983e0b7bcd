from __future__ import annotations

import pytest

from mainstem.activate.levels import levels_of
from mainstem.errors import UsageError

DEEP = 5_000


def test_a_record_goes_behind_the_deepest_that_it_hangs_on() -> None:
    parents = {"d": ["a", "c"], "c": ["b"], "b": ["a"], "a": [], "x": ["stands already"]}
    assert levels_of(parents) == {"a": 0, "b": 1, "c": 2, "d": 3, "x": 0}


def test_a_chain_may_be_thousands_deep() -> None:
    chain = {str(n): [str(n - 1)] if n else [] for n in reversed(range(DEEP))}
    assert levels_of(chain) == {str(n): n for n in range(DEEP)}


@pytest.mark.parametrize(
    ("parents", "said"),
    [
        ({"a": ["a"]}, "a → a"),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, r"(a → b → c → a|b → c → a → b|c → a → b → c)"),
        ({str(n): [str((n + 1) % DEEP)] for n in range(DEEP)}, r"4993 more … → \w+ → \w+ → \w+ → \w+$"),
    ],
)
def test_a_circle_is_told_in_the_order_in_which_records_hang(
    parents: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        levels_of(parents)
