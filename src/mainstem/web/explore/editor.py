"""What the form of a custom field is drawn from: the draft, what is wrong with it, and help while typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.filters.calculations.functions import FUNCTIONS
from mainstem.query.request import CustomDimension, TableCalculation
from mainstem.semantics.value_format import NAMED, format_number
from mainstem.web.explore.checking import check_draft
from mainstem.web.explore.custom import MEASURE_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.explorer import Explorer
    from mainstem.web.explore.custom import Draft
    from mainstem.web.explore.question import Question
    from mainstem.web.explore_fields import ExploreField

_SHOWN = 1234.5
_NUMBERS = frozenset(("number", "int", "float"))


@dataclass(frozen=True)
class Word:
    """Something to write in an expression."""

    name: str
    """What is looked for."""
    insert: str
    signature: str
    help: str
    example: str = ""
    is_field: bool = False


def editor_values(
    explorer: Explorer, question: Question, draft: Draft, offered: Sequence[ExploreField]
) -> dict[str, Any]:
    """`offered` are the fields that the explore shows."""
    dimensions = [field for field in offered if field.kind == "dimension"]
    own = [one for one in question.request.dynamic_fields if isinstance(one, CustomDimension)]
    based = [(field.name, f"{field.view_label} · {field.label}") for field in dimensions]
    based += [(one.name, one.label or one.name) for one in own]
    measures = [(f.name, f"{f.view_label} · {f.label}") for f in offered if f.kind == "measure"]
    return {
        "draft": draft,
        "checked": check_draft(explorer, question, draft),
        "words": _words(question, draft, offered),
        "formats": [("", "As it comes"), *((name, _format_label(name)) for name in NAMED)],
        "dimensions": based,
        "numbers": [
            (field.name, f"{field.view_label} · {field.label}")
            for field in dimensions
            if field.type in _NUMBERS
        ],
        "measures": measures,
        "types": tuple(MEASURE_TYPES.items()),
        "filters": [*draft.filters, ("", "")],
        "groups": [*draft.groups, ("", "")] if draft.groups else [("", "")] * 3,
    }


def _words(question: Question, draft: Draft, offered: Sequence[ExploreField]) -> list[Word]:
    """What may stand in the expression: fields of the answer first, then functions."""
    if draft.kind not in ("calculation", "dimension"):
        return []
    in_answer = draft.kind == "calculation"
    asked = set(question.request.fields)
    fields = [
        Word(
            field.name, f"${{{field.name}}}", field.label, f"{field.view_label}, {field.type}", is_field=True
        )
        for field in offered
        if (field.name in asked if in_answer else field.kind == "dimension")
    ]
    fields += [
        Word(one.name, f"${{{one.name}}}", one.label or one.name, "yours", is_field=True)
        for one in question.request.dynamic_fields
        if one.name != draft.name and (in_answer or not isinstance(one, TableCalculation))
    ]
    functions = [
        Word(one.name, f"{one.name}(", one.signature, one.help, one.example)
        for one in FUNCTIONS.values()
        if (one.family != "filter" if in_answer else one.everywhere)
    ]
    return [*fields, *functions]


def _format_label(name: str) -> str:
    shown = format_number(_SHOWN if not name.startswith("percent") else 0.1234, NAMED[name])
    return f"{name.replace('_', ' ')} · {shown}"
