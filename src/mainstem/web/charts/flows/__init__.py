"""Flows between places: what a Sankey diagram shows, where it lies, and how it is drawn.

Vega-Lite knows no Sankey, so the layout is worked out here and drawn with its areas and rectangles.
"""

from __future__ import annotations

from mainstem.web.charts.flows.sankey import sankey

__all__ = ["sankey"]
