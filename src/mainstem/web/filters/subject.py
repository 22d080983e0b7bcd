"""What is filtered, whoever filters it: a field of an explore, or a filter of a dashboard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mainstem.filters import Grammar, exact_text
from mainstem.query.cohorts import unit_of
from mainstem.semantics.dashboard import FilterType
from mainstem.semantics.dynamic import CustomMeasure
from mainstem.semantics.filtering import grammar_of
from mainstem.semantics.model import Dimension, InputType, Measure, Parameter
from mainstem.semantics.tiers import tier_labels
from mainstem.web.filters.date import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.filters.calculations import Kind
    from mainstem.semantics.dashboard import DashboardFilter
    from mainstem.semantics.dynamic import DynamicField
    from mainstem.semantics.model import ViewField


class Look(StrEnum):
    """How a filter is set: Looker's names where it has one."""

    CONDITIONS = "advanced"
    MENU = "dropdown_menu"
    RADIOS = "radio_buttons"
    TOGGLES = "button_toggles"
    CHECKS = "checkboxes"
    GROUP = "button_group"
    TAGS = "tag_list"
    SLIDER = "slider"
    RANGE = "range_slider"
    DAY = "day_picker"
    DAYS = "day_range_picker"
    TIMEFRAMES = "relative_timeframes"
    VALUE = "value"
    """One text: of a parameter with values of its own, and of fields nobody knows the type of."""


ONE_OF = frozenset((Look.MENU, Look.RADIOS, Look.TOGGLES, Look.TIMEFRAMES))
SOME_OF = frozenset((Look.CHECKS, Look.GROUP))
_OF_ONE = {Look.CHECKS: Look.RADIOS, Look.GROUP: Look.TOGGLES}
_FOR = {
    Look.SLIDER: (Grammar.NUMBER,),
    Look.RANGE: (Grammar.NUMBER,),
    Look.DAY: (Grammar.DATE,),
    Look.DAYS: (Grammar.DATE,),
    Look.TIMEFRAMES: (Grammar.DATE,),
    Look.TAGS: (Grammar.STRING,),
}
_YESNO = (("Yes", "Yes"), ("No", "No"))
_MOST_BUTTONS = 5


@dataclass(frozen=True)
class Subject:
    key: str
    """`view.field`, or the name of a dashboard's filter."""
    label: str
    grammar: Grammar | None = None
    """None of parameters, which take a value and no expression, and of what is not known."""
    look: Look = Look.CONDITIONS
    choices: tuple[tuple[str, str], ...] = ()
    """(label, expression) of the values there are to choose from, where they are known."""
    labels: tuple[str, ...] = ()
    """Of a tier."""
    looks_up: bool = False
    """Whether values can be looked up in the data."""
    many: bool = True
    """Whether it takes several values."""
    bounds: tuple[str, str, str] = ("", "", "")
    """Least, most and step of a slider."""
    input: str = "text"
    """The type of the field of a value: text, number or date."""
    is_measure: bool = False
    inline: bool = False
    required: bool = False
    default: str = ""
    description: str = ""
    unit: str = ""
    """Whose key it is, where cohorts can be filtered by."""

    @property
    def kind(self) -> str:
        return self.grammar.value if self.grammar else "value"


def field_subject(key: str, label: str, field: ViewField, default: str = "") -> Subject:
    """Of a field of an explore, by its type."""
    about = field.description or ""
    if isinstance(field, Parameter):
        return _parameter(Subject(key, label, description=about), field)
    grammar = Grammar(grammar_of(field).value)
    choices = known_choices(field)
    return Subject(
        key,
        label,
        grammar,
        choices=choices,
        labels=_labels(field),
        looks_up=grammar is Grammar.STRING and field.suggestable and not isinstance(field, Measure),
        is_measure=isinstance(field, Measure),
        default=default,
        description=about,
        unit=(unit_of(field) or "") if isinstance(field, Dimension) else "",
    )


def custom_subject(field: DynamicField, kind: Kind | None) -> Subject:
    """Of a custom field, by what comes out of it; None where it cannot be worked out."""
    grammar = Grammar(kind) if kind else None
    return Subject(
        field.name,
        field.label or field.name,
        grammar,
        Look.CONDITIONS if grammar else Look.VALUE,
        choices=_YESNO if grammar is Grammar.YESNO else (),
        is_measure=isinstance(field, CustomMeasure),
    )


def dashboard_subject(given: DashboardFilter, field: ViewField | None) -> Subject:
    """Of a dashboard's filter; `field` is what it is about, where it is about one that there is."""
    if given.type is FilterType.FIELD and field is not None:
        found = field_subject(given.name, given.title, field)
    else:
        found = Subject(given.name, given.title, _GRAMMARS.get(given.type, Grammar.STRING))
        found = replace(found, looks_up=found.grammar is Grammar.STRING and given.field is not None)
    found = replace(
        found,
        many=given.allow_multiple_values,
        required=given.required,
        default=given.default_value,
        inline=given.ui_config.get("display") == "inline",
    )
    return (
        found
        if isinstance(field, Parameter) and given.type is FilterType.FIELD
        else _dressed(found, given.ui_config)
    )


_GRAMMARS = {
    FilterType.DATE: Grammar.DATE,
    FilterType.NUMBER: Grammar.NUMBER,
    FilterType.STRING: Grammar.STRING,
}


def _parameter(found: Subject, field: Parameter) -> Subject:
    allowed = tuple((one.label, one.value) for one in field.allowed_values)
    if not allowed and field.type is InputType.YESNO:
        allowed = (("Yes", "yes"), ("No", "no"))
    if allowed:
        look = Look.TOGGLES if len(allowed) <= _MOST_BUTTONS else Look.MENU
        return replace(found, look=look, choices=allowed, many=False, default=field.default_value)
    kinds = {InputType.NUMBER: "number", InputType.DATE: "date"}
    return replace(
        found, look=Look.VALUE, many=False, input=kinds.get(field.type, "text"), default=field.default_value
    )


def known_choices(field: ViewField) -> tuple[tuple[str, str], ...]:
    """Values that LookML lists: `suggestions`, the labels of a `case`."""
    if field.suggestions:
        return literal_choices(field.suggestions)
    if isinstance(field, Dimension) and field.case:
        labels = [one.label for one in field.case] + ([field.case_else] if field.case_else else [])
        return literal_choices(dict.fromkeys(labels))
    return ()


def literal_choices(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value or "(blank)", exact_text(value)) for value in values)


def _labels(field: ViewField) -> tuple[str, ...]:
    tiered = isinstance(field, Dimension) and grammar_of(field).value == Grammar.TIER.value
    return (
        tier_labels(field.tiers, field.style)
        if tiered and isinstance(field, Dimension) and field.tiers
        else ()
    )


def _dressed(found: Subject, config: dict[str, Any]) -> Subject:
    """With the widget that `ui_config` asks for, where it suits the type; its options where it lists some."""
    options = config.get("options")
    if isinstance(options, list):
        found = replace(found, choices=_options(found, [str(one) for one in options]))
    elif isinstance(options, dict):
        found = replace(found, bounds=tuple(_bound(options.get(key)) for key in ("min", "max", "step")))  # type: ignore[arg-type] # three keys
    written = config.get("type")
    look = Look(written) if written in list(Look) and written != Look.VALUE else None
    if look is None:
        look = Look.MENU if isinstance(options, list) and found.grammar is not Grammar.STRING else found.look
    if found.grammar not in _FOR.get(look, (found.grammar,)):
        look = Look.CONDITIONS
    if not found.many:
        look = _OF_ONE.get(look, look)
    return replace(found, look=look, choices=found.choices or _usual(found, look))


def _usual(found: Subject, look: Look) -> tuple[tuple[str, str], ...]:
    """What is offered where nobody lists anything."""
    if look is Look.TIMEFRAMES or (found.grammar is Grammar.DATE and look in ONE_OF | SOME_OF):
        return PRESETS
    if found.grammar is Grammar.YESNO:
        return _YESNO
    return literal_choices(found.labels) if found.labels else ()


def _options(found: Subject, written: list[str]) -> tuple[tuple[str, str], ...]:
    presets = {expression: label for label, expression in PRESETS}
    if found.grammar in (Grammar.STRING, Grammar.TIER):
        return literal_choices(written)
    return tuple((presets.get(one, one), one) for one in written)


def _bound(value: Any) -> str:
    return "" if value is None else str(value)
