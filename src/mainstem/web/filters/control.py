"""One filter as its template draws it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mainstem.errors import FilterError
from mainstem.filters import Grammar
from mainstem.web.filters.cohort import IN, NOT_IN
from mainstem.web.filters.cohort import OPERATORS as COHORTS
from mainstem.web.filters.rows import MATCHES, Operator, Row
from mainstem.web.filters.settling import OPERATORS, SEVERAL, Settled, blank_row, rows_of, said
from mainstem.web.filters.subject import ONE_OF, SOME_OF, Look

if TYPE_CHECKING:
    from mainstem.web.filters.settling import Problem
    from mainstem.web.filters.subject import Subject

_HINTS = {
    Grammar.DATE: "7 days · last month · 2026-01-01 to 2026-02-01 · before 2026-03-01",
    Grammar.STRING: "Acme · Ac% · -test · a,b · NULL · EMPTY",
    Grammar.NUMBER: "5 · >0 · [0,10) · NOT 3 · NULL",
    Grammar.YESNO: "Yes · No",
    Grammar.TIER: "20 to 29 · -Below 10",
    Grammar.LOCATION: "36.97, -122.03 · 40 miles from 36.97, -122.03",
}
_ANYTHING = {Grammar.DATE: "any time", Grammar.LOCATION: "anywhere"}


@dataclass(frozen=True)
class Place:
    """Where a control stands, and where it asks."""

    number: int
    """Of the control on its page, for ids."""
    name: str
    """Of the input that holds the expression."""
    widget_url: str
    """Gives the control again as its form holds it."""
    values_url: str = ""
    """Lists values; empty where there are none to look for."""
    cohorts_url: str = ""
    """Lists cohorts of the unit that the field is the key of."""


@dataclass(frozen=True)
class Control:
    id: str
    subject: Subject
    place: Place
    expression: str
    applied: str
    rows: tuple[Row, ...]
    """None at all of an expression that no control shows."""
    operators: tuple[tuple[str, tuple[Operator, ...]], ...]
    """By the heading they stand under."""
    english: str
    problem: Problem | None
    unfinished: str
    """Why what was filled in makes no expression yet."""
    notes: tuple[str, ...] = ()
    """What else is to know of it: where it applies, or why it cannot be taken away."""
    removable: bool = True

    @property
    def key(self) -> str:
        return self.subject.key

    @property
    def is_set(self) -> bool:
        return bool(self.expression.strip())

    @property
    def is_pending(self) -> bool:
        """Whether the answer beneath was asked with something else."""
        return self.expression != self.applied

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than by default."""
        return self.expression.strip() != self.subject.default.strip()

    @property
    def is_advanced(self) -> bool:
        return not self.rows

    @property
    def is_wrong(self) -> bool:
        return self.problem is not None or bool(self.unfinished) or self.is_missing

    @property
    def is_missing(self) -> bool:
        return self.subject.required and not self.is_set

    @property
    def takes_more(self) -> bool:
        several = self.subject.grammar in SEVERAL and self.subject.look is Look.CONDITIONS
        shown = bool(self.rows) and all(row.operator not in (IN, NOT_IN) for row in self.rows)
        return several and self.subject.many and self.is_set and shown

    @property
    def is_many(self) -> bool:
        return self.subject.look in SOME_OF

    @property
    def is_one(self) -> bool:
        return self.subject.look in ONE_OF

    @property
    def choices(self) -> tuple[tuple[str, str, bool], ...]:
        """(label, expression, chosen), those that are chosen and not listed at the end."""
        chosen = self.rows[0].values if self.rows else (self.expression,)
        listed = [(label, given, given in chosen) for label, given in self.subject.choices]
        known = {given for _, given in self.subject.choices}
        others = [given for given in chosen if given.strip() and given not in known]
        return (
            *listed,
            *(
                (self.english.removeprefix("is ") or given if self.is_advanced else given, given, True)
                for given in others
            ),
        )

    @property
    def waits_for_values(self) -> bool:
        """Whether what is to be chosen from has to be looked up first."""
        chosen_from = self.subject.look in ONE_OF | SOME_OF
        return chosen_from and not self.subject.choices and bool(self.place.values_url)

    @property
    def summary(self) -> str:
        """The expression, short: as people say it, or the label of what was chosen."""
        if not self.is_set:
            return (
                _ANYTHING.get(self.subject.grammar, "any value") if self.subject.grammar else self.english[3:]
            )
        labels = {given: label for label, given in self.subject.choices}
        if self.expression in labels:
            return labels[self.expression]
        if self.problem:
            return self.expression
        if not self.english:
            return self.expression
        said = self.english.removeprefix("is ").removeprefix("in the ")
        alone = re.fullmatch(r"'([^']*)'", said)
        return alone[1] if alone and alone[1].strip() else said

    @property
    def hint(self) -> str:
        return _HINTS.get(self.subject.grammar, "") if self.subject.grammar else ""

    @property
    def nothing(self) -> str:
        if self.subject.grammar:
            return _ANYTHING.get(self.subject.grammar, "any value")
        labels = {given: label for label, given in self.subject.choices}
        default = labels.get(self.subject.default, self.subject.default)
        return f"default ({default})" if default else "default"


def control(
    subject: Subject,
    place: Place,
    now: Settled,
    applied: str | None = None,
    *,
    notes: tuple[str, ...] = (),
    removable: bool = True,
) -> Control:
    """`applied` is what the page was answered with, where that is another expression."""
    english, problem = said(subject, now.expression)
    return Control(
        id=f"filter-{place.number}",
        subject=subject,
        place=place,
        expression=now.expression,
        applied=now.expression if applied is None else applied,
        rows=_rows(subject, now),
        operators=_operators(subject),
        english=english,
        problem=problem,
        unfinished=now.problem,
        notes=notes,
        removable=removable,
    )


def _rows(subject: Subject, now: Settled) -> tuple[Row, ...]:
    if now.rows is not None:
        return now.rows
    try:
        found = rows_of(subject, now.expression)
    except FilterError:
        return ()
    return () if found is None else found or (blank_row(subject),)


def _operators(subject: Subject) -> tuple[tuple[str, tuple[Operator, ...]], ...]:
    if subject.grammar is None:
        return ()
    each = (
        *OPERATORS[subject.grammar],
        *(COHORTS if subject.unit else ()),
        Operator(MATCHES, "matches (advanced)", "matches"),
    )
    groups = groupby(each, key=lambda operator: "" if operator.name == MATCHES else operator.group)
    return tuple((group, tuple(found)) for group, found in groups)
