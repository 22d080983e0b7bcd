"""Which settings a drawing has, in words: only those that what is drawn reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.query.result import ColumnKind, OutputType
from mainstem.semantics.dashboard import ElementType
from mainstem.semantics.value_format import NAMED
from mainstem.web.charts.drawn import listed, mapped
from mainstem.web.charts.parts import read_parts
from mainstem.web.charts.series import read_series
from mainstem.web.explore.look_form import Control, Section, control, held_under, step, with_form
from mainstem.web.explore.rules import FORMATS, RULES, TYPES, read_rules, written_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mainstem.query.result import OutputColumn, QueryResult

_ALONG = (ElementType.LINE, ElementType.AREA, ElementType.COLUMN, ElementType.BAR)
_MOST_SERIES = 24
_STATISTICS = "a number, or mean, median, min, max"
_RIGHTS = ("right", "top")
_LEFT, _RIGHT = "y_axes/0", "y_axes/1"


def settings_of(kind: ElementType, result: QueryResult, vis: Mapping[str, Any]) -> tuple[Section, ...]:
    """Sections of controls for a result drawn as `kind`, without those that hold nothing."""
    shown = {**vis, RULES: written_rules(read_rules(vis))}
    sections = [*_drawn(kind, result, shown), _formats(result, shown), _rules(result, shown)]
    return tuple(section for section in sections if section.rows)


def _drawn(kind: ElementType, result: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    try:
        if kind in _ALONG:
            return _along(kind, result, vis)
        return _OTHERS[kind](result, vis) if kind in _OTHERS else []
    except QueryError:  # it cannot be drawn so, which its place says
        return []


def _along(kind: ElementType, result: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    series = read_series(result)
    names = [(name, (series.keys[name] or (name,))[0]) for name in series.names][:_MOST_SERIES]
    plot = [
        control(vis, "show_value_labels", "Values beside marks", "flag"),
        control(vis, "hide_legend", "No legend", "flag"),
    ]
    if series.is_multiple:
        plot.insert(
            0,
            control(
                vis,
                "stacking",
                "Series are",
                "choice",
                (("", "side by side"), ("normal", "stacked"), ("percent", "stacked to 100 %")),
            ),
        )
        plot.append(control(vis, "show_totals_labels", "Totals of stacks", "flag"))
    if kind in (ElementType.LINE, ElementType.AREA):
        plot += [
            control(
                vis,
                "interpolation",
                "Lines are",
                "choice",
                (("", "straight"), ("monotone", "smooth"), ("step", "steps"), ("step-after", "steps after")),
            ),
            control(
                vis,
                "point_style",
                "Dots",
                "choice",
                (("", "where there are few"), ("circle", "always"), ("none", "never")),
            ),
            control(vis, "show_null_points", "Broken where a value is unknown", "flag", on=True),
        ]
    plot += [
        control(vis, "limit_displayed_rows", "Draw only some rows", "flag"),
        control(
            vis,
            "limit_displayed_rows_values/show_hide",
            "Which",
            "choice",
            (("", "show"), ("hide", "hide")),
        ),
        control(
            vis,
            "limit_displayed_rows_values/first_last",
            "the",
            "choice",
            (("", "first"), ("last", "last")),
        ),
        control(vis, "limit_displayed_rows_values/num_rows", "so many", "number"),
    ]
    kinds = (
        ("", "as the rest"),
        ("line", "Line"),
        ("column", "Columns"),
        ("area", "Area"),
        ("scatter", "Dots"),
    )
    rows = []
    for name, key in names:
        controls = [
            control(vis, f"series_labels/{step(key)}", "Name", placeholder=name),
            control(vis, f"series_colors/{step(key)}", "Colour", "colour"),
        ]
        if kind is not ElementType.BAR:
            controls.append(control(vis, f"series_types/{step(key)}", "As", "choice", kinds))
        if series.is_multiple:
            controls.append(_side(vis, name, key))
            controls.append(_is_hidden(vis, key))
        rows.append((name, tuple(controls)))
    bottom = (
        control(vis, "x_axis_label", "Title"),
        control(vis, "show_x_axis_label", "Show its title", "flag", on=True),
        control(vis, "x_axis_reversed", "The other way round", "flag"),
    )
    axes = [("Values", _axis(vis, _LEFT))]
    if any(control.value == "right" for _, controls in rows for control in controls):
        axes.append(("Values on the right", _axis(vis, _RIGHT)))
    axes.append(("Along", bottom))
    axes.append(("", (control(vis, "y_axis_gridlines", "Grid lines", "flag", on=True),)))
    return [
        Section("Drawing", (("", tuple(plot)),)),
        Section("Series", tuple(rows)),
        Section("Axes", tuple(axes)),
        _references(vis),
    ]


def _axis(vis: Mapping[str, Any], at: str) -> tuple[Control, ...]:
    return (
        control(vis, f"{at}/label", "Title"),
        control(vis, f"{at}/minValue", "From", "number"),
        control(vis, f"{at}/maxValue", "To", "number"),
        control(vis, f"{at}/type", "Scale", "choice", (("", "even"), ("log", "logarithmic"))),
        control(vis, f"{at}/unpinAxis", "Need not begin at 0", "flag"),
        control(vis, f"{at}/showValues", "Show its values", "flag", on=True),
    )


def _side(vis: Mapping[str, Any], name: str, key: str) -> Control:
    """On which side a series is measured, wherever the axes say it."""
    side = ""
    for axis in vis.get("y_axes") or () if isinstance(vis.get("y_axes"), list) else ():
        known = axis.get("series") if isinstance(axis, dict) else None
        ids = [one.get("id") for one in known if isinstance(one, dict)] if isinstance(known, list) else []
        if (name in ids or key in ids) and axis.get("orientation") in _RIGHTS:
            side = "right"
    return Control(f"series_sides/{step(key)}", "Axis", "choice", side, (("", "left"), ("right", "right")))


def _is_hidden(vis: Mapping[str, Any], key: str) -> Control:
    hidden = vis.get("hidden_series")
    return Control(f"series_hidden/{step(key)}", "Hidden", "flag", isinstance(hidden, list) and key in hidden)


def settled(vis: Mapping[str, Any], sent: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The settings that the form makes, with what it says of sides and hidden series said as LookML does, by
    `y_axes` and `hidden_series`."""
    pairs = list(sent)
    made = with_form(vis, pairs)
    sides, hidden = mapped(made.pop("series_sides", None)), mapped(made.pop("series_hidden", None))
    if held := held_under("series_hidden", pairs):
        others = [key for key in listed(vis.get("hidden_series")) if key not in held]
        made["hidden_series"] = [*others, *(key for key in held if hidden.get(key))]
    if held_under("series_sides", pairs):
        axes = [mapped(axis) for axis in listed(made.get("y_axes"))]
        made["y_axes"] = _sided(axes, [key for key, side in sides.items() if side == "right"])
    return {key: value for key, value in made.items() if value not in ({}, [], None, "")}


def _sided(axes: list[dict[str, Any]], right: list[str]) -> list[dict[str, Any]]:
    """The axes with just these series on the right."""
    own = [axis for axis in axes if axis.get("orientation") not in _RIGHTS]
    first = {key: value for key, value in (own[0] if own else {}).items() if key != "series"}
    if not right:
        first.pop("orientation", None)
        return [first] if first else []
    second = next((axis for axis in axes if axis.get("orientation") in _RIGHTS), {})
    return [
        {**first, "orientation": "left"},
        {**second, "orientation": "right", "series": [{"id": key} for key in right]},
    ]


def _references(vis: Mapping[str, Any]) -> Section:
    lines = vis.get("reference_lines")
    count = len(lines) if isinstance(lines, list) else 0
    kinds = (("", "none"), ("line", "a line"), ("range", "a range"), ("margins", "margins"))
    rows = []
    for n in range(count + 1):
        at = f"reference_lines/{n}"
        kind = control(vis, f"{at}/reference_type", "Draw", "choice", kinds)
        controls = [kind]
        if kind.value == "range":
            controls += [
                control(vis, f"{at}/range_start", "from", placeholder=_STATISTICS),
                control(vis, f"{at}/range_end", "to", placeholder=_STATISTICS),
            ]
        elif kind.value == "margins":
            controls += [
                control(vis, f"{at}/margin_value", "around", placeholder=_STATISTICS),
                control(vis, f"{at}/margin_top", "above", "number"),
                control(vis, f"{at}/margin_bottom", "below", "number"),
            ]
        elif kind.value:
            controls.append(control(vis, f"{at}/line_value", "at", placeholder=_STATISTICS))
        if kind.value:
            controls += [
                control(vis, f"{at}/label", "called", placeholder="{{mean}} is filled in"),
                control(vis, f"{at}/color", "Colour", "colour"),
            ]
        rows.append((f"Reference {n + 1}" if kind.value else "One more", tuple(controls)))
    return Section("Reference lines", tuple(rows))


def _pie(result: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    plot = (
        control(
            vis,
            "value_labels",
            "Names",
            "choice",
            (("", "in a legend"), ("labels", "beside slices"), ("none", "none")),
        ),
        control(
            vis,
            "label_type",
            "Saying",
            "choice",
            (
                ("", "name and share"),
                ("labVal", "name and value"),
                ("lab", "name"),
                ("val", "value"),
                ("per", "share"),
            ),
        ),
        control(vis, "inner_radius", "Hole, in % of the radius", "number"),
    )
    return [Section("Drawing", (("", plot),)), _parts(result, vis, "a pie")]


def _parts(result: QueryResult, vis: Mapping[str, Any], chart: str) -> Section:
    parts = read_parts(result, vis, chart).parts[:_MOST_SERIES]
    rows = (
        (p.label, (control(vis, f"series_colors/{step(p.id)}", "Colour", "colour"),)) for p in parts if p.id
    )
    return Section("Colours", tuple(rows))


def _donuts(_: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    return [Section("Drawing", (("", (control(vis, "charts_across", "Rings side by side", "number"),)),))]


def _funnel(_: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    choices = (("", "of the first step"), ("prior", "of the step before"))
    return [Section("Drawing", (("", (control(vis, "percentType", "Shares are", "choice", choices),)),))]


def _waterfall(_: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    controls = (
        control(vis, "up_color", "Up", "colour"),
        control(vis, "down_color", "Down", "colour"),
        control(vis, "total_color", "Total", "colour"),
        control(vis, "show_value_labels", "Values beside bars", "flag"),
    )
    return [Section("Drawing", (("", controls),))]


def _timeline(_: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    return [
        Section("Drawing", (("", (control(vis, "groupBars", "One lane for each name", "flag", on=True),)),))
    ]


def _scatter(result: QueryResult, vis: Mapping[str, Any]) -> list[Section]:
    measures = [(column.name, column.field_label) for column in _numbers(result)]
    sized = control(vis, "size_by_field", "Size by", "choice", (("", "all alike"), *measures))
    return [Section("Drawing", (("", (sized,)),))]


_OTHERS: Mapping[ElementType, Callable[[QueryResult, Mapping[str, Any]], list[Section]]] = {
    ElementType.PIE: _pie,
    ElementType.DONUT: _donuts,
    ElementType.FUNNEL: _funnel,
    ElementType.WATERFALL: _waterfall,
    ElementType.TIMELINE: _timeline,
    ElementType.SCATTER: _scatter,
}


def _numbers(result: QueryResult) -> list[OutputColumn]:
    return [
        column
        for column in result.columns
        if column.kind is not ColumnKind.DIMENSION and column.type is OutputType.NUMBER
    ]


def _formats(result: QueryResult, vis: Mapping[str, Any]) -> Section:
    names = (("", "as the model says"), *((name, name.replace("_", " ")) for name in NAMED))
    rows = (
        (
            column.field_label,
            (
                control(vis, f"{FORMATS}/{step(column.name)}/name", "Format", "choice", names),
                control(
                    vis, f"{FORMATS}/{step(column.name)}/format_string", "or a pattern", placeholder="#,##0.0"
                ),
            ),
        )
        for column in _numbers(result)
    )
    return Section("Value formats", tuple(rows))


def _rules(result: QueryResult, vis: Mapping[str, Any]) -> Section:
    """Rules for cells of the table, which stands beneath every drawing."""
    columns = _numbers(result)
    if not columns:
        return Section("Conditional formatting", ())
    fields = (("", "every measure"), *((column.name, column.field_label) for column in columns))
    kinds = (("", "no rule"), *((name, words) for name, (words, _) in TYPES.items() if name[-1] != "."))
    rows = []
    for n in range(len(vis[RULES]) + 1):
        at = f"{RULES}/{n}"
        kind = control(vis, f"{at}/type", "Where it", "choice", kinds)
        controls = [control(vis, f"{at}/fields", "Cells of", "choice", fields), kind]
        values = TYPES[kind.value][1] if kind.value in TYPES else 0
        if values:
            example = "10" if values == 1 else "10, 20"
            controls.append(control(vis, f"{at}/value", "this", placeholder=example))
        if kind.value and "high" not in kind.value:
            controls += [
                control(vis, f"{at}/background_color", "Ground", "colour"),
                control(vis, f"{at}/font_color", "Ink", "colour"),
                control(vis, f"{at}/bold", "Bold", "flag"),
            ]
        rows.append((f"Rule {n + 1}" if kind.value else "One more", tuple(controls)))
    return Section("Conditional formatting", tuple(rows))
