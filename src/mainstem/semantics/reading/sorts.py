"""`sorts: [view.field: desc, view.other: asc]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.syntax import ListNode

if TYPE_CHECKING:
    from mainstem.semantics.reading.parameters import Parameters


def sorts_of(given: Parameters, key: str = "sorts") -> tuple[str, ...]:
    """`view.field`, or `view.field desc`."""
    found: list[str] = []
    for node in given.all(key):
        items = node.items if isinstance(node, ListNode) else ()
        if not isinstance(node, ListNode):
            given.problems.error(node.origin, f"{key} takes a list, as in `{key}: [view.field: desc]`")
        for item in items:
            field, _, direction = (item.key, "", item.value) if item.key else item.value.partition(" ")
            falls = direction.strip().lower() == "desc"
            found.append(f"{field.strip()} desc" if falls else field.strip())
    return tuple(found)
