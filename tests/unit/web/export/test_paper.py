from __future__ import annotations

import pytest

from mainstem.semantics.dashboard import Element, ElementType
from mainstem.semantics.model import Origin
from mainstem.web.export.about import About
from mainstem.web.export.paper import Paper, board_pages
from mainstem.web.export.tile_svg import Face
from mainstem.web.layout import Place

ABOUT = About("Health", "", "Filters: none", ("Made 2026-11-23 18:53 UTC",))


@pytest.mark.parametrize(("bands", "pages"), [(4, 1), (9, 3)])
def test_a_dashboard_that_a_page_can_hold_is_on_one_and_others_keep_rows_that_can_be_read(
    bands: int, pages: int
) -> None:
    element = Element(name="a", title="A", type=ElementType.TEXT, origin=Origin("health.dashboard.lookml", 1))
    faces = [(Place(f"tile-{n}", element, 8 * n, 0, 24, 8), Face(f"tile-{n}", "A")) for n in range(bands)]
    assert len(board_pages(faces, ABOUT, Paper("a4", lies=False))) == pages
