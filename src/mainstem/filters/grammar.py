"""Which grammar reads an expression, by the type of what is filtered."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mainstem.filters.date import parse_date
from mainstem.filters.location import parse_location
from mainstem.filters.number import parse_number
from mainstem.filters.string import parse_string
from mainstem.filters.tier import parse_tier
from mainstem.filters.yesno import parse_yesno

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mainstem.filters.conditions import Condition


class Grammar(StrEnum):
    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    """Of everything that is a date or a time, whatever part of it is shown."""
    YESNO = "yesno"
    TIER = "tier"
    LOCATION = "location"


_TIMELESS = {
    Grammar.STRING: parse_string,
    Grammar.NUMBER: parse_number,
    Grammar.YESNO: parse_yesno,
    Grammar.LOCATION: parse_location,
}


def parse(
    grammar: Grammar,
    expression: str,
    now: datetime,
    *,
    week_start_day: str = "monday",
    fiscal_month_offset: int = 0,
    labels: Sequence[str] = (),
) -> Condition:
    """What an expression means. `now` is naive, in the time zone of the query; `labels` are a tier's own.

    Raises FilterError.
    """
    match grammar:
        case Grammar.DATE:
            return parse_date(
                expression, now, week_start_day=week_start_day, fiscal_month_offset=fiscal_month_offset
            )
        case Grammar.TIER:
            return parse_tier(expression, labels)
        case _:
            return _TIMELESS[grammar](expression)
