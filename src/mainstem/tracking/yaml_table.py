"""A mapping of a YAML file whose every value knows its line, and a list that takes what is wrong with it.

Nothing is raised while reading: a person who mends a plan wants all mistakes at once. A value that is not
valid reads as its default, which the list of problems then keeps from being used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from mainstem.errors import Place, PlanProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

T = TypeVar("T", bound=str)

_TAG = "tag:yaml.org,2002:"
_LONGEST_SHOWN = 60


class Problems:
    """What is wrong with one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.found: list[PlanProblem] = []

    def add(self, line: int | None, problem: str, valid: str = "") -> None:
        self.found.append(PlanProblem(Place(self._file, line), problem, valid))


def compose(text: str, problems: Problems) -> yaml.Node | None:
    """The file's tree; None, with a problem noted, where it is no YAML or holds nothing."""
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        problems.add(mark.line + 1 if mark else None, f"not valid YAML: {e.problem or e.context}")
        return None
    except yaml.YAMLError as e:
        problems.add(None, f"not valid YAML: {e}")
        return None
    except RecursionError:
        problems.add(None, "nested too deep to be read")
        return None
    if root is None:
        problems.add(1, "the file is empty", "a mapping with `version:` and `events:`")
    return root


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


class Table:
    """One mapping. Every reader notes a problem for a value of another kind and gives the default."""

    def __init__(self, node: yaml.Node, problems: Problems, what: str) -> None:
        self.what = what
        """How messages name it: `event 'Signed Up'`."""
        self.line = line_of(node)
        self.problems = problems
        self._values: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self.is_mapping = isinstance(node, yaml.MappingNode)
        if not isinstance(node, yaml.MappingNode):
            problems.add(self.line, f"{what} is {shown(node)}", "a mapping of `name: value` lines")
            return
        for key, value in node.value:
            self._add(key, value)

    def _add(self, key: yaml.Node, value: yaml.Node) -> None:
        if not isinstance(key, yaml.ScalarNode):
            self.problems.add(line_of(key), f"{self.what} has a key that is no text")
        elif key.value in self._values:
            first = self._lines[key.value]
            self.problems.add(line_of(key), f"{self.what} has {key.value!r} twice; first in line {first}")
        else:
            self._values[key.value] = value
            self._lines[key.value] = line_of(key)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[tuple[str, yaml.Node]]:
        return iter(self._values.items())

    def line_of(self, key: str) -> int:
        return self._lines.get(key, self.line)

    def wrong(self, key: str, problem: str, valid: str = "") -> None:
        self.problems.add(self.line_of(key), f"{self.what}: {problem}", valid)

    def only(self, known: Iterable[str]) -> None:
        """Notes every key that is not in `known`."""
        valid = sorted(known)
        for key in self._values:
            if key not in valid:
                self.wrong(key, f"there is no key {key!r}", ", ".join(valid))

    def text(self, key: str, default: str = "") -> str:
        """Any scalar as it is written, so that `since: 1.10` stays `1.10`."""
        node = self._node(key)
        if node is None:
            return default
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._not(key, "a text")
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._scalar(key, default)
        if isinstance(value, bool):
            return value
        self._not(key, "true or false")
        return default

    def count(self, key: str, default: int | None) -> int | None:
        value = self._scalar(key, default)
        if value is default:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        self._not(key, "a whole number from 1")
        return default

    def number(self, key: str, default: float) -> float | None:
        """None, without a problem noted, where it is no number: the caller knows the valid range."""
        value = self._scalar(key, default)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def choice(self, key: str, valid: Sequence[T], default: T) -> T:
        node = self._node(key)
        if node is None:
            return default
        for one in valid:
            if isinstance(node, yaml.ScalarNode) and node.value == one:
                return one
        self._not(key, ", ".join(valid))
        return default

    def items(self, key: str) -> list[yaml.Node]:
        """A list; one scalar alone is a list of one."""
        node = self._node(key)
        if node is None:
            return []
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if isinstance(node, yaml.ScalarNode):
            return [node]
        self._not(key, "a list")
        return []

    def table(self, key: str, what: str) -> Table | None:
        node = self._node(key)
        return None if node is None else Table(node, self.problems, what)

    def node(self, key: str) -> yaml.Node | None:
        return self._values.get(key)

    def _node(self, key: str) -> yaml.Node | None:
        """None for what is not there and for what is null."""
        node = self._values.get(key)
        return None if node is None or node.tag == _TAG + "null" else node

    def _scalar(self, key: str, default: Any) -> Any:
        node = self._node(key)
        return default if node is None else scalar(node)

    def _not(self, key: str, valid: str) -> None:
        self.wrong(key, f"{key} is {shown(self._values[key])}", valid)


def scalar(node: yaml.Node) -> Any:
    """The value YAML means, dates as the text they are; None for null and all that is no scalar."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == _TAG + "null":
        return None
    try:
        return _SCALARS.get(node.tag, str)(node.value)
    except ValueError:
        return str(node.value)


_SCALARS: dict[str, Any] = {
    _TAG + "bool": lambda text: text.lower() in ("true", "yes", "on"),
    _TAG + "int": lambda text: int(text.replace("_", ""), 0),
    _TAG + "float": lambda text: float(text.replace("_", "").lower().replace(".inf", "inf")),
}


def shown(node: yaml.Node) -> str:
    """What stands there, for a message."""
    if isinstance(node, yaml.ScalarNode):
        text = str(node.value)
        return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
