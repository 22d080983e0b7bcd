"""`@{name}`: replaced by the constant's value wherever a text stands, before any word has a meaning.

Constants may hold constants. One that is unknown, or that holds itself, is an error and stays as written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.syntax import Block, ListNode, Node, Pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.assembly.manifest import Constant
    from mainstem.semantics.model import Origin
    from mainstem.semantics.problems import Problems

_USE = re.compile(r"@\{\s*([^}\s]*)\s*\}")


class Constants:
    """The constants of one project."""

    def __init__(self, constants: Mapping[str, Constant], problems: Problems) -> None:
        self._constants = constants
        self._problems = problems
        self._values: dict[str, str] = {}
        for name in constants:
            self._values[name] = self._settled(name, ())

    def replace(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """The nodes with every constant replaced; nodes without any are the same objects."""
        return tuple(self._node(node) for node in nodes)

    def _node(self, node: Node) -> Node:
        if isinstance(node, Pair):
            return self._pair(node)
        if isinstance(node, ListNode):
            items = tuple(self._pair(item) for item in node.items)
            changed = any(new is not old for new, old in zip(items, node.items, strict=True))
            return ListNode(node.key, items, node.origin) if changed else node
        nodes = self.replace(node.nodes)
        name = self._text(node.name, node.origin) if "@{" in node.name else node.name
        if name is node.name and all(new is old for new, old in zip(nodes, node.nodes, strict=True)):
            return node
        return Block(node.key, name, nodes, node.origin)

    def _pair(self, pair: Pair) -> Pair:
        if "@{" not in pair.value and "@{" not in pair.key:
            return pair
        return Pair(self._text(pair.key, pair.origin), self._text(pair.value, pair.origin), pair.origin)

    def _text(self, text: str, origin: Origin) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in self._values:
                return self._values[name]
            hint = did_you_mean(name, self._values)
            has = ", ".join(sorted(self._values)) or "none"
            self._problems.error(origin, f"unknown constant @{{{name}}}{hint}; the manifest has {has}")
            return match[0]

        return _USE.sub(value, text)

    def _settled(self, name: str, path: tuple[str, ...]) -> str:
        constant = self._constants[name]
        if name in path:
            chain = " → ".join([*path[path.index(name) :], name])
            self._problems.error(constant.origin, f"{chain}: these constants hold each other")
            return ""

        def value(match: re.Match[str]) -> str:
            if match[1] in self._constants:
                return self._settled(match[1], (*path, name))
            hint = did_you_mean(match[1], self._constants)
            self._problems.error(
                constant.origin, f"constant {name} holds unknown constant @{{{match[1]}}}{hint}"
            )
            return match[0]

        return _USE.sub(value, constant.value)
