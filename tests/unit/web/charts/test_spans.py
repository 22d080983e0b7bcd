from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.spans import MOST, timeline

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer

COLUMNS = "Account, Plan, Start:date, End:date, =Seats"
MARCH = [date(2026, 3, day) for day in range(1, 31)]


def test_rows_of_one_name_share_a_lane_and_the_second_name_is_the_colour(answer: Answer) -> None:
    rows = [("Acme", "Free", MARCH[0], MARCH[5], 1), ("Acme", "Paid", MARCH[5], MARCH[9], 7)]
    drawn = timeline(answer(COLUMNS, rows), {})
    assert [(bar["lane"], bar["series"]) for bar in drawn.spec["data"]["values"]] == [
        ("Acme", "Free"),
        ("Acme", "Paid"),
    ]
    assert drawn.description == (
        "Timeline, 2 bars in 1 lane. Acme · Free: 2026-03-01 – 2026-03-06 · Seats 1; "
        "Acme · Paid: 2026-03-06 – 2026-03-10 · Seats 7."
    )
    alone = timeline(answer(COLUMNS, rows), {"groupBars": "false"})
    assert [bar["lane"] for bar in alone.spec["data"]["values"]] == ["Acme · Free", "Acme · Paid"]


def test_no_end_is_open_and_no_start_is_nowhere(answer: Answer) -> None:
    rows = [
        ("Acme", "Free", MARCH[0], MARCH[5], 1),
        ("Globex", "Free", MARCH[1], None, 1),
        ("Initech", "Free", None, MARCH[5], 1),
    ]
    drawn = timeline(answer(COLUMNS, rows), {})
    bars = drawn.spec["data"]["values"]
    assert [(bar["lane"], bar["end"], bar["open"]) for bar in bars] == [
        ("Acme", "2026-03-06T00:00:00Z", False),
        ("Globex", "2026-03-06T00:00:00Z", True),
    ]
    assert drawn.missing == 1
    assert drawn.notes == ("1 row without an end: drawn paler, up to the last moment known.",)


def test_an_end_before_its_start_and_too_many_rows_are_counted(answer: Answer) -> None:
    rows = [("a", "x", MARCH[5], MARCH[0], 1), *[("a", "x", MARCH[0], MARCH[1], 1)] * (MOST + 1)]
    assert timeline(answer(COLUMNS, rows), {}).notes == (
        "1 row left out: the end is before the start.",
        f"The first {MOST} of {MOST + 1} rows are drawn.",
    )


def test_one_date_is_a_point_in_time(answer: Answer) -> None:
    drawn = timeline(answer("Account, Signed:date", [("Acme", MARCH[0])]), {})
    assert drawn.spec["mark"]["type"] == "point"
    assert drawn.description == "Timeline, 1 point in 1 lane. Acme: 2026-03-01."


def test_without_a_date_there_is_no_timeline(answer: Answer) -> None:
    with pytest.raises(QueryError, match="one date or two"):
        timeline(answer("Account, =Seats", [("Acme", 1)]), {})
