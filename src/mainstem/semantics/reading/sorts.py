"""`sorts: [view.field: desc, view.other: asc]`, and the older `sort: { field: view.field desc: yes }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words
from mainstem.semantics.syntax import ListNode

if TYPE_CHECKING:
    from collections.abc import Iterator


_SORT = Vocabulary("sort", read=words("field desc"))


def sorts_of(given: Parameters, key: str = "sorts") -> tuple[str, ...]:
    """`view.field`, or `view.field desc`."""
    found = [*_older(given)]
    for node in given.all(key):
        items = node.items if isinstance(node, ListNode) else ()
        if not isinstance(node, ListNode):
            given.problems.error(node.origin, f"{key} takes a list, as in `{key}: [view.field: desc]`")
        for item in items:
            field, _, direction = (item.key, "", item.value) if item.key else item.value.partition(" ")
            falls = direction.strip().lower() == "desc"
            found.append(f"{field.strip()} desc" if falls else field.strip())
    return tuple(found)


def _older(given: Parameters) -> Iterator[str]:
    for block in given.unnamed("sort"):
        inner = Parameters(block, _SORT, given.problems)
        field = inner.text("field")
        if field is None:
            given.problems.error(block.origin, "sort names no field: `sort: { field: view.field desc: yes }`")
        else:
            yield f"{field.strip()} desc" if inner.yesno("desc") else field.strip()
