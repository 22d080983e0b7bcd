"""`filters` wherever LookML itself filters: of measures, explores, derived tables and ready-made queries.

Both ways of writing: `filters: [a: "x", b: "y"]`, and the older `filters: { field: a value: "x" }`, which
repeats. The last filter on a field counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import FieldFilter
from mainstem.semantics.syntax import Block, ListNode, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node


def filters_of(block: Block, problems: Problems, key: str = "filters") -> tuple[FieldFilter, ...]:
    found: dict[str, FieldFilter] = {}
    for node in block.nodes:
        if node.key == key:
            found |= {filter_.field: filter_ for filter_ in _filters(node, problems)}
    return tuple(found.values())


def _filters(node: Node, problems: Problems) -> Iterator[FieldFilter]:
    if isinstance(node, ListNode):
        for item in node.items:
            if item.key:
                yield FieldFilter(item.key.strip(), item.value, item.origin)
            else:
                _reject(item, item.value, problems)
    elif isinstance(node, Block):
        values = {child.key: child.value for child in node.nodes if isinstance(child, Pair)}
        if values.keys() == {"field", "value"}:
            yield FieldFilter(values["field"].strip(), values["value"], node.origin)
        elif values.keys() == {"field"}:
            yield FieldFilter(values["field"].strip(), "", node.origin)
        else:
            _reject(node, " ".join(values), problems)
    else:
        _reject(node, node.value, problems)


def _reject(node: Node, written: str, problems: Problems) -> None:
    problems.error(node.origin, f'filters holds {written!r}; write filters: [field: "expression"]')
