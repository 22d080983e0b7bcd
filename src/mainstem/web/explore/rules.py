"""Conditional formatting and value formats as they stand among the settings of a drawing.

They come from an address, so whatever cannot be read of them is as if it were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import QueryError
from mainstem.semantics.dashboard import FormatRule
from mainstem.semantics.value_format import NAMED, read_format
from mainstem.web.charts.drawn import amount, flag, is_colour, listed, mapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.query.result import OutputColumn, QueryResult

RULES = "conditional_formatting"
FORMATS = "series_value_format"
TYPES: Mapping[str, tuple[str, int]] = {
    "greater than": ("is greater than", 1),
    "less than": ("is less than", 1),
    "equal to": ("is", 1),
    "not equal to": ("is not", 1),
    "between": ("is between", 2),
    "not between": ("is not between", 2),
    "null": ("is empty", 0),
    "not null": ("is not empty", 0),
    "low to high": ("along a scale, low to high", 0),
    "high to low": ("along a scale, high to low", 0),
    "along a scale...": ("along a scale", 0),
}
"""Type → (in words, how many values it compares with)."""


def read_rules(vis: Mapping[str, Any]) -> tuple[FormatRule, ...]:
    """In their order: the first that is about a cell paints it."""
    found = (_rule(mapped(one)) for one in listed(vis.get(RULES)))
    return tuple(rule for rule in found if rule is not None)


def written_rules(rules: Sequence[FormatRule]) -> list[dict[str, Any]]:
    """As a setting of a drawing holds them: what `read_rules` reads."""
    return [
        {
            key: value
            for key, value in {
                "type": rule.type,
                "value": list(rule.values) if len(rule.values) > 1 else (rule.values or (None,))[0],
                "fields": list(rule.fields),
                "background_color": rule.background_color,
                "font_color": rule.font_color,
                "palette": {"colors": list(rule.palette)} if rule.palette else None,
                "bold": rule.bold,
                "italic": rule.italic,
                "strikethrough": rule.strikethrough,
            }.items()
            if value not in (None, [], False)
        }
        for rule in rules
    ]


def with_formats(result: QueryResult, vis: Mapping[str, Any]) -> QueryResult:
    """The result with columns in the formats that somebody chose for them, by name or as a pattern."""
    chosen = mapped(vis.get(FORMATS))
    if not chosen:
        return result
    return msgspec.structs.replace(
        result,
        columns=tuple(_formatted(column, chosen.get(column.name)) for column in result.columns),
        companions=tuple(
            msgspec.structs.replace(
                one, columns=tuple(_formatted(column, chosen.get(column.name)) for column in one.columns)
            )
            for one in result.companions
        ),
    )


def _formatted(column: OutputColumn, chosen: Any) -> OutputColumn:
    written = chosen if isinstance(chosen, str) else mapped(chosen).get("format_string")
    name = mapped(chosen).get("name")
    if isinstance(written, str) and written.strip() and _is_pattern(written):
        return msgspec.structs.replace(column, value_format=written, value_format_name=None)
    if isinstance(name, str) and name in NAMED:
        return msgspec.structs.replace(column, value_format=None, value_format_name=name)
    return column


def _is_pattern(written: str) -> bool:
    try:
        read_format(written)
    except QueryError:
        return False
    return True


def _rule(given: dict[str, Any]) -> FormatRule | None:
    kind = str(given.get("type") or "")
    kind = "along a scale..." if kind.startswith("along a scale") else kind
    if kind not in TYPES:
        return None
    value = given.get("value")
    values = [amount(one) for one in (value if isinstance(value, list) else [value])]
    known = tuple(one for one in values if one is not None)
    needed = TYPES[kind][1]
    if len(known) < needed:
        return None
    palette = listed(mapped(given.get("palette")).get("colors"))
    return FormatRule(
        type=kind,
        values=known[:needed],
        fields=tuple(str(one) for one in listed(given.get("fields"))),
        background_color=_colour(given.get("background_color")),
        font_color=_colour(given.get("font_color")),
        palette=tuple(one for one in palette if is_colour(one)),
        bold=flag(given, "bold"),
        italic=flag(given, "italic"),
        strikethrough=flag(given, "strikethrough"),
    )


def _colour(value: Any) -> str | None:
    return value if is_colour(value) else None
