"""Fields that people add to a question: what a form says of one, and the question with it.

A `Draft` is the form as it is filled in, right or wrong; it lives in the address, beside the question, until
it is saved. Names never change once given, since other expressions may use them; labels do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.request import CustomDimension, CustomMeasure, TableCalculation
from mainstem.semantics.value_format import NAMED
from mainstem.web.explore.grouping import Bins, Groups, read_bins, read_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.query.request import DynamicField
    from mainstem.web.explore.question import Question

PREFIX = "edit"
"""Of the parameters that hold a draft; `edit` itself is its kind."""
KINDS: Mapping[str, str] = {
    "calculation": "Table calculation",
    "measure": "Custom measure",
    "dimension": "Custom dimension",
    "group": "Groups",
    "bin": "Bins",
}
MEASURE_TYPES: Mapping[str, str] = {
    "count_distinct": "Count of different values",
    "sum": "Sum",
    "average": "Average",
    "median": "Median",
    "min": "Least",
    "max": "Greatest",
    "list": "List of values",
}
_NAME = re.compile(r"[^a-z0-9_]+")
_NUMBERED = re.compile(r"(?P<list>group_label|group_filter|filter_field|filter)_(?P<place>\d{1,2})")


@dataclass(frozen=True)
class Draft:
    kind: str
    """One of KINDS."""
    name: str = ""
    """Of the field that is changed; empty of a new one."""
    label: str = ""
    expression: str = ""
    format_name: str = ""
    """A key of `value_format.NAMED`."""
    value_format: str = ""
    """Else a pattern."""
    description: str = ""
    hidden: bool = False
    field: str = ""
    """What a measure, groups or bins are made of."""
    type: str = ""
    """A key of MEASURE_TYPES; empty where `field` is a measure."""
    filters: tuple[tuple[str, str], ...] = ()
    """(`view.field`, filter expression): what a custom measure counts."""
    condition: str = ""
    """The same as an expression."""
    groups: tuple[tuple[str, str], ...] = ()
    other: str = ""
    size: str = ""
    breaks: str = ""

    @property
    def title(self) -> str:
        return f"{KINDS[self.kind]}: {self.label}" if self.name else f"New: {KINDS[self.kind].lower()}"

    def made(self, taken: Iterable[str]) -> DynamicField:
        """The field. `taken` are names that others have. Raises ValueError for what no field can be made of,
        in a sentence."""
        label = " ".join(self.label.split()) or self._usual_label()
        name = self.name or name_of(label, set(taken))
        named = self.format_name if self.format_name in NAMED else None
        pattern = None if named else self.value_format.strip() or None
        description = self.description.strip() or None
        if self.kind == "calculation":
            return TableCalculation(
                name=name,
                label=label,
                expression=self._written(),
                value_format=pattern,
                value_format_name=named,
                hidden=self.hidden,
            )
        if self.kind != "measure":
            return CustomDimension(
                name=name,
                label=label,
                expression=self._written(),
                description=description,
                value_format=pattern,
                value_format_name=named,
            )
        if not self.field:
            raise ValueError("a measure is made of a field: choose one")
        return CustomMeasure(
            name=name,
            label=label,
            based_on=self.field,
            type=self.type or None,
            filters={field: wanted for field, wanted in self.filters if field and wanted.strip()},
            filter_expression=self.condition.strip() or None,
            description=description,
            value_format=pattern,
            value_format_name=named,
        )

    def _written(self) -> str:
        if self.kind == "group":
            groups = tuple(
                (label.strip() or wanted, wanted) for label, wanted in self.groups if wanted.strip()
            )
            if not self.field or not groups:
                raise ValueError("groups need a field, and a filter for each group")
            return Groups(self.field, groups, self.other.strip()).expression()
        if self.kind == "bin":
            if not self.field:
                raise ValueError("bins are made of a field: choose one that is a number")
            return Bins(self.field, self.size, self.breaks).expression()
        if not self.expression.strip():
            raise ValueError("nothing is written yet")
        return self.expression.strip()

    def _usual_label(self) -> str:
        field = self.field.rpartition(".")[2].replace("_", " ")
        match self.kind:
            case "measure":
                return f"{MEASURE_TYPES.get(self.type, 'Filtered')} of {field}"
            case "group":
                return f"{field.capitalize()} groups"
            case "bin":
                return f"{field.capitalize()} bins"
            case _:
                return KINDS[self.kind]

    def parameters(self) -> list[tuple[str, str]]:
        """As it stands in an address."""
        plain = {
            "name": self.name,
            "label": self.label,
            "expression": self.expression,
            "format_name": self.format_name,
            "value_format": self.value_format,
            "description": self.description,
            "hidden": "yes" if self.hidden else "",
            "field": self.field,
            "type": self.type,
            "condition": self.condition,
            "other": self.other,
            "size": self.size,
            "breaks": self.breaks,
        }
        found = [(f"{PREFIX}_{key}", value) for key, value in plain.items() if value]
        for n, (first, second) in enumerate(self.filters):
            found += [(f"{PREFIX}_filter_field_{n}", first), (f"{PREFIX}_filter_{n}", second)]
        for n, (first, second) in enumerate(self.groups):
            found += [(f"{PREFIX}_group_label_{n}", first), (f"{PREFIX}_group_filter_{n}", second)]
        return [(PREFIX, self.kind), *found]


def is_of_draft(parameter: str) -> bool:
    return parameter == PREFIX or parameter.startswith(f"{PREFIX}_")


def read_draft(question: Question, given: Mapping[str, str]) -> Draft | None:
    """The draft in the parameters of an address. One that says nothing but a name is that field, as it is."""
    plain: dict[str, str] = {}
    lists: dict[str, dict[int, str]] = {}
    for parameter, value in given.items():
        key = parameter.removeprefix(f"{PREFIX}_")
        if numbered := _NUMBERED.fullmatch(key):
            lists.setdefault(numbered["list"], {})[int(numbered["place"])] = value
        elif key != parameter:
            plain[key] = value
    kind = given.get(PREFIX, "")
    if kind not in KINDS:
        return draft_of(question, plain.get("name", "")) if plain.get("name") else None
    known = set(Draft.__dataclass_fields__) - {"kind", "hidden", "filters", "groups"}
    texts = {key: value for key, value in plain.items() if key in known}
    return Draft(
        kind=kind,
        hidden=plain.get("hidden") == "yes",
        filters=_pairs(lists, "filter_field", "filter"),
        groups=_pairs(lists, "group_label", "group_filter"),
        **texts,
    )


def draft_of(question: Question, name: str) -> Draft | None:
    """A field of the question, in a form to be changed; None where there is none of that name."""
    found = next((one for one in question.request.dynamic_fields if one.name == name), None)
    if found is None:
        return None
    draft = Draft(
        kind="calculation",
        name=name,
        label=found.label or name,
        format_name=found.value_format_name or "",
        value_format=found.value_format or "",
    )
    match found:
        case TableCalculation():
            return replace(draft, expression=found.expression, hidden=found.hidden)
        case CustomMeasure():
            return replace(
                draft,
                kind="measure",
                field=found.based_on,
                type=found.type or "",
                filters=tuple(found.filters.items()),
                condition=found.filter_expression or "",
                description=found.description or "",
            )
        case CustomDimension():
            draft = replace(draft, description=found.description or "")
            return _shaped(draft, found.expression)


def with_field(question: Question, made: DynamicField) -> Question:
    """The question with the field, in the place of one of its name; asked for, unless it is a calculation,
    which is a column without being asked for."""
    asked = question.request
    names = [one.name for one in asked.dynamic_fields]
    every = (
        tuple(made if one.name == made.name else one for one in asked.dynamic_fields)
        if made.name in names
        else (*asked.dynamic_fields, made)
    )
    fields = asked.fields
    if not isinstance(made, TableCalculation) and made.name not in names and made.name not in fields:
        fields = (*fields, made.name)
    return question.with_request(dynamic_fields=every, fields=fields)


def with_copy(question: Question, name: str) -> Question:
    """One more field that says the same."""
    taken = {one.name for one in question.request.dynamic_fields}
    for one in question.request.dynamic_fields:
        if one.name == name:
            label = f"{one.label or one.name} (copy)"
            return with_field(question, msgspec.structs.replace(one, name=name_of(label, taken), label=label))
    return question


def users_of(question: Question, name: str) -> tuple[str, ...]:
    """The labels of other custom fields whose text names this one."""
    reference = re.compile(r"\$\{\s*" + re.escape(name) + r"\s*(?::\w+)?\s*\}")
    found = []
    for one in question.request.dynamic_fields:
        if one.name == name:
            continue
        text = one.filter_expression or "" if isinstance(one, CustomMeasure) else one.expression
        is_based = isinstance(one, CustomMeasure) and one.based_on == name
        if is_based or reference.search(text):
            found.append(one.label or one.name)
    return tuple(found)


def name_of(label: str, taken: set[str]) -> str:
    """A name for expressions and addresses, that no other field has."""
    plain = _NAME.sub("_", label.lower()).strip("_") or "field"
    number, name = 1, plain
    while name in taken:
        number += 1
        name = f"{plain}_{number}"
    return name


def _shaped(draft: Draft, expression: str) -> Draft:
    if (groups := read_groups(expression)) is not None:
        return replace(draft, kind="group", field=groups.field, groups=groups.groups, other=groups.other)
    if (bins := read_bins(expression)) is not None:
        return replace(draft, kind="bin", field=bins.field, size=bins.size, breaks=bins.breaks)
    return replace(draft, kind="dimension", expression=expression)


def _pairs(lists: Mapping[str, Mapping[int, str]], first: str, second: str) -> tuple[tuple[str, str], ...]:
    places = sorted({*lists.get(first, {}), *lists.get(second, {})})
    pairs = ((lists.get(first, {}).get(n, ""), lists.get(second, {}).get(n, "")) for n in places)
    return tuple(pair for pair in pairs if any(one.strip() for one in pair))
