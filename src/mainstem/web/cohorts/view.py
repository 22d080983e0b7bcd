"""What the page shows of an answer: numbers with what they lead to, drawings with their words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mainstem.cohorts import Funnel, FunnelPick, PathPick, Retention, RetentionPick
from mainstem.cohorts.answers import funnel_answer, paths_answer, retention_answer
from mainstem.cohorts.definition import Method, encode
from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import make_chart
from mainstem.web.cohorts.words import (
    duration,
    funnel_said,
    path_text,
    paths_said,
    percent,
    plural,
    retention_said,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.cohorts import Definition, Paths, Pick
    from mainstem.cohorts.answers import FunnelAnswer, RetentionRow, Step
    from mainstem.web.charts import Chart

_SHOWN_PATHS = 50
_SHADES = 10


@dataclass(frozen=True)
class Count:
    """A number of units, and where saving them begins."""

    text: str
    href: str = ""
    """Empty where there is nobody to save."""
    who: str = ""
    """For those who do not see where it stands."""


@dataclass(frozen=True)
class StepRow:
    number: int
    label: str
    reached: Count
    width: float
    """Of the first step's, in percent."""
    lost: float
    """Of the first step's: those who did not come from the step before."""
    of_first: str
    of_before: str
    dropped: Count
    in_time: Count
    seconds: str


@dataclass(frozen=True)
class SegmentRow:
    name: str
    steps: tuple[tuple[Count, str], ...]
    """(number, share of its first step)."""


@dataclass(frozen=True)
class HeatCell:
    count: Count
    share: str
    shade: int
    is_matured: bool
    lost: Count


@dataclass(frozen=True)
class HeatRow:
    start: str
    size: Count
    cells: tuple[HeatCell | None, ...]


@dataclass(frozen=True)
class PathRow:
    way: tuple[str, ...]
    count: Count
    share: str


@dataclass(frozen=True)
class Shown:
    kind: str
    said: str
    is_empty: bool
    steps: tuple[StepRow, ...] = ()
    segments: tuple[SegmentRow, ...] = ()
    periods: tuple[str, ...] = ()
    rows: tuple[HeatRow, ...] = ()
    whole: HeatRow | None = None
    paths: tuple[PathRow, ...] = ()
    paths_left_out: int = 0
    drawing: Drawing | None = None


@dataclass(frozen=True)
class Drawing:
    spec: str
    description: str
    is_wide: bool


def shown(definition: Definition, result: QueryResult, labels: Sequence[str], address: str) -> Shown:
    """`labels`: of a funnel's steps."""
    match definition:
        case Funnel():
            return _funnel(definition, result, labels, address)
        case Retention():
            return _retention(definition, result, address)
        case _:
            return _paths(definition, result, address)


def pick_href(address: str, pick: Pick) -> str:
    return f"{address}&{urlencode({'pick': encode(pick).decode()})}#save"


def size_drawing(points: Sequence[tuple[str, int]], unit: str) -> Drawing:
    """Sizes of a cohort over time."""
    columns = (_column("as_of", "Counted", ColumnKind.DIMENSION), _column("size", plural(unit).capitalize()))
    return _drawing(make_chart(ElementType.LINE, _result(columns, list(points)), {}))


def _count(units: int, address: str, pick: Pick, who: str) -> Count:
    return Count(f"{units:,}", pick_href(address, pick) if units else "", who)


def _funnel(funnel: Funnel, result: QueryResult, labels: Sequence[str], address: str) -> Shown:
    answer = funnel_answer(funnel, result)
    first = answer.steps[0].units
    rows = tuple(
        _step_row(
            step, label, answer.steps[step.number - 2].units if step.number > 1 else first, first, address
        )
        for step, label in zip(answer.steps, labels, strict=True)
    )
    return Shown(
        "funnel", funnel_said(funnel, answer), first == 0, steps=rows, segments=_segments(answer, address)
    )


def _step_row(step: Step, label: str, before: int, first: int, address: str) -> StepRow:
    n = step.number

    def count(units: int, outcome: str, who: str) -> Count:
        return _count(units, address, FunnelPick(n, outcome), f"{who} step {n}")

    return StepRow(
        n,
        label,
        count(step.units, "reached", "reached"),
        _part(step.units, first),
        _part(before - step.units, first),
        percent(step.of_first),
        percent(step.of_before),
        count(step.dropped, "dropped", "dropped off after"),
        count(step.in_time, "in_time", "may still go on from"),
        duration(step.seconds),
    )


def _segments(answer: FunnelAnswer, address: str) -> tuple[SegmentRow, ...]:
    return tuple(
        SegmentRow(
            name,
            tuple(
                (
                    _count(
                        step.units,
                        address,
                        FunnelPick(step.number, "reached", name),
                        f"{name}, step {step.number}",
                    ),
                    percent(step.of_first),
                )
                for step in steps
            ),
        )
        for name, steps in answer.segments
    )


def _retention(retention: Retention, result: QueryResult, address: str) -> Shown:
    answer = retention_answer(retention, result)
    names = tuple(_period_name(retention, point.first, point.last) for point in answer.curve)
    rows = tuple(_heat_row(retention, row, address) for row in answer.rows)
    total = sum(row.size for row in answer.rows)
    whole = HeatRow(
        "All",
        _count(total, address, RetentionPick(), "all that began"),
        tuple(
            None
            if point.share is None
            else HeatCell(
                _count(
                    point.retained,
                    address,
                    RetentionPick(None, point.first, point.last),
                    f"came back, {name}",
                ),
                percent(point.share),
                _shade(point.share),
                True,
                Count(""),
            )
            for point, name in zip(answer.curve, names, strict=True)
        ),
    )
    known = [
        (name, point.share)
        for name, point in zip(names, answer.curve, strict=True)
        if point.share is not None
    ]
    drawing = None
    if len(known) > 1:
        columns = (
            _column("period", f"{retention.span.capitalize()} after the first", ColumnKind.DIMENSION),
            _column("share", "Came back", value_format="0.0%"),
        )
        drawing = _drawing(make_chart(ElementType.LINE, _result(columns, known), {"y_axis_min": 0}))
    return Shown(
        "retention",
        retention_said(retention, answer),
        not answer.rows,
        periods=names,
        rows=rows,
        whole=whole,
        drawing=drawing,
    )


def _heat_row(retention: Retention, row: RetentionRow, address: str) -> HeatRow:
    start = str(row.start)

    def pick(first: int, last: int, outcome: str = "retained") -> RetentionPick:
        return RetentionPick(start, first, last, outcome)

    return HeatRow(
        f"{row.start:%Y-%m}" if retention.span == "month" else start,
        _count(row.size, address, pick(0, 0), f"began {start}"),
        tuple(
            None
            if not cell.is_matured and cell.retained == 0
            else HeatCell(
                _count(cell.retained, address, pick(cell.first, cell.last), f"came back, began {start}"),
                percent(cell.share),
                _shade(cell.share),
                cell.is_matured,
                _count(
                    row.size - cell.retained if cell.is_matured else 0,
                    address,
                    pick(cell.first, cell.last, "lost"),
                    f"did not come back, began {start}",
                ),
            )
            for cell in row.cells
        ),
    )


def _period_name(retention: Retention, first: int, last: int) -> str:
    name = f"{retention.span.capitalize()} {first}"
    if last != first:
        name += f"–{last}"
    return f"{name}+" if retention.method is Method.ROLLING else name


def _paths(paths: Paths, result: QueryResult, address: str) -> Shown:
    answer = paths_answer(paths, result)
    end = "(nothing before)" if paths.backwards else "(nothing after)"
    width = paths.steps + 2
    ways: list[tuple[object, ...]] = []
    for one in answer.paths:
        known = [name for name in one.names if name is not None]
        ended = [*known, end] if len(known) < len(one.names) else known
        ways.append((*ended, *[None] * (width - len(ended)), one.units))
    columns = (
        *(_column(f"p{n}", f"Step {n}", ColumnKind.DIMENSION) for n in range(width)),
        _column("units", plural(paths.unit).capitalize()),
    )
    drawing = None
    if ways:
        drawing = _drawing(make_chart(ElementType.CUSTOM, _result(columns, ways), {}, "sankey"))
    rows = tuple(
        PathRow(
            tuple(path_text(one.names, paths.backwards).split(" → ")),
            _count(one.units, address, PathPick(one.names), "took this way"),
            percent(one.share),
        )
        for one in answer.paths[:_SHOWN_PATHS]
    )
    return Shown(
        "paths",
        paths_said(paths, answer),
        not answer.units,
        paths=rows,
        paths_left_out=max(len(answer.paths) - _SHOWN_PATHS, 0),
        drawing=drawing,
    )


def _part(units: int, of: int) -> float:
    return round(100 * units / of, 2) if of else 0.0


def _shade(share: float) -> int:
    return min(_SHADES, round(share * _SHADES + 0.4999)) if share > 0 else 0


def _column(
    name: str, label: str, kind: ColumnKind = ColumnKind.MEASURE, value_format: str | None = None
) -> OutputColumn:
    text = kind is ColumnKind.DIMENSION
    return OutputColumn(
        name=name,
        label=label,
        field_label=label,
        kind=kind,
        type=OutputType.STRING if text else OutputType.NUMBER,
        value_format=None if text else value_format or "#,##0",
    )


def _result(columns: tuple[OutputColumn, ...], rows: Sequence[tuple[object, ...]]) -> QueryResult:
    return QueryResult(columns=columns, rows=list(rows), sql="", seconds=0.0)  # type: ignore[arg-type] # cells, as the columns say


def _drawing(chart: Chart) -> Drawing:
    return Drawing(json.dumps(chart.spec, ensure_ascii=False), chart.description, chart.is_wide)


def labels_of(fields: Mapping[str, object]) -> dict[str, str]:
    """`view.field` → what people call it."""
    return {name: str(getattr(field, "label", name)) for name, field in fields.items()}
