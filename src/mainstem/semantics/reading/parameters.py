"""One block's parameters, taken by name and type, with every misuse reported where it stands.

The constructor judges the names; each method then takes one parameter. A parameter of the wrong shape is
reported and read as if it were not there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.references import malformed
from mainstem.semantics.syntax import Block, ListNode, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.model import Origin
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.reading.vocabulary import Vocabulary
    from mainstem.semantics.syntax import Node

E = TypeVar("E", bound=StrEnum)
_YES_NO = {"yes": True, "no": False}
_NEARLY = {"true": True, "false": False, **_YES_NO}


class Parameters:
    """The inside of one block. `reason` says why it cannot be kept, once something was found it cannot stand
    without."""

    def __init__(self, block: Block, vocabulary: Vocabulary, problems: Problems) -> None:
        self.block = block
        self.problems = problems
        self.reason: str | None = None
        self._nodes: dict[str, Node] = {node.key: node for node in block.nodes}
        unread = self._nodes.keys() - vocabulary.read
        if unread:
            self._judge(unread, vocabulary)

    @property
    def keys(self) -> Iterator[str]:
        return iter(self._nodes)

    def origin(self, key: str) -> Origin:
        node = self._nodes.get(key)
        return node.origin if node else self.block.origin

    def has(self, key: str) -> bool:
        return key in self._nodes

    def reject(self, key: str, message: str) -> None:
        """An error at that parameter, after which the construct cannot be kept."""
        self.problems.error(self.origin(key), message)
        self.reason = self.reason or f"{message} ({self.origin(key)})"

    def warn(self, key: str, message: str) -> None:
        self.problems.warning(self.origin(key), message)

    def text(self, key: str) -> str | None:
        node = self._nodes.get(key)
        if node is None or isinstance(node, Pair):
            return node.value if node else None
        self.problems.error(node.origin, f"{key} takes one value, as in `{key}: value`")
        return None

    def yesno(self, key: str, default: bool = False) -> bool:
        value = self.text(key)
        if value is None:
            return default
        if value in _YES_NO:
            return _YES_NO[value]
        if value.lower() in _NEARLY:
            self.warn(key, f"{key} is {value!r}; LookML writes yes and no")
            return _NEARLY[value.lower()]
        self.problems.error(self.origin(key), f"{key} is {value!r}; valid are yes and no")
        return default

    def number(self, key: str) -> int | None:
        value = self.text(key)
        if value is None:
            return None
        try:
            return int(value.replace(",", "").replace("_", ""))
        except ValueError:
            self.problems.error(self.origin(key), f"{key} is {value!r}; valid is a whole number")
            return None

    def choice(self, key: str, kind: type[E], default: E) -> E | None:
        """One of an enumeration; None when it is something else, which is an error."""
        value = self.text(key)
        return default if value is None else self.member(key, value, kind)

    def member(self, key: str, value: str, kind: type[E]) -> E | None:
        """What a word of parameter `key` means; upper case is passed over with a warning."""
        members = kind._value2member_map_
        if value in members:
            return kind(value)
        if value.lower() in members:
            self.warn(key, f"{key} {value!r} is written {value.lower()}")
            return kind(value.lower())
        hint = did_you_mean(value, list(kind))
        self.reject(key, f"unknown {key} {value!r}{hint}; valid are {', '.join(kind)}")
        return None

    def sql(self, key: str) -> str | None:
        """SQL, stripped, its references well formed. None where nothing is written, or only a space."""
        text = self.text(key)
        if text is None:
            return None
        if "${" in text:
            for inside in malformed(text):
                self.reject(key, f"${{{inside}}} is no reference; write ${{field}} or ${{view.field}}")
        return text.strip() or None

    def names(self, key: str) -> tuple[str, ...]:
        """A list; one name alone is a list of one."""
        node = self._nodes.get(key)
        if node is None:
            return ()
        if isinstance(node, ListNode):
            return tuple(f"{item.key}:{item.value}" if item.key else item.value for item in node.items)
        if isinstance(node, Pair):
            return tuple(name.strip() for name in node.value.split(",") if name.strip())
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

    def unnamed(self, key: str) -> Iterator[Block]:
        """The blocks of that kind, whether named or not."""
        for node in self.all(key):
            if isinstance(node, Block):
                yield node
            else:
                self.problems.error(node.origin, f"{key} needs braces: `{key}: {{ … }}`")

    def _judge(self, unread: set[str], known: Vocabulary) -> None:
        for node in self.block.nodes:
            if node.key not in unread:
                continue
            if node.key in known.without_effect:
                self.problems.passed_over(f"{node.key} of {known.construct}", node.origin)
            else:
                hint = did_you_mean(node.key, known.all)
                title = f"{self.block.key} {self.block.name}".strip()
                self.problems.error(node.origin, f"unknown parameter {node.key} in {title}{hint}")
