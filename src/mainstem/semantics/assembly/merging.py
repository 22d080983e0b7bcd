"""Two blocks become one: what Looker does where an object is extended or refined.

Of a parameter that both have, the later one's counts; named parts (fields, joins, sets, columns) are merged
by name; and a few parameters add up: `link`, `action` and `filters` of fields, `allowed_value` of parameters,
`filters`, `bind_filters` and `sorts` of derived tables, `access_filter` of explores. Source: Looker's
pages on refinements and on extends. No node is changed: each keeps the place where it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.syntax import Block, ListNode, Node, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIELDS = frozenset({"dimension", "measure", "filter", "parameter"})
_ADDITIVE = {
    **dict.fromkeys(("dimension", "dimension_group", "measure"), frozenset({"link", "action", "filters"})),
    "parameter": frozenset({"allowed_value"}),
    "filter": frozenset({"link", "action"}),
    "explore_source": frozenset({"filters", "bind_filters", "dev_filters", "sorts"}),
    "explore": frozenset({"access_filter"}),
}
_NOTHING: frozenset[str] = frozenset()
_INSTEAD = {
    "view": (frozenset({"sql_table_name"}), frozenset({"derived_table"})),
    "derived_table": (frozenset({"sql"}), frozenset({"explore_source"}), frozenset({"sql_create"})),
}
"""Parameters of which an object has one: whichever comes later takes the other's place."""
_EXTENDED = "${EXTENDED}"
"""Stands, in a text laid over another, for that other."""
_WHOLE = frozenset({"case", "always_filter", "conditionally_filter", "query", "aggregate_table", "test"})
"""Blocks that a later one replaces, rather than merges with."""
OWN = frozenset({"extends", "extension", "final"})
"""What an object says of itself, and does not hand on."""


def merge(base: Block, over: Block, *, name: str | None = None) -> Block:
    """`base` with `over` laid over it, at the place of `over`. Parts keep the order they first came in."""
    additive = _ADDITIVE.get(base.key, _NOTHING)
    kept: dict[object, list[Node]] = {}
    for node in base.nodes:
        kept.setdefault(_identity(node), []).append(node)
    for group in _INSTEAD.get(base.key, ()):
        if any(node.key in group for node in over.nodes):
            for other in _INSTEAD[base.key]:
                if other is not group:
                    _drop(kept, other)
    fresh: set[object] = set()
    for node in over.nodes:
        identity = _identity(node)
        earlier = kept.get(identity)
        if earlier is None or identity in fresh:
            fresh.add(identity)
            kept.setdefault(identity, []).append(node)
        elif node.key in additive:
            fresh.add(identity)
            earlier[:] = [*_without_same_fields(earlier, over, node.key), node]
        else:
            fresh.add(identity)
            earlier[:] = [_merged(earlier[-1], node)]
    nodes = tuple(node for same in kept.values() for node in same)
    return Block(over.key, over.name if name is None else name, nodes, over.origin)


def without_own(block: Block) -> Block:
    """What an object hands on to those that extend it."""
    if not any(node.key in OWN for node in block.nodes):
        return block
    nodes = tuple(node for node in block.nodes if node.key not in OWN)
    return Block(block.key, block.name, nodes, block.origin)


def _merged(earlier: Node, later: Node) -> Node:
    if isinstance(later, Pair) and isinstance(earlier, Pair) and _EXTENDED in later.value:
        return Pair(later.key, later.value.replace(_EXTENDED, earlier.value), later.origin)
    mergeable = isinstance(earlier, Block) and isinstance(later, Block) and earlier.key == later.key
    if not mergeable or later.key in _WHOLE or earlier.name != later.name:  # type: ignore[union-attr] # both are blocks
        return later
    return merge(earlier, later)  # type: ignore[arg-type] # both are blocks


def _identity(node: Node) -> object:
    if isinstance(node, Block) and node.name:
        if node.key == "explore_source":
            return node.key
        return ("field" if node.key in _FIELDS else node.key, node.name)
    return node.key


def _drop(kept: dict[object, list[Node]], keys: Iterable[str]) -> None:
    for key in keys:
        kept.pop(key, None)


def _without_same_fields(earlier: list[Node], over: Block, key: str) -> list[Node]:
    """Filters on a field that `over` filters too are gone; anything else adds up."""
    if key != "filters":
        return earlier
    given = {field for node in over.nodes if node.key == key for field in _filtered(node)}
    return [node for node in earlier if not given & set(_filtered(node)) or _several(node)]


def _filtered(node: Node) -> list[str]:
    if isinstance(node, ListNode):
        return [item.key for item in node.items]
    if isinstance(node, Block):
        return [child.value for child in node.nodes if isinstance(child, Pair) and child.key == "field"]
    return []


def _several(node: Node) -> bool:
    """A list of filters on several fields stays; readers let the last filter on a field count."""
    return isinstance(node, ListNode) and len(node.items) > 1
