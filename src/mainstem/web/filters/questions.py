"""The filters of an explore's question: those that were added, and those that always stand there.

A filter that LookML sets (`always_filter`, `conditionally_filter`) is shown with its value, and is part of
the address only once somebody changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from mainstem.semantics.dynamic import CustomDimension, CustomMeasure
from mainstem.semantics.labels import heading_of
from mainstem.web.filters.control import Control, Place, control
from mainstem.web.filters.form import is_sent, kept_pairs
from mainstem.web.filters.settling import Settled, settled
from mainstem.web.filters.subject import Look, Subject, custom_subject, field_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.filters.calculations import Kind
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.web.explore.question import Question
    from mainstem.web.filters.settling import Draft


@dataclass(frozen=True)
class Standing:
    """A filter of LookML's own."""

    expression: str
    note: str
    fills_blank: bool = False
    """Whether it applies where the field is filtered by nothing; else that lets anything through."""


@dataclass(frozen=True)
class QuestionFilters:
    question: Question
    """With the filters that the form holds."""
    controls: tuple[Control, ...]
    sent: bool
    """Whether they come out of a form."""
    kept: tuple[tuple[str, str], ...]
    """What is unfinished, for the address."""

    @property
    def pending(self) -> int:
        return sum(one.is_pending for one in self.controls)

    def address(self, address: str) -> str:
        """The address of the question, with what is unfinished in it."""
        if not self.kept:
            return address
        return f"{address}{'&' if '?' in address else '?'}{urlencode(self.kept)}"


def question_filters(
    model: Model,
    explore: Explore,
    question: Question,
    fields: Mapping[str, ViewField],
    drafts: Mapping[str, Draft],
    kinds: Mapping[str, Kind],
) -> QuestionFilters:
    """`kinds`: what comes out of the custom fields, by name."""
    asked = question.request.filters
    standing = standing_filters(explore, fields, asked)
    filters: dict[str, str] = {}
    kept: list[tuple[str, str]] = []
    controls: list[Control] = []
    for number, key in enumerate(dict.fromkeys((*standing, *asked))):
        subject, stands, draft = (
            subject_in(model, explore, key, question, fields, kinds),
            standing.get(key),
            drafts.get(key),
        )
        now = _now(subject, asked.get(key), stands, draft)
        if stands is None or now.expression != stands.expression:
            filters[key] = now.expression
        if draft and now.rows and (now.problem or draft.shaped or draft.more):
            kept += kept_pairs(key, now.rows)
        controls.append(_control(question, subject, number, now, stands, fields))
    question = question.with_request(filters=filters)
    return QuestionFilters(question, tuple(controls), is_sent(drafts), tuple(kept))


def _now(subject: Subject, typed: str | None, stands: Standing | None, draft: Draft | None) -> Settled:
    if typed is None or (stands and stands.fills_blank and not typed.strip()):
        typed = stands.expression if stands else ""
    now = Settled(typed) if draft is None else settled(subject, typed, draft)
    if stands and stands.fills_blank and not now.expression.strip() and now.rows is None:
        return Settled(stands.expression)
    return now


def question_control(
    model: Model,
    explore: Explore,
    question: Question,
    fields: Mapping[str, ViewField],
    key: str,
    draft: Draft | None,
    number: int,
    kinds: Mapping[str, Kind],
) -> Control:
    """One filter again, as its form holds it."""
    subject = subject_in(model, explore, key, question, fields, kinds)
    stands = standing_filters(explore, fields, {}).get(key)
    now = _now(subject, question.request.filters.get(key), stands, draft)
    return _control(question, subject, number, now, stands, fields, draft.applied if draft else None)


def standing_filters(
    explore: Explore, fields: Mapping[str, ViewField], asked: Mapping[str, str]
) -> dict[str, Standing]:
    """By field, those that are seen by whoever asks."""
    found: dict[str, Standing] = {}
    if explore.always_filter:
        for each in explore.always_filter.filters:
            name = _named(explore, each.field)
            found[name] = Standing(each.expression, "always filtered")
    if explore.conditionally_filter:
        unless = [_named(explore, name) for name in explore.conditionally_filter.unless]
        lifted = any(asked.get(name, "").strip() for name in unless)
        others = ", ".join(fields[name].label for name in unless if name in fields)
        note = f"filtered unless {others} is" if others else "filtered unless you say otherwise"
        for each in explore.conditionally_filter.filters:
            if not lifted:
                found.setdefault(
                    _named(explore, each.field), Standing(each.expression, note, fills_blank=True)
                )
    return {name: one for name, one in found.items() if name in fields}


def subject_in(
    model: Model,
    explore: Explore,
    key: str,
    question: Question,
    fields: Mapping[str, ViewField],
    kinds: Mapping[str, Kind],
) -> Subject:
    field = fields.get(key)
    if field is not None:
        alias = key.partition(".")[0]
        views = explore.views()
        heading = field.view_label or (
            heading_of(explore, alias, model.views[views[alias]]) if alias in views else ""
        )
        label = field.label if not heading or heading == explore.label else f"{heading} {field.label}"
        return field_subject(key, label, field)
    for one in question.request.dynamic_fields:
        if one.name == key and isinstance(one, CustomDimension | CustomMeasure):
            return custom_subject(one, kinds.get(key))
    return Subject(key, key, look=Look.VALUE)


def _control(
    question: Question,
    subject: Subject,
    number: int,
    now: Settled,
    stands: Standing | None,
    fields: Mapping[str, ViewField],
    applied: str | None = None,
) -> Control:
    asked = question.request
    base = f"/explore/{quote(asked.model, safe='')}/{quote(asked.explore, safe='')}"
    key = quote(subject.key, safe="")
    known = subject.key in fields or any(one.name == subject.key for one in asked.dynamic_fields)
    notes = [stands.note] if stands else []
    notes += ["after adding up"] if subject.is_measure else []
    notes += [] if known else ["this explore has no such field"]
    values = subject.looks_up or (bool(subject.choices) and subject.grammar is not None)
    place = Place(
        number,
        f"f[{subject.key}]",
        f"{base}/filters/{key}?{urlencode({'at': number})}",
        f"{base}/values/{key}" if values else "",
        f"{base}/values/{key}?cohorts=yes" if subject.unit else "",
    )
    return control(
        subject,
        place,
        now,
        applied,
        notes=tuple(notes),
        removable=stands is None or subject.key in asked.filters,
    )


def _named(explore: Explore, name: str) -> str:
    return name if "." in name else f"{explore.alias}.{name}"
