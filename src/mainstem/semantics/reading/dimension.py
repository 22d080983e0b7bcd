"""`dimension: name { … }`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.model import Datatype, Dimension, DimensionType, TierStyle
from mainstem.semantics.reading.case import read_case
from mainstem.semantics.reading.dimension_types import Kind, kind_of
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.presentation import label_in, presentation_of
from mainstem.semantics.reading.tiers import tiers_of
from mainstem.semantics.reading.vocabulary import FIELD_WITHOUT_EFFECT, PRESENTATION, Vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "dimension",
    read=PRESENTATION
    | words(
        "type sql primary_key datatype convert_tz case tiers bins style sql_latitude sql_longitude sql_start "
        "sql_end start_location_field end_location_field units order_by_field alpha_sort"
    ),
    without_effect=FIELD_WITHOUT_EFFECT | words("string_datatype timeframes intervals allowed_values"),
)
_TIMES = frozenset({DimensionType.DATE, DimensionType.DATE_TIME})
_UNITS = ("feet", "kilometers", "meters", "miles", "nautical_miles", "yards")


def read_dimension(block: Block, problems: Problems, hidden: bool = False) -> Dimension | LeftOut:
    """`hidden` holds where the dimension says nothing."""
    given = Parameters(block, VOCABULARY, problems)
    kind = kind_of(given)
    found: dict[str, Any] = presentation_of(given, hidden)
    if given.has("case"):
        found["case"], found["case_else"] = read_case(given)
    sql = given.sql("sql")
    if kind is not None:
        _SPECIAL.get(kind.type, _nothing)(given, found)
        found |= _times(given, kind)
        if sql is None:
            sql = "" if kind.type in _WITHOUT_SQL or found.get("case") else f"${{TABLE}}.{block.name}"
    if given.has("order_by_field"):
        found["order_by_field"] = given.text("order_by_field")
    if given.reason is not None or kind is None:
        return LeftOut(block.name, given.reason or "")
    return Dimension(
        name=block.name,
        type=kind.type,
        sql=sql or "",
        label=label_in(given),
        origin=block.origin,
        primary_key=given.yesno("primary_key"),
        alpha_sort=given.yesno("alpha_sort"),
        **found,
    )


def _times(given: Parameters, kind: Kind) -> dict[str, Any]:
    if kind.interval is not None:
        return {"interval": kind.interval}
    if kind.type not in _TIMES and kind.timeframe is None:
        return {}
    datatype = given.choice("datatype", Datatype, Datatype.DATETIME)
    return {"datatype": datatype, "timeframe": kind.timeframe, "convert_tz": given.yesno("convert_tz", True)}


def _tier(given: Parameters, found: dict[str, Any]) -> None:
    key = "bins" if given.has("bins") else "tiers"
    found["tiers"] = tiers_of(given, key)
    if not found["tiers"] and given.reason is None:
        given.reject("type", f"dimension {given.block.name} has no tiers: `tiers: [0, 10, 20]`")
    found["style"] = given.choice("style", TierStyle, TierStyle.CLASSIC)


def _location(given: Parameters, found: dict[str, Any]) -> None:
    for key in ("sql_latitude", "sql_longitude"):
        found[key] = given.sql(key)
        if found[key] is None:
            given.reject("type", f"dimension {given.block.name} is a location, which needs {key}")


def _distance(given: Parameters, found: dict[str, Any]) -> None:
    for key in ("start_location_field", "end_location_field"):
        found[key] = given.text(key)
        if found[key] is None:
            given.reject("type", f"dimension {given.block.name} is a distance, which needs {key}")
    found["units"] = given.text("units") or "miles"
    if found["units"] not in _UNITS:
        given.reject("units", f"unknown units {found['units']!r}; valid are {', '.join(_UNITS)}")


def _duration(given: Parameters, found: dict[str, Any]) -> None:
    for key in ("sql_start", "sql_end"):
        found[key] = given.sql(key)
        if found[key] is None:
            given.reject("type", f"dimension {given.block.name} is a duration, which needs {key}")


def _nothing(_given: Parameters, _found: dict[str, Any]) -> None:
    """Most types need nothing more."""


_SPECIAL: dict[DimensionType, Callable[[Parameters, dict[str, Any]], None]] = {
    DimensionType.TIER: _tier,
    DimensionType.BIN: _tier,
    DimensionType.LOCATION: _location,
    DimensionType.DISTANCE: _distance,
    DimensionType.DURATION: _duration,
}
_WITHOUT_SQL = frozenset({DimensionType.LOCATION, DimensionType.DISTANCE, DimensionType.DURATION})
