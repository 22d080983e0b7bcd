"""`matches_filter`: a filter expression inside an expression.

Looker has it in custom filters and custom fields alone, which the database evaluates; so it has no evaluation
here, and a table calculation that uses it is refused by the check.
"""

from __future__ import annotations

from typing import Final

from mainstem.filters.calculations.functions.parameters import anything, text
from mainstem.filters.calculations.functions.record import Function
from mainstem.filters.calculations.kinds import YESNO

FILTERING: Final = (
    Function(
        "matches_filter",
        "filter",
        (anything("field"), text("filter_expression")),
        YESNO,
        "Whether a field fulfils a filter expression; in custom filters and custom fields only",
        "matches_filter(${orders.month}, `last 3 months`)",
        "",
        None,
        everywhere=True,
    ),
)
