"""Where tiles stand: every layout becomes places in one grid of 24 columns.

`newspaper` says them so; `static` in tiles of `tile_size` pixels from the top and left of a page of `width`
pixels; `grid` by rows that list their elements and their height in pixels, sharing the width; `tile` says
nothing, and tiles follow one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import yaml

from mainstem.semantics.dashboard import COLUMNS, Layout

if TYPE_CHECKING:
    from mainstem.semantics.dashboard import Element
    from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping

_ROW_PIXELS = 50
_WIDTH = 1200
_TILE_SIZE = 100
_ROW_HEIGHT = 400


def placed(layout: Layout, elements: tuple[Element, ...], given: Mapping) -> tuple[Element, ...]:
    """`given` is the dashboard. Elements keep their order."""
    if layout is Layout.STATIC:
        size = (given.pixels("tile_size") or _TILE_SIZE) / _ROW_PIXELS
        across = COLUMNS / ((given.pixels("width") or _WIDTH) / _ROW_PIXELS)
        return tuple(_static(element, size, size * across) for element in elements)
    if layout is Layout.GRID:
        return _by_rows(elements, given)
    return elements


def _static(element: Element, down: float, across: float) -> Element:
    top, left = element.vis.get("top"), element.vis.get("left")
    if not isinstance(top, int | float) or not isinstance(left, int | float):
        return element
    width = min(COLUMNS, max(1, round((element.width or 4) * across)))
    return msgspec.structs.replace(
        element,
        row=round(top * down),
        col=min(COLUMNS - width, round(left * across)),
        width=width,
        height=max(1, round((element.height or 4) * down)),
        vis={key: value for key, value in element.vis.items() if key not in ("top", "left")},
    )


def _by_rows(elements: tuple[Element, ...], given: Mapping) -> tuple[Element, ...]:
    places: dict[str, tuple[int, int, int, int]] = {}
    top = 0
    for node in given.items("rows"):
        row = given.inner(node) if isinstance(node, yaml.MappingNode) else None
        if row is None:
            continue
        names = row.texts("elements")
        height = max(2, round((row.pixels("height") or _ROW_HEIGHT) / _ROW_PIXELS))
        width = max(1, COLUMNS // max(1, len(names)))
        for number, name in enumerate(names):
            places[name] = (top, number * width, width, height)
        top += height
    return tuple(
        msgspec.structs.replace(
            element, **dict(zip(("row", "col", "width", "height"), places[element.name], strict=True))
        )
        if element.name in places
        else element
        for element in elements
    )
