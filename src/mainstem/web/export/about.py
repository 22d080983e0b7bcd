"""What is printed beside drawn numbers, so that a page says by itself what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.errors import FilterError, QueryError
from mainstem.filters import Grammar, describe
from mainstem.query.cohorts import membership_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.explorer import Explorer
    from mainstem.query.request import Request

_NONE = "No filters"


@dataclass(frozen=True)
class Times:
    """Of the data, aware."""

    loaded_at: datetime | None
    """When events were last loaded."""
    published_at: datetime | None
    build: int | None
    """Its number."""

    def lines(self, made_at: datetime, timezone: str | None) -> tuple[str, ...]:
        said = []
        if self.published_at is not None:
            build = f" (build {self.build})" if self.build is not None else ""
            said.append(f"Published {_moment(self.published_at)}{build}")
        if self.loaded_at is not None:
            said.append(f"Events loaded to {_moment(self.loaded_at)}")
        said.append(f"Dates and times of the data in {timezone or 'UTC'}")
        said.append(f"Made {_moment(made_at)}")
        return tuple(said)


@dataclass(frozen=True)
class About:
    title: str
    description: str
    filters: str
    times: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return (*((self.description,) if self.description else ()), self.filters, " · ".join(self.times))


def filters_in_words(explorer: Explorer, request: Request) -> str:
    """`Region is EMEA · Day is in the last 7 days`."""
    said = [_said(explorer, request, name, text) for name, text in request.filters.items() if text.strip()]
    if request.filter_expression:
        said.append(request.filter_expression)
    return f"Filters: {' · '.join(said)}" if said else _NONE


def filters_of_board(spoken: Mapping[str, str]) -> str:
    """By the titles of its filters."""
    said = [f"{title}: {text}" for title, text in spoken.items()]
    return f"Filters: {' · '.join(said)}" if said else _NONE


def now() -> datetime:
    return datetime.now(UTC)


def _said(explorer: Explorer, request: Request, name: str, expression: str) -> str:
    try:
        facts = explorer.describe_field(request.model, request.explore, name)
        cohorts = membership_of(explorer.field(request.model, request.explore, name), expression)
        if cohorts is not None:
            return f"{facts.label} is {cohorts.english}"
        return f"{facts.label} {describe(grammar_of(facts.type), expression)}"
    except (QueryError, FilterError):
        return f"{name.rpartition('.')[2].replace('_', ' ').capitalize()} is {expression}"


def grammar_of(kind: str) -> Grammar:
    """Of a field's type in LookML."""
    if kind.startswith("date") or kind == "time":
        return Grammar.DATE
    return {"number": Grammar.NUMBER, "yesno": Grammar.YESNO, "tier": Grammar.TIER}.get(kind, Grammar.STRING)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
