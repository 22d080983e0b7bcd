"""What every module of a chart hands back, and what it may say of itself in a spec.

Colours in a spec are an author's own (`#0a0`) or names of design tokens (`--series-1`), which the page
resolves to the theme it is drawn in.
"""

from __future__ import annotations

from collections.abc import Mapping  # the alias below is used when modules are loaded
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from mainstem.query.result import ColumnKind, OutputType
from mainstem.web.cell_text import format_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.query.result import Cell, OutputColumn, QueryResult

Vis: TypeAlias = Mapping[str, Any]
"""Settings of an element's look by the names LookML dashboards give them."""

FIT: dict[str, Any] = {
    "width": "container",
    "height": "container",
    "autosize": {"type": "fit", "contains": "padding", "resize": True},
}
SERIES_COLOURS = 8
"""Tokens `--series-1` and on; an eighth of a chart and the ninth would look the same."""
QUIET = "--ink-3"
"""The token of what is beside the point: rules, rests."""


@dataclass(frozen=True)
class Drawn:
    """A chart without its `$schema`."""

    spec: dict[str, Any]
    description: str
    """The chart in words, for those who do not see it."""
    missing: int = 0
    """Values that are NULL; the chart leaves them out."""
    notes: tuple[str, ...] = ()
    """Whole sentences: what else is not drawn, or is drawn otherwise than one might think."""
    is_wide: bool = False
    """Names stand within it side by side: on a narrow page it scrolls rather than shrinks."""


def told(label: str, series: str, text: str, **more: Any) -> dict[str, Any]:
    """A row of a spec's data with what its tooltip says: where, what, how much."""
    return {"label": label, "series": series, "text": text, **more}


def tooltip(place: str) -> dict[str, Any]:
    """The channel for rows made by `told`; `place` names what `label` is."""
    return {
        "tooltip": [
            {"field": "label", "type": "nominal", "title": place},
            {"field": "series", "type": "nominal", "title": "Series"},
            {"field": "text", "type": "nominal", "title": "Value"},
        ]
    }


def number(value: Cell) -> float | int | None:
    """A cell as JSON has numbers; None for NULL and for what is no number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def text_of(value: float | int | None, column: OutputColumn) -> str:
    """A number that was worked out from cells of a column, in the column's format."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return format_cell(value, column)


def is_measured(column: OutputColumn) -> bool:
    """Whether it is a measure or calculation that is a number."""
    return column.kind is not ColumnKind.DIMENSION and column.type is OutputType.NUMBER


def dimensions_of(result: QueryResult) -> list[tuple[int, OutputColumn]]:
    return [(n, c) for n, c in enumerate(result.columns) if c.kind is ColumnKind.DIMENSION]


def numbers_of(result: QueryResult) -> list[tuple[int, OutputColumn]]:
    return [(n, c) for n, c in enumerate(result.columns) if is_measured(c)]


def label_of(row: Sequence[Cell], columns: Iterable[tuple[int, OutputColumn]]) -> str:
    """A row's name by its dimensions; NULL by its name, since a dash says nothing."""
    return " · ".join("NULL" if row[n] is None else format_cell(row[n], column) for n, column in columns)


def counted(count: int, one: str) -> str:
    """`1 value`, `3 values`."""
    return f"{count:,} {one if count == 1 else one + 's'}"


def are(count: int, one: str) -> str:
    """`1 value is`, `3 values are`."""
    return f"{counted(count, one)} {'is' if count == 1 else 'are'}"


def percent(share: float) -> str:
    """A share as people read it; what is small and not 0 never reads 0."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"


def flag(vis: Vis, name: str, default: bool = False) -> bool:
    """A setting that is on or off, however YAML or an address wrote it."""
    value = vis.get(name)
    return default if value is None or value == "" else str(value).lower() in ("true", "yes", "1")


def listed(written: Any) -> list[Any]:
    """A setting that is a list; nothing where it is something else: settings come from addresses too."""
    return written if isinstance(written, list) else list(written) if isinstance(written, tuple) else []


def mapped(written: Any) -> dict[str, Any]:
    """A setting that is a mapping; an empty one where it is something else."""
    return written if isinstance(written, dict) else {}


def amount(written: Any) -> float | None:
    """A setting that is a number or says one; none that JSON does not have."""
    try:
        value = float(str(written))
    except ValueError:
        return None
    return value if isfinite(value) else None


def colour(vis: Vis, name: str, default: str) -> str:
    """A colour somebody chose, else a token. What could be anything but a colour is no colour."""
    value = vis.get(name)
    return value if is_colour(value) else default


def is_colour(value: Any) -> TypeGuard[str]:
    """`#abc`, `#aabbcc` with or without alpha, a CSS name, `rgb(…)` or `hsl(…)`."""
    if not isinstance(value, str) or not value or len(value) > 40:
        return False
    if value.startswith("#"):
        return len(value) in (4, 5, 7, 9) and all(c in "0123456789abcdefABCDEF" for c in value[1:])
    head, bracket, inside = value.partition("(")
    if not bracket:
        return value.isascii() and value.isalpha()
    return head in ("rgb", "rgba", "hsl", "hsla") and set(inside) <= set("0123456789.,% )/deg")


def palette(vis: Vis, names: Sequence[str], key: str = "series_colors") -> list[str]:
    """A colour for each name: the one chosen for it, the one at its place in `colors`, else a token."""
    chosen = mapped(vis.get(key))
    given = [value for value in listed(vis.get("colors")) if is_colour(value)]
    found = []
    for n, name in enumerate(names):
        own = chosen.get(name)
        fallback = given[n % len(given)] if given else f"--series-{n % SERIES_COLOURS + 1}"
        found.append(own if is_colour(own) else fallback)
    return found
