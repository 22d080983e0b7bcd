from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts.trellis import panes

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer

ROWS = [("Free", "b", 1), ("Free", "a", 2), ("Paid", "a", 3), ("Paid", "b", 4)]


def test_every_pane_has_its_series_in_the_order_of_the_whole_answer(answer: Answer) -> None:
    whole = answer("Plan, Day, Kind^, =Seats", [(plan, "mon", kind, n) for plan, kind, n in ROWS])
    whole = msgspec.structs.replace(whole, headers=(("b",), ("a",)))
    found, _ = panes(ElementType.COLUMN, whole, {"trellis": "row"})
    assert [name for name, _ in found] == ["Free", "Paid"]
    assert [chart.spec["encoding"]["color"]["scale"]["domain"] for _, chart in found] == [["b", "a"]] * 2


def test_panes_of_pivots_stand_as_the_answer_has_them(answer: Answer) -> None:
    whole = msgspec.structs.replace(answer("Plan, Kind^, =Seats", ROWS), headers=(("b",), ("a",)))
    found, _ = panes(ElementType.COLUMN, whole, {"trellis": "pivot"})
    assert [name for name, _ in found] == ["b", "a"]
