"""What pages ask about why a number changed: the seam, the moments to choose from, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from mainstem.query.changes import Cause, NumberChange
from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import ElementType
from mainstem.web.cell_text import format_cell
from mainstem.web.charts import make_chart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mainstem.query.changes import Explanation
    from mainstem.query.context import Asking
    from mainstem.query.request import Request
    from mainstem.query.result import Cell
    from mainstem.web.charts.chart import Chart


@dataclass(frozen=True)
class Moment:
    """Something that readers were shown."""

    id: str
    build: int
    shown_at: datetime
    """From then on (aware)."""
    data_at: datetime
    """When its tables were built."""
    snapshot: int


@dataclass(frozen=True)
class Asked:
    """A question as it is asked now, and the tile it is of."""

    request: Request
    dashboard: str = ""
    element: str = ""
    values: Mapping[str, str] | None = None
    """Of the dashboard's filters."""


class ChangesDesk(Protocol):
    """Every method may wait for Postgres or the warehouse, and raises TransientError when it is away."""

    def moments(self) -> Sequence[Moment]:
        """Those whose tables can still be read, newest first; the first is what is shown now."""

    def explain(
        self, asking: Asking, asked: Asked, then: Moment, now: Moment, tell: Callable[[str], None]
    ) -> Explanation:
        """What whoever asks may see of it; `tell` is called with what is done next, on the thread that asks.
        Raises QueryError for what cannot be asked at one of them."""


WORDS = {
    Cause.WINDOW: "the days that filters mean have moved on",
    Cause.REMOVED: "rows removed at the source",
    Cause.CHANGED: "rows changed at the source",
    Cause.LATE: "late rows: happened before, loaded since",
    Cause.UNDATED: "rows that came, undated",
    Cause.MIXED: "cannot be told apart",
    Cause.NEW: "new rows: happened since",
    Cause.MODEL: "dbt models changed",
    Cause.LOOKML: "LookML changed",
    Cause.REMAINDER: "not explained",
}
SHORT = {
    Cause.WINDOW: "moved days",
    Cause.REMOVED: "removed",
    Cause.CHANGED: "changed rows",
    Cause.LATE: "late",
    Cause.UNDATED: "undated",
    Cause.MIXED: "not told apart",
    Cause.NEW: "new",
    Cause.MODEL: "changed models",
    Cause.LOOKML: "changed LookML",
    Cause.REMAINDER: "not explained",
}
_TOLD = (
    Cause.NEW,
    Cause.LATE,
    Cause.CHANGED,
    Cause.REMOVED,
    Cause.UNDATED,
    Cause.MIXED,
    Cause.MODEL,
    Cause.LOOKML,
    Cause.WINDOW,
    Cause.REMAINDER,
)


def sentence(change: NumberChange, column: OutputColumn) -> str:
    """`+14: 12 new, 3 late, −1 changed rows`"""
    if not change.parts:
        return f"It did not change: {shown(change.after, column)} at both moments."
    said = ", ".join(
        f"{shown(change.parts[cause], column)} {SHORT[cause]}" for cause in _TOLD if cause in change.parts
    )
    return f"{signed(change.difference, column)}: {said}"


def shown(value: Cell, column: OutputColumn) -> str:
    if value is None:
        return "nothing"
    text = format_cell(value, column)
    return text.replace("-", "−", 1) if text.startswith("-") else text


def signed(value: Cell, column: OutputColumn) -> str:
    text = shown(value, column)
    return f"+{text}" if value is not None and not text.startswith("−") else text


def drawing(change: NumberChange, column: OutputColumn) -> Chart | None:
    """From no difference to all of it; None where nothing changed. The number itself would dwarf them."""
    if not change.parts:
        return None
    step = OutputColumn(
        name="step", label="Step", field_label="Step", kind=ColumnKind.DIMENSION, type=OutputType.STRING
    )
    rows: list[tuple[Cell, ...]] = [(SHORT[cause].capitalize(), part) for cause, part in change.parts.items()]
    measure = msgspec.structs.replace(column, kind=ColumnKind.MEASURE, pivoted=False)
    result = QueryResult(columns=(step, measure), rows=rows, sql="", seconds=0.0)
    return make_chart(ElementType.WATERFALL, result, {}, "looker_waterfall")


__all__ = ["SHORT", "WORDS", "Asked", "ChangesDesk", "Moment", "drawing", "sentence", "signed"]
