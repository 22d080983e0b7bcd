"""The list that fields are picked from: headings, groups, and what each field is in the question."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mainstem.query.request import CustomDimension, CustomMeasure
from mainstem.web.explore.custom import users_of
from mainstem.web.explore_fields import by_heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.web.explore.question import Question
    from mainstem.web.explore_fields import ExploreField


@dataclass(frozen=True)
class Pick:
    field: ExploreField
    chosen: bool
    pivoted: bool
    filtered: bool

    @property
    def words(self) -> str:
        """What a search looks in."""
        field = self.field
        parts = (field.label, field.group_label, field.view_label, field.name, field.description, *field.tags)
        return " ".join(part for part in parts if part).casefold()


@dataclass(frozen=True)
class Heading:
    label: str
    groups: tuple[tuple[str, tuple[Pick, ...]], ...]
    """(group, its fields): group is empty for fields in none; dimensions first, then measures."""
    chosen: int
    """How many of its fields are asked for or filtered by."""


@dataclass(frozen=True)
class OwnField:
    """A field that people added to the question."""

    name: str
    label: str
    kind: str
    """dimension, measure or calculation."""
    text: str
    """What it says."""
    chosen: bool
    pivoted: bool
    filtered: bool
    hidden: bool
    used_by: tuple[str, ...]
    """Labels of others that need it."""


def own_fields(question: Question) -> tuple[OwnField, ...]:
    """In the order they were added."""
    asked = question.request
    found = []
    for one in asked.dynamic_fields:
        kind = "calculation"
        if isinstance(one, CustomMeasure):
            kind, text = "measure", f"{one.type or 'filtered'} of {one.based_on}"
        else:
            kind = "dimension" if isinstance(one, CustomDimension) else kind
            text = one.expression
        found.append(
            OwnField(
                name=one.name,
                label=one.label or one.name,
                kind=kind,
                text=text,
                chosen=kind == "calculation" or one.name in asked.fields,
                pivoted=one.name in asked.pivots,
                filtered=one.name in asked.filters,
                hidden=one.name in question.hidden_fields,
                used_by=users_of(question, one.name),
            )
        )
    return tuple(found)


def picks(fields: Iterable[ExploreField], question: Question) -> tuple[Pick, ...]:
    """What each field is in the question."""
    asked = question.request
    return tuple(
        Pick(field, field.name in asked.fields, field.name in asked.pivots, field.name in asked.filters)
        for field in fields
    )


def headings(fields: Iterable[ExploreField], question: Question) -> tuple[Heading, ...]:
    """Fields under their headings. Parameters and filter-only fields can be filtered by, and no more."""
    return tuple(_heading(label, found, question) for label, found in by_heading(fields))


def _heading(label: str, fields: list[ExploreField], question: Question) -> Heading:
    found = picks(fields, question)
    groups = tuple(
        (group, tuple(inside))
        for group, inside in groupby(found, key=lambda pick: pick.field.group_label or "")
    )
    return Heading(label, groups, sum(pick.chosen or pick.filtered for pick in found))
