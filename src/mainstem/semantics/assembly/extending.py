"""`extends` and refinements: every view or explore of a model as one block.

Looker lays over one another, later ones winning: what the object extends, what its refinements extend, the
object itself, its refinements. What is named twice is extended once, where it is named first. Whatever is
extended is whole itself, refinements included. An object that
extends itself through others is an error, and the link that closes the circle is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mainstem.semantics.assembly.merging import merge, without_own
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.syntax import Block, ListNode, Pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.assembly.definitions import Definition
    from mainstem.semantics.problems import Problems

Memory: TypeAlias = "dict[tuple[int, ...], tuple[Block, tuple[Block, ...]]]"
"""Blocks made of the same blocks, for all models: the result, and what it was made of (kept alive)."""


class Whole:
    """Makes the blocks of one kind whole, each once."""

    def __init__(self, definitions: Mapping[str, Definition], memory: Memory, problems: Problems) -> None:
        self._definitions = definitions
        self._memory = memory
        self._problems = problems
        self._done: dict[str, Block] = {}
        self._under_way: list[str] = []

    def all(self) -> dict[str, Block]:
        return {name: self.block(name) for name in self._definitions}

    def block(self, name: str) -> Block:
        """The block of a defined name, with what its extension says of itself (`extension: required`)."""
        known = self._done.get(name)
        if known is not None:
            return known
        self._under_way.append(name)
        definition = self._definitions[name]
        layers = [definition.base, *definition.refinements]
        named: dict[str, Pair] = {}
        for pair in (pair for layer in layers for pair in _extends(layer)):
            named.setdefault(pair.value, pair)
        extended = [
            self._handed_on(self.block(pair.value))
            for pair in named.values()
            if self._can_be_extended(definition.base, pair)
        ]
        self._under_way.pop()
        found = self._done[name] = self._merged(definition.base, [*extended, *layers])
        return found

    def _handed_on(self, block: Block) -> Block:
        if (id(block),) not in self._memory:
            self._memory[id(block),] = (without_own(block), (block,))
        return self._memory[id(block),][0]

    def _can_be_extended(self, block: Block, pair: Pair) -> bool:
        if pair.value not in self._definitions:
            hint = did_you_mean(pair.value, self._definitions)
            self._problems.error(
                pair.origin, f"{block.key} {block.name} extends unknown {block.key} {pair.value}{hint}"
            )
            return False
        if pair.value in self._under_way:
            chain = [*self._under_way[self._under_way.index(pair.value) :], pair.value]
            self._problems.error(pair.origin, f"{' → '.join(chain)}: these {block.key}s extend each other")
            return False
        return True

    def _merged(self, base: Block, layers: list[Block]) -> Block:
        if len(layers) == 1:
            return base
        key = (id(base), *(id(layer) for layer in layers))
        if key not in self._memory:
            whole = layers[0]
            for layer in layers[1:]:
                whole = merge(whole, layer, name=base.name)
            whole = Block(base.key, base.name, whole.nodes, base.origin)
            self._memory[key] = (whole, tuple(layers))
        return self._memory[key][0]


def must_be_extended(block: Block) -> bool:
    return any(isinstance(n, Pair) and n.key == "extension" and n.value == "required" for n in block.nodes)


def _extends(block: Block) -> list[Pair]:
    found: list[Pair] = []
    for node in block.nodes:
        if node.key == "extends":
            found += node.items if isinstance(node, ListNode) else (node,) if isinstance(node, Pair) else ()
    return found
