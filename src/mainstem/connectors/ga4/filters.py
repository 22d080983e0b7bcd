"""Filters of a report as the Data API takes them: one expression for dimensions, one for metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.connectors.ga4.settings import Filter, Report

_MATCH = {
    "contains": "CONTAINS",
    "begins_with": "BEGINS_WITH",
    "ends_with": "ENDS_WITH",
    "matches": "FULL_REGEXP",
}
_OPERATION = {
    "above": "GREATER_THAN",
    "below": "LESS_THAN",
    "at_least": "GREATER_THAN_OR_EQUAL",
    "at_most": "LESS_THAN_OR_EQUAL",
}


def filters_of(report: Report) -> dict[str, Any]:
    """What a request of the report holds for its filters."""
    parts = {
        "dimensionFilter": [one for one in report.filters if one.field not in report.metrics],
        "metricFilter": [one for one in report.filters if one.field in report.metrics],
    }
    return {name: _all(found) for name, found in parts.items() if found}


def _all(filters: Sequence[Filter]) -> dict[str, Any]:
    found = [_expression(one) for one in filters]
    return found[0] if len(found) == 1 else {"andGroup": {"expressions": found}}


def _expression(one: Filter) -> dict[str, Any]:
    found: dict[str, Any] = {"filter": {"fieldName": one.field, **_test(one)}}
    return {"notExpression": found} if one.not_ else found


def _test(one: Filter) -> dict[str, Any]:
    name, value = one.test
    if name == "between" and isinstance(value, tuple):
        low, high = value
        return {"betweenFilter": {"fromValue": _number(low), "toValue": _number(high)}}
    if name in _OPERATION:
        return {"numericFilter": {"operation": _OPERATION[name], "value": _number(value)}}
    if isinstance(value, tuple):
        return {"inListFilter": {"values": list(value), "caseSensitive": one.case_sensitive}}
    match = _MATCH.get(name, "EXACT")
    return {"stringFilter": {"matchType": match, "value": value, "caseSensitive": one.case_sensitive}}


def _number(value: Any) -> dict[str, Any]:
    whole = float(value).is_integer()
    return {"int64Value": str(int(value))} if whole else {"doubleValue": float(value)}
