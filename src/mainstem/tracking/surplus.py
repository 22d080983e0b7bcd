"""What is past a source's budgets: held back with what to do about it, or put aside as one text column.

Names are a sender's to choose, so what is told of them is shortened; nothing of an event is lost here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import Held
from mainstem.tracking.catalogue import LONGEST_KEPT
from mainstem.tracking.paths import join_path, regular
from mainstem.tracking.plan import DEEPEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.tracking.catalogue import Budgets, SeenEvent

SURPLUS = "_surplus"
"""The property that what is put aside becomes, in the section it stood in."""

_encode = msgspec.json.Encoder().encode


def put_aside(event: dict[str, Any], surplus: Iterable[tuple[dict[str, Any], str, tuple[str, ...]]]) -> None:
    """Move each of `surplus`, an object with a key of it and the path of that, into its section's text."""
    gathered: dict[str, dict[str, Any]] = {}
    for holder, key, path in surplus:
        if key in holder:
            gathered.setdefault(path[0], {})[join_path(path[1:])] = holder.pop(key)
    for section, found in gathered.items():
        if type(event.get(section)) is not dict:  # identify's traits may stand in the context
            event[section] = {}
        event[section][SURPLUS] = _encode(found).decode()


def past_budget(path: tuple[str, ...], number: int, seen: SeenEvent, budgets: Budgets) -> Held:
    """Of `number` properties past it, the first at `path`; `seen` is whose properties they would be."""
    return Held(f"tracking budget: {_past(path, number, seen, budgets)}")


def _past(path: tuple[str, ...], number: int, seen: SeenEvent, budgets: Budgets) -> str:
    if len(path[-1]) > LONGEST_KEPT:
        return f"a name in {regular(path[0])} has more than {LONGEST_KEPT} characters"
    if len(path) > DEEPEST + 1:
        return f"{regular(path[0])} holds more than {DEEPEST} objects in each other"
    name = join_path(map(regular, path))
    others = f" (and {number - 1} more)" if number > 1 else ""
    if seen.unplanned >= budgets.properties:
        limit = f"max_properties_per_event = {budgets.properties}"
    else:
        limit = f"max_properties_per_source = {budgets.total}"
    return f"{name}{others} is past {limit}; raise that or plan it, then replay this one"


def no_room_for(name: str | None, budgets: Budgets) -> Held:
    """Of an event whose name is past the budget of names."""
    if len(name or "") > LONGEST_KEPT:
        return Held(f"tracking budget: the name of the event has more than {LONGEST_KEPT} characters")
    return Held(
        f"tracking budget: event {regular(name or '')} is past max_events_per_source = "
        f"{budgets.events}; raise that or plan the event, then replay this one"
    )
