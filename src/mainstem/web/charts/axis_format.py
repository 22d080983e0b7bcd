"""A spreadsheet number format as the nearest d3-format specifier, for the ticks of an axis.

Ticks are round numbers, so what matters is currency, percent and size; exact text stays with the values.
"""

from __future__ import annotations

from typing import Any

from mainstem.semantics.value_format import read_format

_LABEL = "datum.value === 0 ? '0' : datum.label"
"""d3 gives every tick of an axis the same unit, which makes a zero read `0k`."""
_MINUS = "\u2212"
"""The sign d3 writes."""
_SIZE = "datum.value < 0 ? slice(datum.label, 1) : datum.value === 0 ? '0' : datum.label"
"""A tick's label without its sign: d3 writes one character for it, and it belongs before a currency."""
_SHORT = {"format": "~s", "labelExpr": _LABEL}


def d3_number_format(value_format: str | None) -> dict[str, Any]:
    """Properties of a Vega-Lite axis. Without a format: grouped digits, short for large numbers."""
    if value_format is None:
        return _SHORT
    section = read_format(value_format)[0]
    if section.scale >= 2:
        return {"format": ".0%" if section.max_decimals == 0 else f".{section.max_decimals}~%"}
    if not section.has_digits:
        return _SHORT
    # A suffix that goes with a scale (the M of millions) would come on top of d3's own.
    suffix = section.suffix if section.scale == 0 else ""
    if not section.prefix:
        return {"format": "~s", "labelExpr": f"({_LABEL}) + {_quoted(suffix)}"}
    sign = f"(datum.value < 0 ? '{_MINUS}' : '')"
    return {
        "format": "~s",
        "labelExpr": f"{sign} + {_quoted(section.prefix)} + ({_SIZE}) + {_quoted(suffix)}",
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
