"""Liquid in the SQL of one request: what its names, parameters and conditions stand for."""

from __future__ import annotations

from mainstem.query.liquid.cells import CellLink, Cells
from mainstem.query.liquid.names import Names
from mainstem.query.liquid.rendering import LiquidTemplates

__all__ = ["CellLink", "Cells", "LiquidTemplates", "Names"]
