"""What comes back: the compiled query, its columns and its rows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import msgspec

from mainstem.query.request import TableCalculation
from mainstem.semantics.model import Link

Cell: TypeAlias = str | int | float | Decimal | bool | date | datetime | None


class ColumnKind(StrEnum):
    DIMENSION = "dimension"
    MEASURE = "measure"
    CALCULATION = "calculation"
    """A column worked out from the rows of the answer."""


class OutputType(StrEnum):
    """What the cells of a column are."""

    STRING = "string"
    NUMBER = "number"
    YESNO = "yesno"
    """bool"""
    DATE = "date"
    """datetime.date"""
    TIME = "time"
    """datetime.datetime, UTC"""


class OutputColumn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    """`view.field`"""
    label: str
    """For people: the view's label and the field's, as Looker heads a column."""
    field_label: str
    """The field's label alone."""
    kind: ColumnKind
    type: OutputType
    pivoted: bool = False
    timeframe: str | None = None
    """Of a dimension group's dimension: raw, time, hour, date, week, month, quarter or year.

    `week` is its Monday; `month` is the text 2026-01, `quarter` the text 2026-Q1, `year` a whole number.
    """
    value_format: str | None = None
    value_format_name: str | None = None
    over_rows: str | None = None
    """Of a measure worked out over the rows of the answer: running_total, percent_of_total,
    percent_of_previous."""
    direction: str | None = None
    """Which way it runs: `row` across pivoted columns; else down the rows."""
    across: bool = True
    """Of a calculation on a pivoted answer: whether it has a value for each pivoted column, or one a row."""
    hidden: bool = False
    """Worked out for other columns, not to be shown."""
    html: str | None = None
    """Liquid, rendered for a cell by `mainstem.query.liquid.Cells`."""
    links: tuple[Link, ...] = ()
    drill_fields: tuple[str, ...] = ()
    """`view.field`s that a value of this column leads to."""


class CompanionKind(StrEnum):
    """What answers stand beside the rows of a query."""

    TOTALS = "totals"
    """One row (a row a pivoted value): under each column."""
    ROW_TOTALS = "row_totals"
    """A row for each shown row: over all pivoted values."""
    GRAND_TOTAL = "grand_total"
    """One row: where both meet."""
    SUBTOTALS = "subtotals"
    """A row for each value of the first dimensions."""


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """A query beside the main one."""

    kind: CompanionKind
    sql: str
    columns: tuple[OutputColumn, ...]
    """Dimensions it is grouped by, then all measures."""


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """A dimension whose missing values become rows."""

    name: str
    descending: bool | None
    """Which way the answer is sorted by it; None where it is not."""
    values: tuple[str | int | bool, ...] = ()
    """All it can have, in order; empty of dates, which go on in steps of `timeframe`."""
    timeframe: str | None = None
    start: datetime | None = None
    """Bounds by a filter, the end not included; None: as far as the answer goes."""
    end: datetime | None = None
    first_weekday: int = 0
    fiscal_month_offset: int = 0


class UsedCohort(msgspec.Struct, frozen=True):
    """A cohort that a query filters by."""

    name: str
    as_of: str
    """When it was counted."""


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A query ready to run: SQL with every value inline, and what each column means."""

    sql: str
    columns: tuple[OutputColumn, ...]
    """In the order of the SQL's columns: dimensions as asked, then measures as asked."""
    limit: int | None
    """Rows at most (with pivots: rows as shown); None when unlimited."""
    is_ranked: bool = False
    """Whether the SQL has one column more, a whole number: the place of the row's pivoted values."""
    companions: tuple[Companion, ...] = ()
    """Totals, as far as they were asked for."""
    calculations: tuple[TableCalculation, ...] = ()
    """In the order they are worked out."""
    now: datetime = datetime.min  # noqa: DTZ901 -- naive by contract
    """Naive, in the time zone of the query: the present of calculations."""
    fills: tuple[Fill, ...] = ()
    column_limit: int | None = None
    """Pivoted columns at most, as they are shown; None means 50."""
    warnings: tuple[str, ...] = ()
    """What cannot be promised of these numbers."""
    cohorts: tuple[UsedCohort, ...] = ()
    """Their members are put in when it runs."""


class CompanionRows(msgspec.Struct, frozen=True, kw_only=True):
    kind: CompanionKind
    columns: tuple[OutputColumn, ...]
    rows: list[tuple[Cell, ...]]


class QueryResult(msgspec.Struct, frozen=True, kw_only=True):
    columns: tuple[OutputColumn, ...]
    rows: list[tuple[Cell, ...]]
    sql: str
    seconds: float
    """Time the warehouse took."""
    headers: tuple[tuple[Cell, ...], ...] = ()
    """The pivoted values in their order, where the warehouse said it; each has a value a pivoted column."""
    limit_reached: bool = False
    """There may be more rows than `rows` holds."""
    bytes: int | None = None
    """Of the rows as the warehouse gave them; None where it does not say."""
    companions: tuple[CompanionRows, ...] = ()
    warnings: tuple[str, ...] = ()
    cached: bool = False
    """Whether the warehouse was not asked, because the answer was known."""
    age: float | None = None
    """Seconds since the warehouse was asked, of an answer that was known."""
