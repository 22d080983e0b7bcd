"""Rules as people write them, in YAML: read and checked, each mistake told with its line.

```yaml
rules:
  - name: totals are numbers
    match: {source: website, event: Order Completed, where: [{path: properties.total, is: string}]}
    actions: [{cast: {path: properties.total, to: number}}]
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import yaml

from mainstem.errors import ConfigError, Place
from mainstem.events import EVENT_TYPES
from mainstem.replay.actions import Cast, Default, Delete, Kind, Move, Rename, SetType, SetValue
from mainstem.replay.paths import EACH, Path, parse_path
from mainstem.replay.rules import JSON_TYPES, Condition, Match, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path as FilePath

    from mainstem.replay.actions import Action

ValueT = TypeVar("ValueT")

_TAG = "tag:yaml.org,2002:"
_KINDS: tuple[Kind, ...] = get_args(Kind)


def read_rules(files: Sequence[FilePath]) -> tuple[Rule, ...]:
    """The rules of all files, in their order. Raises ConfigError for the first mistake, with its line."""
    rules: list[Rule] = []
    places: dict[str, Place] = {}
    for file in files:
        for rule, place in _Reader(file).rules():
            if rule.name in places:
                raise ConfigError(place, f"there is a rule {rule.name!r} already, at {places[rule.name]}")
            places[rule.name] = place
            rules.append(rule)
    return tuple(rules)


class _Reader:
    """Reads one file."""

    def __init__(self, file: FilePath) -> None:
        self._file = file

    def rules(self) -> list[tuple[Rule, Place]]:
        root = self._root()
        if root is None:
            return []
        listed = self._mapping(root, "a file of rules", ("rules",)).get("rules")
        if listed is None:
            raise ConfigError(self._place(root), "a file of rules has a list `rules:`")
        return [(self._rule(node), self._place(node)) for node in self._list(listed, "rules")]

    def _root(self) -> yaml.Node | None:
        try:
            text = self._file.read_text(encoding="utf-8")
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except OSError as e:
            raise ConfigError(Place(self._file), f"cannot be read: {e.strerror}") from e
        except UnicodeDecodeError as e:
            raise ConfigError(Place(self._file), f"not UTF-8 text: {e.reason} at byte {e.start}") from e
        except yaml.MarkedYAMLError as e:
            line = e.problem_mark.line + 1 if e.problem_mark else None
            raise ConfigError(Place(self._file, line), f"not valid YAML: {e.problem}") from e
        except (yaml.YAMLError, RecursionError) as e:
            raise ConfigError(Place(self._file), f"not valid YAML: {e}") from e

    def _rule(self, node: yaml.Node) -> Rule:
        fields = self._mapping(node, "a rule", ("name", "match", "actions"))
        for needed in ("name", "match", "actions"):
            if needed not in fields:
                raise ConfigError(self._place(node), f"this rule has no {needed!r}")
        match, actions = self._match(fields["match"]), self._list(fields["actions"], "actions")
        if not actions:
            raise ConfigError(self._place(fields["actions"]), "a rule without actions mends nothing")
        return Rule(
            self._text(fields["name"], "name"),
            match,
            tuple(self._action(action) for action in actions),
        )

    def _match(self, node: yaml.Node) -> Match:
        fields = self._mapping(node, "match", ("source", "reason", "event", "type", "where"))
        if not fields:
            raise ConfigError(self._place(node), "match names nothing: it would take every event")
        conditions = self._list(fields["where"], "where") if "where" in fields else []
        return Match(
            sources=self._texts(fields.get("source"), "source"),
            reasons=self._texts(fields.get("reason"), "reason"),
            events=self._texts(fields.get("event"), "event"),
            types=self._texts(fields.get("type"), "type"),
            where=tuple(self._condition(condition) for condition in conditions),
        )

    def _condition(self, node: yaml.Node) -> Condition:
        fields = self._mapping(node, "a condition", ("path", "exists", "equals", "matches", "is"))
        tests = [name for name in fields if name != "path"]
        if "path" not in fields or len(tests) != 1:
            raise ConfigError(
                self._place(node), "a condition is a path and one test", "exists, equals, matches or is"
            )
        [test] = tests
        path, value = self._path(fields["path"]), self._json(fields[test])
        place = self._place(fields[test])
        match test:
            case "exists" if isinstance(value, bool):
                return Condition(path, "exists", value)
            case "exists":
                raise ConfigError(place, f"exists is {value!r}", "true, false")
            case "matches":
                return Condition(path, "matches", self._expression(fields[test]))
            case "is" if value is None or value in JSON_TYPES:
                return Condition(path, "is", value or "null")
            case "is":
                raise ConfigError(place, f"there is no JSON type {value!r}", ", ".join(JSON_TYPES))
            case _:
                return Condition(path, "equals", value)

    def _expression(self, node: yaml.Node) -> str:
        text = self._text(node, "matches")
        try:
            re.compile(text)
        except re.error as e:
            raise ConfigError(self._place(node), f"{text!r} is no regular expression: {e}") from e
        return text

    def _action(self, node: yaml.Node) -> Action:
        makers: Mapping[str, Callable[[yaml.Node], Action]] = {
            "set": lambda value: SetValue(**self._path_and_value(value, "set")),
            "default": lambda value: Default(**self._path_and_value(value, "default", each=False)),
            "delete": lambda value: Delete(self._path(value)),
            "rename": self._rename,
            "move": self._move,
            "cast": self._cast,
            "type": lambda value: SetType(self._choice(value, "type", EVENT_TYPES)),
        }
        fields = self._mapping(node, "an action", tuple(makers))
        if len(fields) != 1:
            raise ConfigError(
                self._place(node), "an action is one of these with its value", ", ".join(makers)
            )
        [(name, value)] = fields.items()
        return makers[name](value)

    def _path_and_value(self, node: yaml.Node, what: str, each: bool = True) -> dict[str, Any]:
        fields = self._needed(node, what, ("path", "value"))
        return {"path": self._path(fields["path"], each=each), "value": self._json(fields["value"])}

    def _rename(self, node: yaml.Node) -> Action:
        fields = self._needed(node, "rename", ("path", "to"))
        return Rename(self._path(fields["path"]), self._text(fields["to"], "to"))

    def _move(self, node: yaml.Node) -> Action:
        fields = self._needed(node, "move", ("path", "to"))
        return Move(self._path(fields["path"], each=False), self._path(fields["to"], each=False))

    def _cast(self, node: yaml.Node) -> Action:
        fields = self._needed(node, "cast", ("path", "to"))
        return Cast(self._path(fields["path"]), self._choice(fields["to"], "to", _KINDS))

    def _path(self, node: yaml.Node, each: bool = True) -> Path:
        if isinstance(node, yaml.SequenceNode):
            path: Path | None = tuple(self._text(part, "a part of a path") for part in node.value) or None
        else:
            path = parse_path(self._text(node, "a path"))
        if path is None:
            raise ConfigError(
                self._place(node), "this is no path", "keys with dots between: properties.products.0.price"
            )
        if not each and EACH in path:
            raise ConfigError(self._place(node), "this action takes one place, so its path has no *")
        return path

    def _needed(self, node: yaml.Node, what: str, names: tuple[str, ...]) -> dict[str, yaml.Node]:
        fields = self._mapping(node, what, names)
        for name in names:
            if name not in fields:
                raise ConfigError(self._place(node), f"{what} has no {name!r}", ", ".join(names))
        return fields

    def _mapping(self, node: yaml.Node, what: str, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(
                self._place(node), f"{what} is a mapping", ", ".join(f"{key}: …" for key in known)
            )
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key, "a key")
            if name not in known:
                raise ConfigError(self._place(key), f"{what} has no {name!r}", ", ".join(known))
            if name in fields:
                raise ConfigError(self._place(key), f"{what} has {name!r} twice")
            fields[name] = value
        return fields

    def _list(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise ConfigError(self._place(node), f"{what} is a list")
        return list(node.value)

    def _text(self, node: yaml.Node, what: str) -> str:
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value)
        raise ConfigError(self._place(node), f"{what} is a text")

    def _texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        if node is None:
            return ()
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not nodes:
            raise ConfigError(self._place(node), f"{what} names nothing")
        return tuple(self._text(one, what) for one in nodes)

    def _choice(self, node: yaml.Node, what: str, valid: tuple[ValueT, ...]) -> ValueT:
        text = self._text(node, what)
        for one in valid:
            if one == text:
                return one
        raise ConfigError(self._place(node), f"{what} is {text!r}", ", ".join(map(str, valid)))

    def _json(self, node: yaml.Node) -> Any:
        """The value as JSON has it: a date stays the text it is."""
        if isinstance(node, yaml.MappingNode):
            return {self._text(key, "a key"): self._json(value) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self._json(item) for item in node.value]
        if node.tag in (_TAG + "timestamp", _TAG + "str", _TAG + "binary"):
            return str(node.value)
        try:
            value = yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError) as e:
            raise ConfigError(self._place(node), f"{node.value!r} is no value: {e}") from e
        if isinstance(value, float) and value - value != 0:
            raise ConfigError(self._place(node), f"JSON has no number {node.value!r}")
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise ConfigError(self._place(node), f"{node.value!r} is too large for a whole number")
        return value

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._file, node.start_mark.line + 1)
