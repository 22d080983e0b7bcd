"""A chart whose other marks step back: those that were not picked are drawn paler, none is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PALE = 0.22
_AS_A_WHOLE = ("line", "area", "trail")
"""One mark for a whole series."""
_BESIDE = ("text", "rule", "tick")
"""What is written or ruled beside marks stays."""


def dimmed(
    spec: dict[str, Any], is_picked: Callable[[str, str], bool], is_series_picked: Callable[[str], bool]
) -> dict[str, Any]:
    """`is_picked` by label and series, as the rows of the data name them."""

    def marked(row: Any) -> Any:
        if not isinstance(row, dict) or "label" not in row:
            return row
        label, series = str(row["label"]), str(row.get("series", ""))
        return {**row, "picked": is_picked(label, series), "in_series": is_series_picked(series)}

    return _unit(spec, marked)


def _unit(spec: dict[str, Any], marked: Callable[[Any], Any]) -> dict[str, Any]:
    changed = dict(spec)
    data = spec.get("data")
    if isinstance(data, dict) and isinstance(data.get("values"), list):
        changed["data"] = {**data, "values": [marked(row) for row in data["values"]]}
    if "layer" in spec:
        changed["layer"] = [_unit(one, marked) for one in spec["layer"]]
    mark = spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    if kind is None or kind in _BESIDE:
        return changed
    encoding = dict(spec.get("encoding", {}))
    field = "in_series" if kind in _AS_A_WHOLE else "picked"
    encoding["opacity"] = _opacity(encoding.get("opacity"), f"datum.{field} === false")
    return {**changed, "encoding": encoding}


def _opacity(own: Any, test: str) -> dict[str, Any]:
    """Paler where `test` holds, else as it was."""
    pale = {"test": test, "value": _PALE}
    if not isinstance(own, dict):
        return {"condition": pale, "value": 1}
    if "value" not in own:
        return {"condition": pale, **own}
    before = own.get("condition", [])
    conditions = before if isinstance(before, list) else [before]
    shown = {"test": "datum.picked === true", "value": 1} if own["value"] == 0 else None
    return {"condition": [*conditions, *([shown] if shown else []), pale], "value": own["value"]}
