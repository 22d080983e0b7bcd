"""A definition → the question it asks of an explorer; which module writes which kind is known here alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.cohorts import funnel, paths, retention
from mainstem.cohorts.definition import (
    Funnel,
    FunnelPick,
    PathPick,
    Paths,
    Retention,
    RetentionPick,
    checked,
)
from mainstem.cohorts.sources import source_named
from mainstem.errors import QueryError

if TYPE_CHECKING:
    from mainstem.cohorts.definition import Condition, Definition, Pick
    from mainstem.cohorts.sources import Source
    from mainstem.query.composed import Composed
    from mainstem.query.explorer import Explorer


def counted(definition: Definition, explorer: Explorer) -> Composed:
    """How many did what. Raises QueryError for what cannot be asked, or not by who asks."""
    read = read_by(checked(definition), explorer)
    match definition:
        case Funnel():
            return funnel.counted(definition, read)
        case Retention():
            return retention.counted(definition, read)
        case Paths():
            return paths.counted(definition, read)


def members(definition: Definition, pick: Pick, explorer: Explorer) -> Composed:
    """Who they are: rows of (id, since), an id once. Raises QueryError also for a pick of another kind."""
    read = read_by(checked(definition), explorer)
    match definition, pick:
        case Funnel(), FunnelPick():
            if not 1 <= pick.step <= len(definition.steps):
                raise QueryError(f"the funnel has steps 1 to {len(definition.steps)}, not {pick.step}")
            if pick.outcome not in ("reached", "dropped", "in_time"):
                raise QueryError(f"outcome {pick.outcome!r} is none; valid are reached, dropped, in_time")
            return funnel.members(definition, read, pick)
        case Retention(), RetentionPick():
            if pick.first and (pick.first, pick.last) not in retention.periods_of(definition):
                raise QueryError(f"the retention has no period {pick.first} to {pick.last}")
            if pick.outcome not in ("retained", "lost"):
                raise QueryError(f"outcome {pick.outcome!r} is none; valid are retained, lost")
            return retention.members(definition, read, pick)
        case Paths(), PathPick():
            return paths.members(definition, read, pick)
        case _:
            raise QueryError("what was picked belongs to another kind of question")


def read_by(definition: Definition, explorer: Explorer) -> dict[str, Source]:
    """Explore → source, in the order they are met. Raises QueryError for one the asker may not see."""
    conditions = conditions_of(definition)
    names = dict.fromkeys(condition.explore for condition in conditions)
    return {name: source_named(explorer, definition.model, name, definition.unit) for name in names}


def conditions_of(definition: Definition) -> tuple[Condition, ...]:
    match definition:
        case Funnel():
            return (*definition.steps, *definition.excluded)
        case Retention():
            return (definition.start, definition.back)
        case Paths():
            return (definition.anchor, *definition.read)
