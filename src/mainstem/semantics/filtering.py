"""Which filter grammar a field has, by its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.filters import Condition, parse_date, parse_number, parse_string, parse_yesno
from mainstem.semantics.model import Dimension, DimensionType, Measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_GRAMMARS: dict[DimensionType, Callable[[str], Condition]] = {
    DimensionType.STRING: parse_string,
    DimensionType.NUMBER: parse_number,
    DimensionType.YESNO: parse_yesno,
}


def condition_of(field: Dimension | Measure, expression: str, now: datetime) -> Condition:
    """What a filter expression on that field means. `now` is naive UTC.

    Everything about dates has the date grammar, whatever a timeframe shows. Raises QueryError.
    """
    if isinstance(field, Measure):
        return parse_number(expression)
    if field.datatype is not None:
        return parse_date(expression, now)
    return _GRAMMARS[field.type](expression)
