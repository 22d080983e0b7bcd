"""Which new records must be there before others: those that hang on others of the same plan. Pure."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 8
"""Keys of a circle that an error names."""


def levels_of(parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """By key: 0 for a record that hangs on none of these, else one more than the highest it hangs on.

    `parents` are the keys that each record to be made hangs on; those that are not to be made themselves
    count for nothing.

    Raises UsageError for a circle, however long.
    """
    among = {key: [one for one in above if one in parents] for key, above in parents.items()}
    try:
        order = tuple(TopologicalSorter(among).static_order())
    except CycleError as e:
        circle = list(reversed(e.args[1]))  # the sorter names parents first
        if len(circle) > _SHOWN:
            circle[_SHOWN // 2 : -_SHOWN // 2] = [f"… {len(circle) - _SHOWN} more …"]
        raise UsageError(f"records hang on one another in a circle: {' → '.join(circle)}") from None
    found: dict[str, int] = {}
    for key in order:
        found[key] = 1 + max((found[one] for one in among[key]), default=-1)
    return found
