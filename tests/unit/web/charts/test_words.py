from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.words import MOST, word_cloud

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer


def test_the_area_of_a_word_is_as_its_value_largest_first(answer: Answer) -> None:
    drawn = word_cloud(answer("Word, =Messages", [("b", 25), ("a", 100)]), {})
    first, second = drawn.spec["data"]["values"]
    assert (first["word"], second["word"]) == ("a", "b")
    assert first["size"] == pytest.approx(2 * second["size"], rel=1e-3)
    assert drawn.description == "Word cloud of Messages by Word, 2 words, largest first. a 100; b 25."


def test_no_two_words_overlap_and_all_are_within(answer: Answer) -> None:
    rows = [(f"word{n}" * (1 + n % 3), 1000 / (n + 1)) for n in range(MOST)]
    words = word_cloud(answer("Word, =Messages", rows), {}).spec["data"]["values"]
    boxes = [(w["at"], w["down"], len(w["word"]) * w["size"] * 0.3, w["size"] / 2) for w in words]
    for n, (at, down, half, tall) in enumerate(boxes):
        assert abs(at) + half <= 0.5001
        for other in boxes[:n]:
            assert abs(at - other[0]) >= half + other[2] or abs(down - other[1]) >= tall + other[3]


def test_what_is_not_to_scale_not_drawn_or_unknown_is_said(answer: Answer) -> None:
    rows = [("big", 1000), ("small", 1), ("none", 0), ("odd", None), *[(f"w{n}", 900) for n in range(MOST)]]
    drawn = word_cloud(answer("Word, =Messages", rows), {})
    assert drawn.missing == 1
    assert drawn.notes == (
        "1 word is left out: the value is 0.",
        f"The {MOST} largest of {MOST + 2} words are drawn.",
    )
    few = word_cloud(answer("Word, =Messages", rows[:2]), {})
    assert few.notes == ("1 word is drawn larger than to scale, to be read.",)


def test_below_zero_is_refused(answer: Answer) -> None:
    with pytest.raises(QueryError, match="a word cloud shows amounts"):
        word_cloud(answer("Word, =Messages", [("a", -1)]), {})
