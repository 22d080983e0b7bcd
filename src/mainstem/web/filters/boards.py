"""A dashboard's filters: their values out of a URL, and the controls that lead to other URLs.

The URL is the only state: back, forward and sharing work by themselves. What an expression means is decided
where the query is made, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from mainstem.errors import QueryError
from mainstem.web.filters.control import Control, Place, control
from mainstem.web.filters.form import is_sent, kept_pairs, taken
from mainstem.web.filters.settling import Settled, settled
from mainstem.web.filters.subject import dashboard_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.dashboard import Dashboard, DashboardFilter
    from mainstem.web.filters.settling import Draft
    from mainstem.web.filters.subject import Subject


def dashboard_path(name: str) -> str:
    return f"/dashboards/{quote(name, safe='')}"


def filter_values(dashboard: Dashboard, query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name of each filter → its expression: what the URL says, else the default. Blank means any value."""
    given = dict(query)
    return {f.name: given.get(f.name, f.default_value).strip() for f in dashboard.filters}


def unknown_filters(dashboard: Dashboard, query: Iterable[tuple[str, str]]) -> list[str]:
    """Names in the URL that are no filter of this dashboard."""
    others, _ = taken(query)
    return sorted({name for name, _ in others if dashboard.filter_named(name) is None})


def with_filters(path: str, values: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(values)}" if values else path


@dataclass(frozen=True)
class FilterBar:
    """The filters of a dashboard at an address."""

    dashboard: Dashboard
    controls: tuple[Control, ...]
    values: Mapping[str, str]
    leads_to: str = ""
    """Where a form that was sent leads: the same filters, as an address says them."""

    @property
    def set_count(self) -> int:
        return sum(one.is_set for one in self.controls)

    @property
    def changed_count(self) -> int:
        return sum(one.is_changed for one in self.controls)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(one.subject.label for one in self.controls if one.is_missing)


def filter_bar(
    dashboard: Dashboard,
    query: Iterable[tuple[str, str]],
    explorer: Explorer,
    beside: Iterable[tuple[str, str]] = (),
) -> FilterBar:
    """`beside` are pairs of the address that are no filters, and stay in it."""
    others, drafts = taken(query)
    values = filter_values(dashboard, others)
    controls: list[Control] = []
    kept: list[tuple[str, str]] = []
    for number, given in enumerate(dashboard.filters):
        subject = subject_of(explorer, given)
        now = _settled(subject, values[given.name], drafts.get(given.name))
        values[given.name] = now.expression
        draft = drafts.get(given.name)
        if draft and now.rows and (now.problem or draft.shaped or draft.more):
            kept += kept_pairs(given.name, now.rows)
        controls.append(control(subject, _place(dashboard, given, subject, number, values), now))
    leads_to = _address(dashboard, values, [*beside, *kept]) if is_sent(drafts) else ""
    return FilterBar(dashboard, tuple(controls), values, leads_to)


def board_control(
    dashboard: Dashboard, name: str, query: Iterable[tuple[str, str]], number: int, explorer: Explorer
) -> Control | None:
    """One filter again, as its form holds it. None for one there is not."""
    given = dashboard.filter_named(name)
    if given is None:
        return None
    others, drafts = taken(query)
    values, draft = filter_values(dashboard, others), drafts.get(name)
    subject = subject_of(explorer, given)
    now = _settled(subject, values[name], draft)
    applied = draft.applied if draft else None
    return control(subject, _place(dashboard, given, subject, number, values), now, applied)


def subject_of(explorer: Explorer, given: DashboardFilter) -> Subject:
    if not (given.model and given.explore and given.field):
        return dashboard_subject(given, None)
    try:
        field = explorer.field(given.model, given.explore, given.field)
    except QueryError:
        return dashboard_subject(given, None)  # the tiles that hear it say what is wrong; the page stays
    return dashboard_subject(given, field)


def _settled(subject: Subject, typed: str, draft: Draft | None) -> Settled:
    return Settled(typed) if draft is None else settled(subject, typed, draft)


def _address(dashboard: Dashboard, values: Mapping[str, str], kept: list[tuple[str, str]]) -> str:
    pairs = [*values.items(), *kept]
    return f"{dashboard_path(dashboard.name)}?{urlencode(pairs)}"


def _place(
    dashboard: Dashboard, given: DashboardFilter, subject: Subject, number: int, values: Mapping[str, str]
) -> Place:
    base = f"{dashboard_path(dashboard.name)}/filters/{quote(given.name, safe='')}"
    heard = {name: values[name] for name in given.listens_to_filters if name in values}
    return Place(
        number,
        given.name,
        f"{base}?{urlencode({'at': number})}",
        with_filters(f"{base}/values", heard) if subject.looks_up or _has_texts(subject) else "",
        f"{base}/values?cohorts=yes" if subject.unit else "",
    )


def _has_texts(subject: Subject) -> bool:
    return bool(subject.choices) and subject.grammar is not None
