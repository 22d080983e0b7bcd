from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from mainstem.web.orchestration.graph import BOX, lay_out

NAMES = tuple(f"t{n}" for n in range(12))
ARROWS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30).map(tuple)
FORWARD = ARROWS.map(lambda found: tuple((a, b) for a, b in found if NAMES.index(a) < NAMES.index(b)))


@given(FORWARD)
def test_whatever_is_waited_for_stands_further_left(arrows: tuple[tuple[str, str], ...]) -> None:
    graph = lay_out(NAMES, arrows)
    x = {box.name: box.x for box in graph.boxes}
    assert all(x[a] + BOX[0] < x[b] for a, b in arrows)


@given(ARROWS)
def test_every_box_is_drawn_once_within_the_drawing_and_none_over_another(
    arrows: tuple[tuple[str, str], ...],
) -> None:
    """Circles too: no manifest has one, and a page is not where it should come to light."""
    graph = lay_out(NAMES, arrows)
    assert sorted(box.name for box in graph.boxes) == sorted(NAMES)
    for box in graph.boxes:
        assert 0 <= box.x <= graph.width - box.width
        assert 0 <= box.y <= graph.height - box.height
        beside = [other for other in graph.boxes if other.x == box.x and other is not box]
        assert all(abs(other.y - box.y) >= BOX[1] for other in beside)


@given(FORWARD)
def test_every_arrow_goes_from_the_right_of_one_box_to_the_left_of_the_other(
    arrows: tuple[tuple[str, str], ...],
) -> None:
    graph = lay_out(NAMES, arrows)
    place = {box.name: box for box in graph.boxes}
    for arrow in graph.arrows:
        numbers = [float(found) for found in re.findall(r"-?[\d.]+", arrow.path)]
        start, end = place[arrow.before], place[arrow.after]
        assert numbers[:2] == [start.x + BOX[0], start.y + BOX[1] / 2]
        assert numbers[-2:] == [end.x, end.y + BOX[1] / 2]


def test_an_arrow_over_several_columns_passes_between_their_boxes() -> None:
    graph = lay_out(("a", "b", "c"), (("a", "b"), ("b", "c"), ("a", "c")))
    (b,) = (box for box in graph.boxes if box.name == "b")
    (far,) = (arrow for arrow in graph.arrows if (arrow.before, arrow.after) == ("a", "c"))
    found = re.search(r"([\d.]+)H", far.path)
    assert found is not None
    height = float(found[1])
    assert not b.y <= height <= b.y + BOX[1]


def test_what_can_be_drawn_without_crossings_is() -> None:
    """Two chains side by side, named so that the order of names would cross them."""
    names = ("x", "y", "x2", "y2")
    graph = lay_out(names, (("x", "y2"), ("y", "x2")))
    y = {box.name: box.y for box in graph.boxes}
    assert (y["x"] < y["y"]) == (y["y2"] < y["x2"])


def test_a_graph_of_nothing_is_empty() -> None:
    assert lay_out((), ()).boxes == ()
