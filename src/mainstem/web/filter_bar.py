"""A dashboard's filters: their values out of a URL, and the controls that lead to other URLs.

The URL is the only state: each choice is a link, so that back, forward and sharing work by themselves.
What an expression means is decided where the query is made, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from mainstem.errors import FilterError
from mainstem.filters import Grammar, describe
from mainstem.semantics.dashboard import FilterType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mainstem.semantics.dashboard import Dashboard, DashboardFilter

DATE_PRESETS = (
    ("Today", "today"),
    ("Yesterday", "yesterday"),
    ("Last 7 days", "7 days"),
    ("Last 30 days", "30 days"),
    ("Last 90 days", "90 days"),
    ("Last 365 days", "365 days"),
    ("This month", "this month"),
    ("Last month", "last month"),
    ("This year", "this year"),
)
_YESNO = (("Yes", "Yes"), ("No", "No"))
_HINTS = {
    "date": "7 days · last month · 2026-01-01 to 2026-02-01 · before 2026-03-01",
    "string": "4.2.0 · 4.% · -test · a,b · NULL",
    "number": "5 · >0 · [0,10) · NOT 3 · NULL",
    "yesno": "Yes · No",
}
_SPOKEN = {"date", "number"}
_DATE_TYPES = {"date", "date_time", "time"}


@dataclass(frozen=True)
class Option:
    label: str
    expression: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class FilterControl:
    id: str
    name: str
    title: str
    kind: str
    """date, string, number or yesno."""
    expression: str
    summary: str
    """The expression as people say it."""
    options: tuple[Option, ...]
    hint: str
    """Examples of expressions."""
    suggestions_url: str | None
    """Where values found in the data are listed; None when there are none to look for."""


def dashboard_path(name: str) -> str:
    return f"/dashboards/{quote(name, safe='')}"


def filter_values(dashboard: Dashboard, query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name of each filter → its expression: what the URL says, else the default. Blank means any value."""
    given = dict(query)
    return {f.name: given.get(f.name, f.default_value).strip() for f in dashboard.filters}


def unknown_filters(dashboard: Dashboard, query: Iterable[tuple[str, str]]) -> list[str]:
    """Names in the URL that are no filter of this dashboard."""
    return sorted({name for name, _ in query if dashboard.filter_named(name) is None})


def with_filters(path: str, values: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(values)}" if values else path


def filter_controls(
    dashboard: Dashboard, values: Mapping[str, str], field_type: Callable[[DashboardFilter], str | None]
) -> tuple[FilterControl, ...]:
    """A control for each filter. `field_type` gives LookML's type of a field_filter's field."""
    return tuple(
        _control(number, dashboard, given, values, kind_of(given, field_type(given)))
        for number, given in enumerate(dashboard.filters)
    )


def kind_of(given: DashboardFilter, field_type: str | None) -> str:
    match given.type:
        case FilterType.DATE:
            return "date"
        case FilterType.NUMBER:
            return "number"
        case FilterType.STRING:
            return "string"
        case FilterType.FIELD:
            if field_type in _DATE_TYPES:
                return "date"
            return field_type if field_type in {"number", "yesno"} else "string"


def options_for(
    dashboard: Dashboard,
    given: DashboardFilter,
    values: Mapping[str, str],
    choices: Iterable[tuple[str, str]],
) -> tuple[Option, ...]:
    """(label, expression) pairs as links to this dashboard with that one filter changed."""
    path = dashboard_path(dashboard.name)
    return tuple(
        Option(
            label=label,
            expression=expression,
            href=with_filters(path, {**values, given.name: expression}),
            chosen=expression == values[given.name],
        )
        for label, expression in choices
    )


def _control(
    number: int, dashboard: Dashboard, given: DashboardFilter, values: Mapping[str, str], kind: str
) -> FilterControl:
    choices = _choices(given, kind)
    expression = values[given.name]
    nothing = "Any time" if kind == "date" else "Any value"
    known = {written: label for label, written in choices}
    if not given.required:
        choices = ((nothing, ""), *choices)
    has_suggestions = kind == "string" and given.field is not None and not given.ui_config.get("options")
    suggestions = with_filters(
        f"{dashboard_path(dashboard.name)}/filters/{quote(given.name, safe='')}/suggestions", values
    )
    return FilterControl(
        id=f"filter-{number}",
        name=given.name,
        title=given.title,
        kind=kind,
        expression=expression,
        summary=known.get(expression) or _spoken(expression, kind) or nothing,
        options=options_for(dashboard, given, values, choices),
        hint=_HINTS[kind],
        suggestions_url=suggestions if has_suggestions else None,
    )


def _spoken(expression: str, kind: str) -> str:
    """Dates and numbers as people say them; texts, and what no grammar takes, as they were written."""
    if kind not in _SPOKEN or not expression:
        return expression
    try:
        said = describe(Grammar(kind), expression)
    except FilterError:
        return expression
    said = said.removeprefix("is ")
    said = said.removeprefix("in the ") if said.startswith("in the last ") else said
    return said[:1].upper() + said[1:]


def _choices(given: DashboardFilter, kind: str) -> tuple[tuple[str, str], ...]:
    """The dashboard's own options when it lists some, else the presets of the kind."""
    written = given.ui_config.get("options")
    if isinstance(written, list):
        presets = {expression: label for label, expression in DATE_PRESETS}
        listed = [str(option) for option in written]
        return tuple((presets.get(option) or _spoken(option, kind), option) for option in listed)
    if kind == "date":
        return DATE_PRESETS
    return _YESNO if kind == "yesno" else ()
