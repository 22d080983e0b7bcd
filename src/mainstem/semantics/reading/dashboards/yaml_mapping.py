"""One mapping of a YAML tree: its values as text, lists or plain data, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from mainstem.semantics.model import Origin
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

_NULL = "tag:yaml.org,2002:null"


class Mapping:
    """Nodes know the file they stand in: those of an extended dashboard may come from several."""

    def __init__(self, node: yaml.MappingNode, problems: Problems) -> None:
        self.problems = problems
        self.origin = origin_of(node)
        self._values: dict[str, Any] = {}
        self._origins: dict[str, Origin] = {}
        for key, value in node.value:
            self._add(str(key.value), value, origin_of(key))

    @classmethod
    def of(cls, node: Any, problems: Problems, what: str) -> Mapping | None:
        if isinstance(node, yaml.MappingNode):
            return cls(node, problems)
        problems.error(origin_of(node), f"{what} is a mapping: `name: value` lines")
        return None

    def inner(self, node: yaml.MappingNode) -> Mapping:
        return Mapping(node, self.problems)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._values)

    @property
    def ordered_keys(self) -> tuple[str, ...]:
        return tuple(self._values)

    def origin_of(self, key: str) -> Origin:
        return self._origins.get(key, self.origin)

    def text(self, key: str) -> str | None:
        """The characters as written, whatever YAML would make of them; None for null or nothing."""
        node = self._values.get(key)
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
            return None
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.problems.error(self.origin_of(key), f"{key} takes one value")
        return None

    def number(self, key: str) -> int | None:
        text = self.text(key)
        if text is None or not text.strip():
            return None
        try:
            if float(text) >= 0:
                return int(float(text))
        except (ValueError, OverflowError):
            pass
        self.problems.error(self.origin_of(key), f"{key} is {text!r}; valid is a whole number from 0")
        return None

    def pixels(self, key: str) -> float | None:
        """A number, written with or without `px`; None for anything else."""
        text = (self.text(key) or "").strip().removesuffix("px").strip()
        try:
            return float(text) if text else None
        except ValueError:
            self.problems.warning(self.origin_of(key), f"{key} is {text!r}, which is no number of pixels")
            return None

    def yesno(self, key: str, default: bool) -> bool:
        text = self.text(key)
        if text is None:
            return default
        if text.lower() in ("true", "yes", "false", "no"):
            return text.lower() in ("true", "yes")
        self.problems.error(self.origin_of(key), f"{key} is {text!r}; valid are true and false")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        node = self._values.get(key)
        if isinstance(node, yaml.ScalarNode) and node.tag != _NULL:
            return (str(node.value),)
        return tuple(str(item.value) for item in self.items(key) if self._is_scalar(item, key))

    def items(self, key: str) -> tuple[Any, ...]:
        node = self._values.get(key)
        if node is None or node.tag == _NULL:
            return ()
        if isinstance(node, yaml.SequenceNode):
            return tuple(node.value)
        self.problems.error(self.origin_of(key), f"{key} takes a list")
        return ()

    def mapping(self, key: str) -> Mapping | None:
        node = self._values.get(key)
        if node is None or node.tag == _NULL:
            return None
        return Mapping.of(node, self.problems, key)

    def text_by_key(self, key: str) -> dict[str, str]:
        """A mapping of texts; null is an empty text."""
        inner = self.mapping(key)
        return {name: inner.text(name) or "" for name in inner._values} if inner else {}

    def mappings(self, key: str) -> tuple[Mapping, ...]:
        """A list of mappings; other items are reported."""
        found = (Mapping.of(node, self.problems, f"an entry of {key}") for node in self.items(key))
        return tuple(one for one in found if one is not None)

    def is_mapping(self, key: str) -> bool:
        return isinstance(self._values.get(key), yaml.MappingNode)

    def is_list(self, key: str) -> bool:
        return isinstance(self._values.get(key), yaml.SequenceNode)

    def data(self, key: str) -> Any:
        """Plain data, as YAML means it; what has an unknown tag becomes None."""
        return _plain(self._values[key])

    def note_unknown(self, read: frozenset[str], tolerated: frozenset[str]) -> None:
        """A warning for each key that is neither read nor known to be without effect here."""
        for key in self._values:
            if key not in read | tolerated:
                hint = did_you_mean(key, read | tolerated)
                self.problems.warning(self.origin_of(key), f"unknown key {key} has no effect{hint}")

    def _add(self, key: str, value: Any, origin: Origin) -> None:
        if key in self._values:
            first = self._origins[key].line
            self.problems.warning(
                origin, f"{key} is given twice, and the later one holds; first in line {first}"
            )
        if not value.tag.startswith("tag:yaml.org,2002:"):
            self.problems.warning(origin, f"the YAML tag {value.tag} of {key} has no effect")
        self._values[key] = value
        self._origins[key] = origin

    def _is_scalar(self, node: Any, key: str) -> bool:
        if not isinstance(node, yaml.ScalarNode):
            self.problems.error(origin_of(node), f"{key} takes a list of names")
            return False
        return True


def origin_of(node: Any) -> Origin:
    return Origin(node.start_mark.name, node.start_mark.line + 1)


def _plain(node: Any) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if not node.tag.startswith("tag:yaml.org,2002:"):
        return None
    return _SCALARS.get(node.tag, str)(node.value)


def _integer(text: str) -> int | str:
    try:
        return int(text.replace("_", ""), 0)
    except ValueError:
        return text


_SCALARS: dict[str, Any] = {
    _NULL: lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() in ("true", "yes", "on"),
    "tag:yaml.org,2002:int": _integer,
    "tag:yaml.org,2002:float": lambda text: float(text.replace("_", "").lower().replace(".inf", "inf")),
}
"""Dates stay text: what is kept here must be JSON."""
