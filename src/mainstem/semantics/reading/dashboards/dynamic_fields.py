"""`dynamic_fields:` of a tile: table calculations, custom measures and dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.dynamic import (
    CustomDimension,
    CustomMeasure,
    DynamicField,
    TableCalculation,
    shortcut_expression,
)

if TYPE_CHECKING:
    from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping

_KINDS = ("table_calculation", "measure", "dimension")


def read_dynamic_fields(given: Mapping, element: str) -> tuple[DynamicField, ...]:
    """Those that are disabled are as if they were not there; what cannot be read is left out, with a
    warning."""
    found = (_field(one, element) for one in given.mappings("dynamic_fields"))
    return tuple(one for one in found if one is not None)


def _field(given: Mapping, element: str) -> DynamicField | None:
    if given.yesno("is_disabled", False):
        return None
    kind = next((one for one in _KINDS if one in given.keys), None)
    name = given.text(kind) if kind else None
    if kind is None or name is None:
        message = f"a dynamic field of element {element} is none of {', '.join(_KINDS)}"
        given.problems.warning(given.origin, message)
        return None
    if kind == "measure":
        return _measure(given, name, element)
    expression = _expression(given, name, element)
    if expression is None:
        return None
    if kind == "dimension":
        return CustomDimension(
            name=name,
            expression=expression,
            label=given.text("label"),
            description=given.text("description"),
            value_format=given.text("value_format"),
            value_format_name=given.text("value_format_name"),
        )
    return TableCalculation(
        name=name,
        expression=expression,
        label=given.text("label"),
        value_format=given.text("value_format"),
        value_format_name=given.text("value_format_name"),
    )


def _measure(given: Mapping, name: str, element: str) -> CustomMeasure | None:
    based_on = given.text("based_on")
    if based_on is None:
        message = f"custom measure {name} of element {element} is left out: it says nothing of based_on"
        given.problems.warning(given.origin, message)
        return None
    return CustomMeasure(
        name=name,
        based_on=based_on,
        type=given.text("type"),
        filters=given.text_by_key("filters") if given.is_mapping("filters") else {},
        filter_expression=given.text("filter_expression") or None,
        label=given.text("label"),
        description=given.text("description"),
        value_format=given.text("value_format"),
        value_format_name=given.text("value_format_name"),
    )


def _expression(given: Mapping, name: str, element: str) -> str | None:
    written = (given.text("expression") or "").strip()
    if written:
        return written
    shortcut = given.text("calculation_type")
    arguments = given.data("args") if shortcut and given.is_list("args") else []
    meant = shortcut_expression(shortcut, arguments) if shortcut else None
    if meant is not None:
        return meant
    what = f"calculation_type {shortcut} is not known here" if shortcut else "it has no expression"
    given.problems.warning(given.origin, f"{name} of element {element} is left out: {what}")
    return None
