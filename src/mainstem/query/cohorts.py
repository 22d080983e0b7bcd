"""Filters by cohorts: a field that is the key of a unit, by whether the unit is a member.

Compiled SQL names a cohort by the table that holds its members, as anybody may write it; before it runs, the
members themselves are put in that place. So a page or a log that shows SQL lists nobody, an answer is kept
for as long as the cohort is what it was, and a cohort works on every warehouse, at once when it is saved.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.membership import Membership, parse_membership
from mainstem.query.result import UsedCohort
from mainstem.semantics.model import Dimension, DimensionType
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.query.context import Context
    from mainstem.query.dialects import Dialect
    from mainstem.query.result import Compiled
    from mainstem.semantics.model import ViewField

TAG = "cohort:"
_NO_UNITS = ("time", "event", "counts")


class StandingCohort(msgspec.Struct, frozen=True):
    """What must be known of a cohort to filter by it."""

    name: str
    """Short, as filters have it."""
    unit: str
    as_of: str
    """When it was counted last: another moment is another list."""
    model: str
    explores: tuple[str, ...]
    """Those its definition reads: who may not see them all does not know of it."""


class KnownCohorts(ABC):
    """Where cohorts are kept. Both raise TransientError when it is away."""

    @abstractmethod
    def standing(self) -> Mapping[str, StandingCohort]:
        """Every cohort by its short name."""

    @abstractmethod
    def ids(self, name: str) -> Sequence[str]:
        """Its members."""


class NoCohorts(KnownCohorts):
    """Where none are kept."""

    def standing(self) -> Mapping[str, StandingCohort]:
        return {}

    def ids(self, name: str) -> Sequence[str]:
        raise QueryError(f"there is no cohort {name}")


NO_COHORTS = NoCohorts()


def unit_of(field: ViewField) -> str | None:
    """The unit that a field is the key of, by its tag `cohort:account`."""
    roles = [tag.removeprefix(TAG) for tag in field.tags if tag.startswith(TAG)]
    return next((role for role in roles if role not in _NO_UNITS), None)


def membership_of(field: ViewField, expression: str) -> Membership | None:
    """None where the expression is one of the field's own grammar."""
    if not isinstance(field, Dimension) or unit_of(field) is None:
        return None
    return parse_membership(expression)


def names_in(expressions: Iterable[str]) -> bool:
    """Whether any of them may be about cohorts; those who are not need look nothing up."""
    return any(parse_membership(one) for one in expressions if one)


def membership_sql(
    field: Dimension, name: str, asked: Membership, operand: str, dialect: Dialect, context: Context
) -> str:
    """Raises QueryError for a cohort that is not there, or of another unit."""
    for cohort in asked.names:
        _check(cohort, field, name, context.cohorts)
    key = operand if field.type is DimensionType.STRING else dialect.as_text(operand)
    terms = []
    if asked.any_of:
        each = [f"{key} IN {named(cohort)}" for cohort in asked.any_of]
        terms.append(each[0] if len(each) == 1 else f"({' OR '.join(each)})")
    terms += [f"({key} IS NULL OR {key} NOT IN {named(cohort)})" for cohort in asked.none_of]
    return " AND ".join(terms)


def named(cohort: str) -> str:
    """How SQL that is shown has a cohort; a text in quotation marks can never read like it."""
    return f"(SELECT id FROM cohorts.members WHERE cohort = '{cohort}')"


def used(asked: Iterable[Membership], context: Context) -> tuple[UsedCohort, ...]:
    """In what compiled SQL stands, with the moment each was counted."""
    names = dict.fromkeys(name for one in asked for name in one.names)
    return tuple(UsedCohort(name, context.cohorts[name].as_of) for name in names)


def with_members(compiled: Compiled, cohorts: KnownCohorts, dialect: Dialect) -> Compiled:
    """As it runs."""
    if not compiled.cohorts:
        return compiled
    lists = {named(one.name): dialect.members(cohorts.ids(one.name)) for one in compiled.cohorts}

    def filled(sql: str) -> str:
        for text, members in lists.items():
            sql = sql.replace(text, members)
        return sql

    return msgspec.structs.replace(
        compiled,
        sql=filled(compiled.sql),
        companions=tuple(msgspec.structs.replace(one, sql=filled(one.sql)) for one in compiled.companions),
    )


def _check(cohort: str, field: Dimension, name: str, known: Mapping[str, StandingCohort]) -> None:
    unit = unit_of(field)
    of_unit = [one.name for one in known.values() if one.unit == unit]
    found = known.get(cohort)
    if found is None:
        hint, listed = did_you_mean(cohort, of_unit), ", ".join(of_unit) or "none yet"
        raise QueryError(f"{name}: there is no cohort {cohort}{hint}; cohorts of {unit} are {listed}")
    if found.unit != unit:
        raise QueryError(f"{name} is the key of units {unit}; cohort {cohort} is of units {found.unit}")
