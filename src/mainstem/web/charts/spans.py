"""Looker's timeline: a bar from a start to an end for each row, in a lane for each name.

A row without an end goes on to the last moment known, and the chart says how many do; one without a start
cannot stand anywhere. With one date a row is a point in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.query.result import OutputType
from mainstem.web.cell_text import format_cell
from mainstem.web.charts.drawn import (
    FIT,
    SERIES_COLOURS,
    Drawn,
    counted,
    dimensions_of,
    flag,
    label_of,
    numbers_of,
    palette,
    told,
    tooltip,
)
from mainstem.web.charts.timeline import Timeline

if TYPE_CHECKING:
    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.web.charts.drawn import Vis

MOST = 300
_MOST_LANES = 30
_TOLD = 5
_Numbered = tuple[int, "OutputColumn"]


@dataclass(frozen=True)
class _Plan:
    names: tuple[_Numbered, ...]
    start: _Numbered
    end: _Numbered | None
    number: _Numbered | None
    """Told beside the dates."""
    is_grouped: bool

    def lane(self, row: tuple[Cell, ...]) -> str:
        """Rows of one first name share a lane where `groupBars` says so, as it does by default."""
        return label_of(row, self.names[:1] if self.is_grouped else self.names)

    def colour(self, row: tuple[Cell, ...]) -> str:
        """By the second name, where lanes are grouped by the first."""
        return label_of(row, self.names[1:2]) if self.is_grouped and len(self.names) > 1 else ""


def timeline(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result lacks a name or a date."""
    plan = _plan(result, vis)
    rows = [row for row in result.rows if row[plan.start[0]] is not None]
    missing = len(result.rows) - len(rows)
    bars = [_bar(row, plan) for row in rows]
    backward = [bar for bar in bars if bar["end"] is not None and bar["end"] < bar["start"]]
    bars = [bar for bar in bars if bar not in backward]
    notes = []
    if backward:
        notes.append(f"{counted(len(backward), 'row')} left out: the end is before the start.")
    lanes = list(dict.fromkeys(bar["lane"] for bar in bars))
    if len(lanes) > _MOST_LANES:
        notes.append(f"The first {_MOST_LANES} of {len(lanes)} lanes are drawn.")
        lanes = lanes[:_MOST_LANES]
        bars = [bar for bar in bars if bar["lane"] in lanes]
    if len(bars) > MOST:
        notes.append(f"The first {MOST} of {len(bars)} rows are drawn.")
        bars = bars[:MOST]
    _close(bars, notes)
    return Drawn(_spec(bars, lanes, plan, vis), _described(bars, lanes, plan), missing, tuple(notes))


def _plan(result: QueryResult, vis: Vis) -> _Plan:
    dimensions = dimensions_of(result)
    times = [one for one in dimensions if Timeline.of(one[1]) is not None]
    names = tuple(one for one in dimensions if one not in times and one[1].type is not OutputType.NUMBER)
    if not names or not times:
        raise QueryError(
            "a timeline needs a dimension that names its lanes and one date or two, the start and the end"
        )
    return _Plan(
        names=names,
        start=times[0],
        end=times[1] if len(times) > 1 else None,
        number=next(iter(numbers_of(result)), None),
        is_grouped=flag(vis, "groupBars", default=True),
    )


def _bar(row: tuple[Cell, ...], plan: _Plan) -> dict[str, Any]:
    start, end = _moment(row, plan.start), _moment(row, plan.end)
    texts = [format_cell(row[plan.start[0]], plan.start[1])]
    if plan.end:
        cell = row[plan.end[0]]
        texts.append("no end" if cell is None else format_cell(cell, plan.end[1]))
    series = plan.colour(row)
    text = " – ".join(texts)
    if plan.number:
        text += f" · {plan.number[1].field_label} {format_cell(row[plan.number[0]], plan.number[1])}"
    lane = plan.lane(row)
    place = f"{lane} · {series}" if series else lane
    return told(place, series or plan.start[1].field_label, text, lane=lane, start=start, end=end, open=False)


def _moment(row: tuple[Cell, ...], column: _Numbered | None) -> str | None:
    timeline = Timeline.of(column[1]) if column else None
    return timeline.place(row[column[0]]) if column and timeline and row[column[0]] is not None else None


def _close(bars: list[dict[str, Any]], notes: list[str]) -> None:
    """Give those without an end the last moment of all; without ends at all, each is a point."""
    if not any(bar["end"] for bar in bars):
        return
    last = max(max(bar["start"], bar["end"] or "") for bar in bars)
    endless = [bar for bar in bars if bar["end"] is None]
    for bar in endless:
        bar["end"], bar["open"] = last, True
    if endless:
        notes.append(
            f"{counted(len(endless), 'row')} without an end: drawn paler, up to the last moment known."
        )


def _spec(bars: list[dict[str, Any]], lanes: list[str], plan: _Plan, vis: Vis) -> dict[str, Any]:
    names = list(dict.fromkeys(bar["series"] for bar in bars))
    down = {
        "field": "lane",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": lanes, "paddingInner": 0.25},
        "axis": {"title": None, "grid": False, "labelLimit": {"expr": "max(60, width * 0.4)"}},
    }
    across = {
        "field": "start",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"title": None, "labelOverlap": "parity", "labelSeparation": 8, "tickCount": 6},
    }
    shared = {
        "y": down,
        "x": across,
        "color": {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": names, "range": palette(vis, names)},
            "legend": {"title": None} if 1 < len(names) <= SERIES_COLOURS else None,
        },
        **tooltip("Name"),
    }
    if not any(bar["end"] for bar in bars):
        mark: dict[str, Any] = {"type": "point", "filled": True, "size": 70}
        points = {**down, "scale": {"domain": lanes}}  # a point has no band, and no padding within one
        return {**FIT, "data": {"values": bars}, "mark": mark, "encoding": {**shared, "y": points}}
    paler = {"condition": {"test": "datum.open", "value": 0.5}, "value": 0.9}
    return {
        **FIT,
        "data": {"values": bars},
        "mark": {"type": "bar", "cornerRadius": 2, "stroke": "--surface", "strokeWidth": 1},
        "encoding": {**shared, "x2": {"field": "end"}, "opacity": paler},
    }


def _described(bars: list[dict[str, Any]], lanes: list[str], plan: _Plan) -> str:
    what = "bar" if plan.end else "point"
    opening = f"Timeline, {counted(len(bars), what)} in {counted(len(lanes), 'lane')}"
    named = "; ".join(f"{bar['label']}: {bar['text']}" for bar in bars[:_TOLD])
    more = f"; {len(bars) - _TOLD} more" if len(bars) > _TOLD else ""
    return f"{opening}. {named or 'Nothing to draw'}{more}."
