"""`conditional_formatting:` of a tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.dashboard import FormatRule
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping

_VALUES = {
    "equal to": 1, "not equal to": 1, "greater than": 1, "less than": 1, "between": 2, "not between": 2,
    "null": 0, "not null": 0, "along a scale...": 0, "low to high": 0, "high to low": 0,
}  # fmt: skip
"""Type → how many values it compares with."""


def read_format_rules(given: Mapping, element: str) -> tuple[FormatRule, ...]:
    """Rules that cannot be read are left out with a warning."""
    found = (_rule(one, element) for one in given.mappings("conditional_formatting"))
    return tuple(rule for rule in found if rule is not None)


def _rule(given: Mapping, element: str) -> FormatRule | None:
    written = (given.text("type") or "").strip()
    kind = "along a scale..." if written.startswith("along a scale") else written
    if kind not in _VALUES:
        hint = did_you_mean(kind, _VALUES)
        given.problems.warning(
            given.origin, f"a formatting rule of element {element} has unknown type {written!r}{hint}"
        )
        return None
    values = _values(given)
    if len(values) < _VALUES[kind]:
        given.problems.warning(
            given.origin,
            f"a formatting rule of element {element} takes {_VALUES[kind]} values and has {len(values)}",
        )
        return None
    return FormatRule(
        type=kind,
        values=values[: _VALUES[kind]],
        fields=given.texts("fields"),
        background_color=given.text("background_color"),
        font_color=given.text("font_color"),
        palette=_palette(given),
        bold=given.yesno("bold", False),
        italic=given.yesno("italic", False),
        strikethrough=given.yesno("strikethrough", False),
    )


def _values(given: Mapping) -> tuple[float | str, ...]:
    texts = given.texts("value") if given.is_list("value") else tuple(filter(None, (given.text("value"),)))
    return tuple(_number(text) for text in texts)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _palette(given: Mapping) -> tuple[str, ...]:
    """Colours, wherever a version of Looker wrote them."""
    for key in ("palette", "color_application"):
        inner = given.mapping(key) if given.is_mapping(key) else None
        if inner is None:
            continue
        if inner.is_list("colors"):
            return inner.texts("colors")
        custom = inner.mapping("custom") if inner.is_mapping("custom") else None
        if custom is not None:
            return tuple(color for stop in custom.mappings("stops") if (color := stop.text("color")))
    return ()
