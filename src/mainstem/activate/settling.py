"""What a row came to, by what is there: for batches whose answer was lost, and for rows before they are
written. Pure.

A value stands when the record holds what was to be written; a record that holds neither that nor what the
plan had read was changed by somebody.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from mainstem.activate.contract import Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.activate.contract import Target
    from mainstem.activate.deciding import Change


class Standing(Enum):
    WRITTEN = "written"
    """It is as wanted."""
    NOT_WRITTEN = "not written"
    """It is as the plan read it."""
    CHANGED = "changed"
    """Somebody changed it."""
    GONE = "gone"
    """It is not there."""
    TAKEN = "taken"
    """There is a record of that key which is not as we would have made it."""


def standing(change: Change, targets: Sequence[Target]) -> Standing:
    """Of a change, by the records that have its key now."""
    if change.op is Op.CREATE:
        if not targets:
            return Standing.NOT_WRITTEN
        return Standing.WRITTEN if any(_holds(one, change) for one in targets) else Standing.TAKEN
    target = next((one for one in targets if one.id == change.id), None)
    if target is None:
        return Standing.WRITTEN if change.op is Op.DELETE else Standing.GONE
    if change.op is Op.DELETE:
        is_as_read = all(target.values.get(name) == value for name, value in change.before.items())
        return Standing.NOT_WRITTEN if is_as_read else Standing.CHANGED
    if change.values and _holds(target, change):
        return Standing.WRITTEN
    for name, value in change.before.items():
        if target.values.get(name) not in (value, change.values[name]):
            return Standing.CHANGED
    return Standing.NOT_WRITTEN


def record_of(change: Change, targets: Sequence[Target]) -> str:
    """The id of the record that holds what was to be written."""
    if change.id:
        return change.id
    return next((one.id for one in targets if _holds(one, change)), "")


def _holds(target: Target, change: Change) -> bool:
    """Parents are not among what is read: a change of them alone is never seen to stand."""
    return all(target.values.get(name) == value for name, value in change.values.items())
