"""What a model's documents define: each view and explore with its refinements in order, and all the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.syntax import Block, Pair

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node


@dataclass
class Definition:
    base: Block
    refinements: list[Block] = field(default_factory=list)


@dataclass
class Definitions:
    views: dict[str, Definition] = field(default_factory=dict)
    explores: dict[str, Definition] = field(default_factory=dict)
    rest: list[Node] = field(default_factory=list)
    """Settings and whatever else stands at the top of a file."""


def define(nodes: tuple[Node, ...], problems: Problems) -> Definitions:
    """Refinements may stand before what they refine; only their order among themselves counts."""
    found = Definitions()
    kinds = {"view": found.views, "explore": found.explores}
    refinements: list[Block] = []
    for node in nodes:
        if node.key not in kinds:
            found.rest.append(node)
        elif not isinstance(node, Block) or not node.name:
            problems.error(node.origin, f"{node.key} needs a name and braces: `{node.key}: name {{ … }}`")
        elif node.name.startswith("+"):
            refinements.append(node)
        elif node.name in kinds[node.key]:
            first = kinds[node.key][node.name].base.origin
            problems.error(
                node.origin, f"{node.key} {node.name} is defined twice; first in {first}, which counts"
            )
        else:
            kinds[node.key][node.name] = Definition(node)
    for node in refinements:
        _refine(node, kinds[node.key], problems)
    return found


def _refine(node: Block, known: dict[str, Definition], problems: Problems) -> None:
    name = node.name[1:].strip()
    definition = known.get(name)
    if definition is None:
        hint = did_you_mean(name, known)
        problems.error(
            node.origin,
            f"{node.key} {node.name} refines unknown {node.key} {name}{hint}; is its file included?",
        )
        return
    closed = next((one for one in definition.refinements if _is_final(one)), None)
    if closed:
        problems.error(
            node.origin,
            f"{node.key} {node.name} comes after a refinement that is final: yes, {closed.origin}",
        )
    definition.refinements.append(node)


def _is_final(block: Block) -> bool:
    return any(isinstance(n, Pair) and n.key == "final" and n.value == "yes" for n in block.nodes)
