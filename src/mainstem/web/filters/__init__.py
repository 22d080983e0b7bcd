"""The filters of explores and dashboards: one set of controls, with the expression beneath.

Promise: the expression in the address is the whole state; a control is a way to write it, and shows what it
can of it. Every control is part of a form and works without a script.
"""

from __future__ import annotations

from mainstem.web.filters.boards import (
    FilterBar,
    board_control,
    dashboard_path,
    filter_bar,
    filter_values,
    subject_of,
    unknown_filters,
    with_filters,
)
from mainstem.web.filters.control import Control, Place, control
from mainstem.web.filters.form import taken
from mainstem.web.filters.questions import QuestionFilters, question_control, question_filters
from mainstem.web.filters.subject import Look, Subject
from mainstem.web.filters.suggesting import Suggested, suggested

__all__ = [
    "Control",
    "FilterBar",
    "Look",
    "Place",
    "QuestionFilters",
    "Subject",
    "Suggested",
    "board_control",
    "control",
    "dashboard_path",
    "filter_bar",
    "filter_values",
    "question_control",
    "question_filters",
    "subject_of",
    "suggested",
    "taken",
    "unknown_filters",
    "with_filters",
]
