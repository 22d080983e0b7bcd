"""Rows of a filter by cohorts: of a field that is the key of a unit, beside the conditions of its own type.

They never stand beside others in one filter: an expression is about cohorts as a whole, or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.membership import Membership, parse_membership
from mainstem.web.filters.rows import Operator, Row
from mainstem.web.filters.suggesting import Suggested, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.cohorts.keeping import KeptCohort

IN, NOT_IN = "in_cohort", "not_in_cohort"
OPERATORS = (
    Operator(IN, "is in a cohort …", "cohorts", "Cohorts"),
    Operator(NOT_IN, "is not in a cohort …", "cohorts", "Cohorts"),
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def rows_of(expression: str) -> tuple[Row, ...] | None:
    """None for an expression that is not about cohorts."""
    asked = parse_membership(expression) if expression.strip() else None
    if asked is None:
        return None
    rows = (Row(IN, asked.any_of), Row(NOT_IN, asked.none_of))
    return tuple(row for row in rows if row.values)


def expression_of(rows: Sequence[Row]) -> str | None:
    """None where no row is about cohorts. Raises QueryError where only some are, and for what is no name."""
    about = [row for row in rows if row.operator in (IN, NOT_IN)]
    if not about:
        return None
    if len(about) < len(rows):
        raise QueryError("Cohorts and other conditions do not go into one filter.")
    return Membership(_names(about, IN), _names(about, NOT_IN)).expression


def said(expression: str) -> str | None:
    asked = parse_membership(expression) if expression.strip() else None
    return f"is {asked.english}" if asked else None


def offered(cohorts: Iterable[KeptCohort], unit: str, words: str, limit: int) -> Suggested:
    """Cohorts of the unit whose name or title holds the words, by title."""
    wanted = words.casefold()
    found = [
        Suggestion(f"{one.title} ({one.name})", one.name, f"in cohort {one.name}")
        for one in cohorts
        if one.unit == unit and (wanted in one.title.casefold() or wanted in one.name)
    ]
    return Suggested(tuple(found[:limit]), len(found) > limit)


def _names(rows: Iterable[Row], operator: str) -> tuple[str, ...]:
    written = [
        name.strip().lower()
        for row in rows
        if row.operator == operator
        for name in (*row.values, row.text("add"))
        if name.strip()
    ]
    for name in written:
        if not _NAME.fullmatch(name):
            raise QueryError(f"“{name}” is no short name of a cohort: letters, digits and “-”.")
    return tuple(dict.fromkeys(written))
