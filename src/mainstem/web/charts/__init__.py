"""Query results become Vega-Lite specs: pure functions, a module for each type of chart.

A spec carries data, marks and meaning; it carries no colour, font or size, which the page decides when it
draws (light or dark, wide or narrow).
"""

from __future__ import annotations

from mainstem.web.charts.chart import CHART_TYPES, CUSTOM_CHARTS, Chart, is_chart, make_chart

__all__ = ["CHART_TYPES", "CUSTOM_CHARTS", "Chart", "is_chart", "make_chart"]
