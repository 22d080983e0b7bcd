"""What a project says of a Google Analytics property, and of the reports that it wants.

What the Data API would refuse is refused here, before any call. It knows no field: those a property has are
asked of the property.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

import msgspec

from mainstem.config import Secret
from mainstem.connectors.ga4.names import column
from mainstem.connectors.settings import ConnectorSettings

DATE = "date"
MOST_DIMENSIONS, MOST_METRICS = 9, 10
MOST_ROWS = 250_000
READING = "report_day"
"""The table that says how each day of each report was read."""
OWN_COLUMNS = ("property", "is_other", "_fivetran_id")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(:[A-Za-z0-9_]+)?(\[[^\[\]]+\])?")
_TEXTS = ("is_", "contains", "begins_with", "ends_with", "matches")
_NUMBERS = ("above", "below", "at_least", "at_most", "between")


class Filter(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"is_": "is", "not_": "not"}
):
    """A condition on a field of a report. On a dimension: `is`, `contains`, `begins_with`, `ends_with` or
    `matches`; on a metric of the report: `above`, `below`, `at_least`, `at_most` or `between`."""

    field: str
    is_: str | tuple[str, ...] | None = None
    contains: str | None = None
    begins_with: str | None = None
    ends_with: str | None = None
    matches: str | None = None
    """A regular expression that the whole value matches."""
    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    between: tuple[float, float] | None = None
    not_: bool = False
    """Rows that it does not hold for."""
    case_sensitive: bool = False

    @property
    def test(self) -> tuple[str, object]:
        """Which of them it is, and of what."""
        found = [(name, getattr(self, name)) for name in (*_TEXTS, *_NUMBERS)]
        return next((name, value) for name, value in found if value is not None)

    def problem(self, metrics: tuple[str, ...]) -> str | None:
        """What is wrong with it in a report with these metrics; None where it is right."""
        given = [name for name in (*_TEXTS, *_NUMBERS) if getattr(self, name) is not None]
        if len(given) != 1:
            valid = ", ".join(name.rstrip("_") for name in (*_TEXTS, *_NUMBERS))
            return f"a filter on {self.field} needs one of {valid}; it has {len(given)}"
        if self.field in metrics:
            valid = ", ".join(_NUMBERS)
            return (
                None if given[0] in _NUMBERS else f"a filter on the metric {self.field} takes one of {valid}"
            )
        if given[0] in _NUMBERS:
            return f"{given[0]} compares metrics of the report; {self.field} is none of {', '.join(metrics)}"
        if self.is_ == ():
            return f"a filter on {self.field} lists no value"
        return None


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME.reports.TABLE]`: what a table holds of each day."""

    metrics: tuple[str, ...]
    """One to ten, by their API names."""
    dimensions: tuple[str, ...] = ()
    """Up to nine, by their API names; `date` is one of them, named or not."""
    filters: tuple[Filter, ...] = ()
    """All of them hold for a row."""
    period: Literal["day", "week", "month"] = "day"
    """What a row is of. A week begins on Monday; of `week` and `month`, `date` is the first day."""
    start: str = ""
    """Day from which it is read; left out, that of the connector."""
    restate_days: Annotated[int, msgspec.Meta(ge=0, le=400)] | None = None
    """Days before the newest that are read again; left out, those of the connector."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What tells its rows apart: `date`, then its other dimensions."""
        return (DATE, *(name for name in self.dimensions if name != DATE))

    @property
    def asked(self) -> tuple[str, ...]:
        """The dimensions that are asked for: a week or a month is asked for as a span."""
        return self.keys if self.period == "day" else self.keys[1:]

    def problem(self) -> str | None:
        """What is wrong with it; None where it is right."""
        fields = (*self.keys, *self.metrics)
        if len(self.asked) > MOST_DIMENSIONS:
            dated = " with date" if self.period == "day" else ""
            return f"it has {len(self.asked)} dimensions{dated}; the Data API takes {MOST_DIMENSIONS}"
        if not 1 <= len(self.metrics) <= MOST_METRICS:
            return f"it has {len(self.metrics)} metrics; the Data API takes 1 to {MOST_METRICS}"
        for name in (*fields, *(one.field for one in self.filters)):
            if not _FIELD.fullmatch(name):
                return f"{name!r} is no API name of a field, such as sessionSource or customEvent:plan"
        columns = dict.fromkeys(OWN_COLUMNS, "every report")
        for name in fields:
            if column(name) in columns:
                return f"the column {column(name)} of {name} is also that of {columns[column(name)]}"
            columns[column(name)] = name
        problems = [one.problem(self.metrics) for one in self.filters] + [day_problem(self.start)]
        return next((one for one in problems if one), None)


class Ga4Settings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "ga4"`. A `service_account` that is a viewer of the property, or an
    OAuth client with the `refresh_token` of a user who is, or an OAuth access token alone."""

    property: str = ""
    """Number of the property, from Admin, Property details; not the measurement id `G-…`."""
    service_account: Secret | None = None
    """Key of a service account, the JSON file as Google gives it: `file:PATH`."""
    client_id: str = ""
    """OAuth client, instead."""
    client_secret: Secret | None = None
    """Its secret, as `env:NAME` or `file:PATH`."""
    refresh_token: Secret | None = None
    """What a user gave it, with the scope `analytics.readonly`."""
    access_token: Secret | None = None
    """A token that somebody else got, instead; it ends without being renewed."""
    reports: dict[str, Report] = msgspec.field(default_factory=dict)
    """Reports of your own by their tables; see [connectors](connectors.md#google-analytics-4)."""
    default_reports: bool = True
    """Whether the usual reports are read beside them."""
    schedule: str = "10 */4 * * *"
    """When it is synced, in cron's five fields; empty for never by itself. Google takes hours to count a
    day."""
    restate_days: Annotated[int, msgspec.Meta(ge=0, le=400)] = 3
    """Days before the newest that every run reads again, since Google still counts them."""
    rows_a_request: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] = 50_000
    """Rows that one request asks for."""

    def __post_init__(self) -> None:
        for name, report in self.reports.items():
            if not _NAME.fullmatch(name) or name == READING:
                raise ValueError(
                    f"report {name!r}: its table needs a name in lower case other than {READING}"
                )
            if problem := report.problem():
                raise ValueError(f"report {name!r}: {problem}")
        if problem := day_problem(self.start):
            raise ValueError(problem)


def day_problem(text: str) -> str | None:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return f"{text!r} is no day, such as 2024-01-31"
    return None
