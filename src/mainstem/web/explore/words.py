"""A question as one line of words, for lists and titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.request import CustomMeasure, TableCalculation
from mainstem.semantics.model import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.model import ViewField
    from mainstem.web.explore.question import Question

_NAMED = 3


def title_of(question: Question, fields: Mapping[str, ViewField]) -> str:
    """`Visitors, Pages by Day across Source, where Country is Norway`."""
    asked = question.request
    own = {one.name: one for one in asked.dynamic_fields}
    measures: list[str] = []
    down: list[str] = []
    for name in asked.fields:
        if name in asked.pivots:
            continue
        is_measure = isinstance(fields.get(name), Measure) or (isinstance(own.get(name), CustomMeasure))
        (measures if is_measure else down).append(_label(name, question, fields))
    measures += [one.label or one.name for one in asked.dynamic_fields if isinstance(one, TableCalculation)]
    said = _listed(measures) or _listed(down) or "Nothing"
    if measures and down:
        said += f" by {_listed(down)}"
    if asked.pivots:
        said += f" across {_listed([_label(name, question, fields) for name in asked.pivots])}"
    wanted = [f"{_label(name, question, fields)}: {value}" for name, value in asked.filters.items() if value]
    return f"{said}, where {_listed(wanted)}" if wanted else said


def _label(name: str, question: Question, fields: Mapping[str, ViewField]) -> str:
    own = next((one for one in question.request.dynamic_fields if one.name == name), None)
    if own is not None:
        return own.label or name
    return fields[name].label if name in fields else name


def _listed(words: list[str]) -> str:
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")
