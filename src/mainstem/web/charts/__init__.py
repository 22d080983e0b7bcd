"""Query results become Vega-Lite specs: pure functions, a module for each type of chart.

A spec carries data, marks and meaning. Fonts, sizes and colours are the page's, decided when it draws (light
or dark, wide or narrow): a spec names a colour by its design token, or says the one an author chose.
"""

from __future__ import annotations

from mainstem.web.charts.chart import (
    CHART_TYPES,
    CUSTOM_CHARTS,
    OTHER_TYPES,
    Chart,
    is_chart,
    make_chart,
    why_a_table,
)

__all__ = [
    "CHART_TYPES",
    "CUSTOM_CHARTS",
    "OTHER_TYPES",
    "Chart",
    "is_chart",
    "make_chart",
    "why_a_table",
]
