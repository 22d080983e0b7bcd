"""The words a dimension's `type` may be, those of old LookML among them, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.semantics.model import DimensionType, Interval, Timeframe
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.timeframes import type_of

if TYPE_CHECKING:
    from mainstem.semantics.reading.parameters import Parameters


@dataclass(frozen=True)
class Kind:
    type: DimensionType
    timeframe: Timeframe | None = None
    interval: Interval | None = None


_PLAIN = {str(kind): Kind(kind) for kind in DimensionType if kind is not DimensionType.DURATION}
_LEGACY = {
    "int": Kind(DimensionType.NUMBER),
    "float": Kind(DimensionType.NUMBER),
    "decimal": Kind(DimensionType.NUMBER),
    "time": Kind(DimensionType.DATE_TIME, Timeframe.TIME),
    "datetime": Kind(DimensionType.DATE_TIME, Timeframe.TIME),
    "unquoted": Kind(DimensionType.STRING),
    "bool": Kind(DimensionType.YESNO),
    "boolean": Kind(DimensionType.YESNO),
}
_TIMES = {
    f"date_{frame}": Kind(type_of(frame), frame) for frame in Timeframe if frame is not Timeframe.YESNO
} | {
    "date_time": Kind(DimensionType.DATE_TIME, Timeframe.TIME),
    "date_date": Kind(DimensionType.DATE, Timeframe.DATE),
}
_DURATIONS = {f"duration_{unit}": Kind(DimensionType.DURATION, interval=unit) for unit in Interval}
_KINDS = _PLAIN | _TIMES | _DURATIONS
_NEARLY = {"duration": Kind(DimensionType.DURATION, interval=Interval.DAY)} | {
    f"duration_{unit}s": Kind(DimensionType.DURATION, interval=unit) for unit in Interval
}


def kind_of(given: Parameters) -> Kind | None:
    """String where none is written. None, and an error, when the word means nothing."""
    written = given.text("type")
    if written is None:
        return _PLAIN["string"]
    if written in _KINDS:
        return _KINDS[written]
    word = written.lower()
    found = _KINDS.get(word) or _LEGACY.get(word) or _NEARLY.get(word)
    if found is not None:
        given.warn("type", f"type {written!r} is read as {_name(found)}")
        return found
    hint = did_you_mean(written, _KINDS)
    given.reject("type", f"unknown type {written!r}{hint}; valid are {', '.join(_PLAIN)}")
    return None


def _name(kind: Kind) -> str:
    return next(name for name, known in _KINDS.items() if known == kind)
