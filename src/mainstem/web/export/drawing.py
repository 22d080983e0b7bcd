"""Drawings without a browser: a chart's spec as SVG, an SVG as PNG or as pages of a PDF.

The engine is the one that pages are sent. It starts with the first drawing and stays; it reaches no network.
"""

from __future__ import annotations

import copy
import io
import re
import threading
from typing import TYPE_CHECKING, Any

from mainstem.web.export.colours import chart_config, painted
from mainstem.web.export.lettering import width_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.web.export.colours import Theme

_ONE_AT_A_TIME = threading.Lock()
"""The engine draws one thing at a time: callers wait here rather than within it."""
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'url\(#([^)]+)\)|href="#([^"]+)"')
_LEGEND_LETTER = 11


def chart_svg(spec: dict[str, Any], width: float, height: float, theme: Theme, name: str) -> str:
    """An `<svg>` of that size. `name` sets its ids apart from those of others in one document."""
    import vl_convert  # 0.2 s and a JavaScript engine in memory: for those who draw

    sized = {**copy.deepcopy(spec), "width": round(width), "height": round(height)}
    sized.pop("$schema", None)
    sized["config"] = chart_config(theme, _legend_columns(sized, width))
    with _ONE_AT_A_TIME:
        drawn = vl_convert.vegalite_to_svg(painted(sized, theme))
    drawn = _ID.sub(lambda m: f'id="{name}-{m[1]}"', drawn)
    return _REFERENCE.sub(lambda m: f"url(#{name}-{m[1]})" if m[1] else f'href="#{name}-{m[2]}"', drawn)


def png_of(svg: str, scale: float = 2) -> bytes:
    import vl_convert

    with _ONE_AT_A_TIME:
        return bytes(vl_convert.svg_to_png(svg, scale=scale))


def pdf_of(pages: Iterable[str], title: str) -> bytes:
    """A page each; a unit of the SVG is a point."""
    import vl_convert
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for page in pages:
        with _ONE_AT_A_TIME:
            made = vl_convert.svg_to_pdf(page)
        writer.append(PdfReader(io.BytesIO(made)))
    writer.add_metadata({"/Title": title, "/Creator": "Mainstem"})
    writer.compress_identical_objects()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _legend_columns(spec: dict[str, Any], width: float) -> int:
    names = _coloured(spec)
    longest = min(max((width_of(name, _LEGEND_LETTER) for name in names), default=1), 180)
    return max(1, int(width / (longest + 32)))


def _coloured(spec: dict[str, Any]) -> list[str]:
    """The names in the legend: those of the first layer that has colours."""
    own = spec.get("encoding", {}).get("color", {}).get("scale", {}).get("domain")
    if isinstance(own, list):
        return [str(name) for name in own]
    for layer in spec.get("layer", []):
        found = _coloured(layer)
        if found:
            return found
    return []
