"""Which explores can be counted in: those whose LookML tags say what is a unit and when its rows happened.

    dimension: account_id { tags: ["cohort:account"] … }        the unit `account`; any name will do
    dimension_group: happened { tags: ["cohort:time"] … }       when; with the timeframes raw and date
    dimension: event { tags: ["cohort:event"] … }               what a row is called, in paths and pickers
    dimension: can_tell { type: yesno tags: ["cohort:counts"] } no: the unit cannot be counted by this row

It reads what the asker may see, and no more: a field they have no grant for is no key of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.cohorts import TAG as PREFIX
from mainstem.query.cohorts import unit_of
from mainstem.semantics.model import Dimension, DimensionType
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.model import ViewField

_TIME, _EVENT, _COUNTS = "time", "event", "counts"
_RAW = ("raw", "time", "second", "minute", "hour")


@dataclass(frozen=True)
class Source:
    """An explore as a place of events. Names are `view.field`."""

    model: str
    explore: str
    label: str
    description: str
    units: Mapping[str, str]
    """Unit → its key."""
    moment: str
    """The finest there is: raw where it is offered."""
    day: str
    """The timeframe date."""
    order: str
    """What events of one moment are ordered by, with the moment a row's own; empty where rows have no key."""
    event: str = ""
    counts: str = ""
    """A yesno; where it is no, the row says of its unit that it cannot be counted."""


def sources(explorer: Explorer) -> tuple[Source, ...]:
    """Every explore with a unit and a time that the asker may see, in the models' order."""
    found = (
        source_of(model.name, explore.name, explore.label, explore.description or "", fields)
        for model, explore in explorer.explores()
        for fields in (explorer.fields(model.name, explore.name),)
    )
    return tuple(source for source in found if source is not None)


def source_of(
    model: str, explore: str, label: str, description: str, fields: Mapping[str, ViewField]
) -> Source | None:
    """None for an explore without a unit or without a time."""
    dimensions = {name: field for name, field in fields.items() if isinstance(field, Dimension)}
    units: dict[str, str] = {}
    for name, field in dimensions.items():
        unit = unit_of(field)
        if unit is not None and field.type is not DimensionType.YESNO:
            units.setdefault(unit, name)
    timed = {name: field for name, field in dimensions.items() if f"{PREFIX}{_TIME}" in field.tags}
    by_frame = {field.timeframe: name for name, field in timed.items()}
    day = by_frame.get("date")  # type: ignore[call-overload] # timeframes are texts
    if not units or day is None:
        return None
    moment = next((by_frame[frame] for frame in _RAW if frame in by_frame), day)  # type: ignore[index] # as above
    view = day.partition(".")[0]
    keys = (name for name, field in dimensions.items() if field.primary_key and name.startswith(f"{view}."))
    return Source(
        model,
        explore,
        label,
        description,
        units,
        moment,
        day,
        order=next(keys, ""),
        event=_tagged(dimensions, _EVENT),
        counts=_tagged(dimensions, _COUNTS),
    )


def source_named(explorer: Explorer, model: str, explore: str, unit: str) -> Source:
    """Raises QueryError for an explore that has no such unit, or that the asker may not see."""
    every = [source for source in sources(explorer) if source.model == model]
    found = next((source for source in every if source.explore == explore), None)
    if found is None:
        names = [source.explore for source in every]
        raise QueryError(
            f"{explore or 'nothing'} is no explore of {model} that can be counted in"
            f"{did_you_mean(explore, names)}; those with a unit and a time are {', '.join(names) or 'none'}"
        )
    if unit not in found.units:
        raise QueryError(f"explore {explore} has no unit {unit}; its units are {', '.join(found.units)}")
    return found


def _tagged(dimensions: Mapping[str, Dimension], role: str) -> str:
    return next((name for name, field in dimensions.items() if f"{PREFIX}{role}" in field.tags), "")
