"""What stands behind a number, for people: the path from a tile to the event, and how each step of it is."""

from __future__ import annotations

from mainstem.web.truth.desk import TruthDesk
from mainstem.web.truth.paths import (
    dbt_path,
    field_truth_path,
    marks_path,
    question_truth_path,
    tile_truth_path,
)
from mainstem.web.truth.reading import Panel, field_panel, request_panel
from mainstem.web.truth.uses import Impact, impact_of

__all__ = [
    "Impact",
    "Panel",
    "TruthDesk",
    "dbt_path",
    "field_panel",
    "field_truth_path",
    "impact_of",
    "marks_path",
    "question_truth_path",
    "request_panel",
    "tile_truth_path",
]
