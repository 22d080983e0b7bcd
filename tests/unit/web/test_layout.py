from __future__ import annotations

from mainstem.semantics.dashboard import Dashboard, Element, ElementType
from mainstem.semantics.model import Origin
from mainstem.web.layout import places, stylesheet

HERE = Origin("x.dashboard.lookml", 1)


def tile(
    name: str,
    row: int | None = None,
    col: int | None = None,
    width: int | None = None,
    height: int | None = None,
) -> Element:
    return Element(
        name=name,
        title=name,
        type=ElementType.TABLE,
        model="m",
        explore="e",
        fields=("v.a",),
        origin=HERE,
        row=row,
        col=col,
        width=width,
        height=height,
    )


def board(*tiles: Element) -> Dashboard:
    return Dashboard(name="b", title="b", layout="newspaper", origin=HERE, elements=tiles)


def test_tiles_are_read_by_row_and_then_by_column() -> None:
    placed = places(board(tile("c", 4, 0), tile("b", 0, 12), tile("a", 0, 0)))
    assert [p.element.name for p in placed] == ["a", "b", "c"]
    assert [p.id for p in placed] == ["tile-2", "tile-1", "tile-0"]


def test_tiles_without_a_place_fill_rows_below_the_placed_ones() -> None:
    placed = places(board(tile("top", 0, 0, 24, 5), *(tile(f"t{n}") for n in range(4))))
    assert [(p.row, p.col, p.width, p.height) for p in placed[1:]] == [
        (5, 0, 8, 6),
        (5, 8, 8, 6),
        (5, 16, 8, 6),
        (11, 0, 8, 6),
    ]


def test_a_tile_never_leaves_the_grid() -> None:
    (placed,) = places(board(tile("wide", 0, 20, 30, 0)))
    assert (placed.col, placed.width, placed.height) == (0, 24, 1)


def test_the_grid_holds_on_wide_screens_and_on_paper() -> None:
    css = stylesheet(places(board(tile("a", 2, 3, 4, 5))))
    assert css == "@media print, (min-width: 60rem) {\n  #tile-0 { grid-area: 3 / 4 / span 5 / span 4; }\n}\n"
