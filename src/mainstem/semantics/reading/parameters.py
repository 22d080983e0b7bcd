"""One block's parameters, taken by name and type, with every misuse reported where it stands.

The constructor judges the names; each method then takes one parameter. A parameter of the wrong shape is
reported and read as if it were not there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.references import Malformed, parts, unsupported
from mainstem.semantics.syntax import Block, ListNode, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.model import Origin
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.reading.vocabulary import Vocabulary
    from mainstem.semantics.syntax import Node

E = TypeVar("E", bound=StrEnum)


class Parameters:
    """The inside of one block. `sound` is False once something was reported that it cannot stand without."""

    def __init__(self, block: Block, vocabulary: Vocabulary, problems: Problems) -> None:
        self.block = block
        self.problems = problems
        self.sound = True
        self._vocabulary = vocabulary
        self._nodes: dict[str, Node] = {}
        for node in block.nodes:
            self._judge(node)
            self._nodes.setdefault(node.key, node)

    def origin(self, key: str) -> Origin:
        node = self._nodes.get(key)
        return node.origin if node else self.block.origin

    def has(self, key: str) -> bool:
        return key in self._nodes

    def reject(self, key: str, message: str) -> None:
        """An error at that parameter, after which the construct cannot be kept."""
        self.problems.error(self.origin(key), message)
        self.sound = False

    def text(self, key: str) -> str | None:
        node = self._nodes.get(key)
        if node is None or isinstance(node, Pair):
            return node.value if node else None
        self.problems.error(node.origin, f"{key} takes one value, as in `{key}: value`")
        return None

    def yesno(self, key: str, default: bool = False) -> bool:
        value = self.text(key)
        if value in ("yes", "no"):
            return value == "yes"
        if value is not None:
            self.problems.error(self.origin(key), f"{key} is {value!r}; valid are yes and no")
        return default

    def choice(self, key: str, kind: type[E], default: E, *, later: frozenset[str] = frozenset()) -> E | None:
        """One of an enumeration. None when it is something else: `later` holds what is valid LookML, but
        not supported yet; the rest is an error."""
        value = self.text(key)
        if value is None:
            return default
        if value in later:
            self.omit(key, f"{key}: {value} is not supported yet")
            return None
        if value in list(kind):
            return kind(value)
        names = [str(member) for member in kind if member not in later]
        hint = did_you_mean(value, [*names, *later])
        self.reject(key, f"unknown {key} {value!r}{hint}; valid are {', '.join(names)}")
        return None

    def omit(self, key: str, reason: str) -> None:
        """A warning that the construct is left out, and why."""
        self.problems.warning(self.origin(key), f"{self._title} is left out: {reason}")
        self.sound = False

    def sql(self, key: str) -> str | None:
        """SQL, stripped, its references well formed."""
        text = self.text(key)
        if text is None:
            return None
        reason = unsupported(text)
        if reason:
            self.omit(key, reason)
        for part in parts(text):
            if isinstance(part, Malformed):
                self.reject(key, f"${{{part.text}}} is no reference; write ${{field}} or ${{view.field}}")
        if not text.strip():
            self.reject(key, f"{key} is empty")
        return text.strip()

    def names(self, key: str) -> tuple[str, ...]:
        node = self._nodes.get(key)
        if node is None:
            return ()
        if isinstance(node, ListNode):
            return tuple(item.value for item in node.items)
        self.problems.error(node.origin, f"{key} takes a list, as in `{key}: [a, b]`")
        return ()

    def all(self, key: str) -> Iterator[Node]:
        return (node for node in self.block.nodes if node.key == key)

    def blocks(self, key: str) -> Iterator[Block]:
        """The blocks of that kind, each with a name."""
        for node in self.all(key):
            if not isinstance(node, Block) or not node.name:
                self.problems.error(node.origin, f"{key} needs a name and braces: `{key}: name {{ … }}`")
            else:
                yield node

    @property
    def _title(self) -> str:
        return f"{self.block.key} {self.block.name}"

    def _judge(self, node: Node) -> None:
        known = self._vocabulary
        if node.key in known.read:
            return
        if node.key in known.without_effect:
            self.problems.warning(node.origin, f"{node.key} of {self._title} has no effect yet")
        elif node.key in known.unsupported:
            self.problems.warning(node.origin, f"{self._title} is left out: {node.key} is not supported yet")
            self.sound = False
        else:
            hint = did_you_mean(node.key, known.all)
            self.problems.error(node.origin, f"unknown parameter {node.key} in {self._title}{hint}")
