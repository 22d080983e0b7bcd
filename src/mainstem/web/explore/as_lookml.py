"""A question as text for the project's files: the element of a dashboard, a `query:` of the explore, and its
custom fields as fields of a view.

Content stays code: nothing is saved here, the text is pasted and reviewed. Where a custom field has no
counterpart in a view, the text says so; the element holds every one as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from mainstem.errors import FilterError
from mainstem.filters import AnyOf, TextIs, parse_string
from mainstem.query.request import CustomDimension, CustomMeasure
from mainstem.semantics.model import Measure, MeasureType
from mainstem.web.explore.address import written_field
from mainstem.web.explore.grouping import read_bins, read_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.model import ViewField
    from mainstem.web.explore.question import Question

_NAME = re.compile(r"[^a-z0-9]+")
_WIDTH, _HEIGHT = 12, 8


@dataclass(frozen=True)
class LookmlText:
    element: str
    """For `elements:` of a dashboard."""
    query: str
    """For the explore; empty where a `query:` cannot say it."""
    fields: str
    """For a view; empty without custom fields."""


def as_lookml(question: Question, title: str, kind: str, fields: Mapping[str, ViewField]) -> LookmlText:
    """`kind` is what it is drawn as, `fields` are the explore's."""
    return LookmlText(
        element=_element(question, title, kind),
        query=_query(question, title, fields),
        fields="\n\n".join(_custom(question, fields)),
    )


def _element(question: Question, title: str, kind: str) -> str:
    asked = question.request
    written: dict[str, Any] = {
        "title": title,
        "name": title,
        "model": asked.model,
        "explore": asked.explore,
        "type": question.visualization or kind,
        "fields": list(asked.fields),
        "pivots": list(asked.pivots),
        "fill_fields": list(asked.fill_fields),
        "filters": dict(asked.filters),
        "filter_expression": asked.filter_expression,
        "sorts": list(asked.sorts),
        "limit": asked.limit,
        "column_limit": asked.column_limit,
        "total": asked.totals,
        "row_total": "right" if asked.row_totals else None,
        "subtotals": list(asked.subtotals),
        "hidden_fields": list(question.hidden_fields),
        "dynamic_fields": [written_field(one) for one in asked.dynamic_fields],
        "query_timezone": asked.timezone,
        **question.vis,
        "row": 0,
        "col": 0,
        "width": _WIDTH,
        "height": _HEIGHT,
    }
    kept = {key: value for key, value in written.items() if value not in (None, [], {}, False, "")}
    kept |= {key: False for key, value in question.vis.items() if value is False}
    text = yaml.safe_dump([kept], sort_keys=False, allow_unicode=True, width=100)
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines())


def _query(question: Question, title: str, fields: Mapping[str, ViewField]) -> str:
    asked = question.request
    if asked.dynamic_fields or asked.filter_expression or not asked.fields:
        return ""
    measures = [name for name in asked.fields if isinstance(fields.get(name), Measure)]
    dimensions = [name for name in asked.fields if name not in measures]
    lines = [f"query: {_named(title)} {{", f"  label: {_text(title)}"]
    if dimensions:
        lines.append(f"  dimensions: [{', '.join(dimensions)}]")
    if measures:
        lines.append(f"  measures: [{', '.join(measures)}]")
    if asked.pivots:
        lines.append(f"  pivots: [{', '.join(asked.pivots)}]")
    wanted = {name: value for name, value in asked.filters.items() if value}
    if wanted:
        lines.append(f"  filters: [{_filters(wanted)}]")
    if asked.sorts:
        lines.append(f"  sorts: [{', '.join(_sort(one) for one in asked.sorts)}]")
    if asked.limit is not None:
        lines.append(f"  limit: {asked.limit}")
    if asked.timezone:
        lines.append(f"  timezone: {_text(asked.timezone)}")
    return "\n".join([*lines, "}"])


def _sort(written: str) -> str:
    name, *way = written.split()
    return f"{name}: {'desc' if way[:1] == ['desc'] else 'asc'}"


def _filters(wanted: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {_text(value)}" for name, value in wanted.items())


def _custom(question: Question, fields: Mapping[str, ViewField]) -> list[str]:
    found = []
    for one in question.request.dynamic_fields:
        if isinstance(one, CustomMeasure):
            found.append(_measure(one, fields))
        elif isinstance(one, CustomDimension):
            found.append(_dimension(one))
        else:
            found.append(f"# {one.label or one.name} is a table calculation: it goes with the element.")
    return found


def _measure(made: CustomMeasure, fields: Mapping[str, ViewField]) -> str:
    base = fields.get(made.based_on)
    lines = []
    kind, sql = made.type, f"${{{made.based_on}}}"
    if kind is None and isinstance(base, Measure):
        kind, sql = base.type.value, base.sql or ""
        if base.filters:
            lines.append(f"  # {made.based_on} has filters of its own, which belong here as well")
    lines.append(f"  type: {kind or MeasureType.COUNT.value}")
    if sql and kind != MeasureType.COUNT.value:
        lines.append(f"  sql: {sql} ;;")
    if made.filters:
        lines.append(f"  filters: [{_filters(made.filters)}]")
    if made.filter_expression:
        lines.append(f"  # and only rows where {_line(made.filter_expression)}")
    return _block("measure", made, lines)


def _dimension(made: CustomDimension) -> str:
    if (bins := read_bins(made.expression)) is not None:
        if bins.breaks:
            lines = [
                "  type: tier",
                f"  tiers: [{bins.breaks}]",
                "  style: relational",
                f"  sql: ${{{bins.field}}} ;;",
            ]
        else:
            lines = ["  type: number", f"  sql: FLOOR(${{{bins.field}}} / {bins.size}) * {bins.size} ;;"]
        return _block("dimension", made, lines)
    if (groups := read_groups(made.expression)) is not None:
        values = [(label, _values(wanted)) for label, wanted in groups.groups]
        if all(found for _, found in values):
            whens = [
                f"    when: {{ sql: ${{{groups.field}}} IN ({', '.join(map(_literal, found))}) ;; "
                f"label: {_text(label)} }}"
                for label, found in values
            ]
            rest = [f"    else: {_text(groups.other)}"] if groups.other else []
            return _block("dimension", made, ["  case: {", *whens, *rest, "  }"])
    return _block(
        "dimension", made, ["  # its SQL is yours to write:", f"  # {_line(made.expression)}", "  sql: ;;"]
    )


def _block(kind: str, made: CustomDimension | CustomMeasure, lines: list[str]) -> str:
    head = [f"{kind}: {made.name} {{", f"  label: {_text(made.label or made.name)}"]
    if made.description:
        head.append(f"  description: {_text(made.description)}")
    tail = []
    if made.value_format_name:
        tail.append(f"  value_format_name: {made.value_format_name}")
    elif made.value_format:
        tail.append(f"  value_format: {_text(made.value_format)}")
    return "\n".join([*head, *lines, *tail, "}"])


def _values(wanted: str) -> tuple[str, ...]:
    """The texts that a filter expression lets through, where it lets through just these."""
    try:
        condition = parse_string(wanted)
    except FilterError:
        return ()
    parts = condition.conditions if isinstance(condition, AnyOf) else (condition,)
    found = [value for part in parts if isinstance(part, TextIs) for value in part.values]
    return tuple(found) if all(isinstance(part, TextIs) for part in parts) else ()


def _named(title: str) -> str:
    name = _NAME.sub("_", title.lower()).strip("_")[:60].rstrip("_")
    return name if name and not name[0].isdigit() else f"question_{name}".rstrip("_")


def _text(value: str) -> str:
    escaped = _line(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _line(text: str) -> str:
    return " ".join(text.split())
