"""YAML → one node for each dashboard, extensions settled.

The YAML is walked as nodes, not loaded as values: a filter written `yes` or `2024-01-01` must stay the text
it is, and only nodes know their files and lines.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import yaml

from mainstem.semantics.model import Origin
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.dashboards.yaml_mapping import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.semantics.problems import Problems

_NAMED_LISTS = ("elements", "filters")
_INDENT = re.compile(r"^[ \t]*\t[ \t]*", re.MULTILINE)
_NOT_INHERITED = frozenset({"extends", "extension"})


class _Text(io.StringIO):
    """YAML takes the name of what it reads from the stream."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def dashboard_nodes(files: Mapping[str, str], problems: Problems) -> dict[str, yaml.MappingNode]:
    """Name → node of every dashboard that is not a mere base of others, in the order of the files."""
    written: dict[str, yaml.MappingNode] = {}
    for file, text in files.items():
        for node in _listed(file, text, problems):
            name = _value(node, "dashboard")
            if name is None:
                problems.error(origin_of(node), "a dashboard begins with its name: `- dashboard: name`")
            elif name in written:
                first = origin_of(written[name])
                problems.error(origin_of(node), f"dashboard {name} is defined twice; first in {first}")
            else:
                written[name] = node
    return {
        name: _extended(name, written, (), problems)
        for name, node in written.items()
        if _value(node, "extension") != "required"
    }


def _listed(file: str, text: str, problems: Problems) -> Iterator[yaml.MappingNode]:
    # Looker takes tabs for indentation; YAML does not.
    stream = _Text(_INDENT.sub(lambda match: match[0].expandtabs(2), text), file)
    try:
        root = yaml.compose(stream, Loader=_LOADER)
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 1
        problems.error(Origin(file, line), f"not YAML: {e.problem}")
        return
    except yaml.YAMLError as e:
        problems.error(Origin(file, 1), f"not YAML: {' '.join(str(e).split())}")
        return
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        problems.error(Origin(file, 1), "a dashboard file holds a list: `- dashboard: name`")
        return
    for node in root.value:
        if isinstance(node, yaml.MappingNode):
            yield node
        else:
            problems.error(origin_of(node), "a dashboard is a mapping: `name: value` lines")


# The parser in C is ten times as fast; a build of PyYAML without it reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _extended(
    name: str, written: Mapping[str, yaml.MappingNode], within: tuple[str, ...], problems: Problems
) -> yaml.MappingNode:
    """The dashboard with everything of those it extends, later ones over earlier ones, its own over all."""
    node = written[name]
    bases = _names(node, "extends")
    result: yaml.MappingNode | None = None
    for base in bases:
        where = origin_of(node)
        if base not in written:
            hint = did_you_mean(base, written)
            problems.error(where, f"dashboard {name} extends unknown dashboard {base}{hint}")
        elif base in (*within, name):
            problems.error(where, f"dashboards extend each other: {' → '.join((*within, name, base))}")
        else:
            found = _extended(base, written, (*within, name), problems)
            result = found if result is None else _merged(result, found)
    return node if result is None else _merged(result, node)


def _merged(base: yaml.MappingNode, own: yaml.MappingNode) -> yaml.MappingNode:
    entries: dict[str, tuple[Any, Any]] = {
        str(key.value): (key, value) for key, value in base.value if str(key.value) not in _NOT_INHERITED
    }
    for key, value in own.value:
        name = str(key.value)
        if name in _NAMED_LISTS and name in entries:
            value = _merged_list(entries[name][1], value)
        entries[name] = (key, value)
    return yaml.MappingNode(own.tag, list(entries.values()), own.start_mark, own.end_mark)


def _merged_list(base: Any, own: Any) -> Any:
    """Parts of one name become one: what is written again changes, the rest stays."""
    if not isinstance(base, yaml.SequenceNode) or not isinstance(own, yaml.SequenceNode):
        return own
    parts: dict[str, Any] = {_part_name(node) or str(n): node for n, node in enumerate(base.value)}
    for n, node in enumerate(own.value):
        name = _part_name(node) or f"own {n}"
        both = name in parts and isinstance(parts[name], yaml.MappingNode)
        parts[name] = _merged(parts[name], node) if both else node
    return yaml.SequenceNode(own.tag, list(parts.values()), own.start_mark, own.end_mark)


def _part_name(node: Any) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return _value(node, "name") or _value(node, "title")


def _value(node: yaml.MappingNode, key: str) -> str | None:
    for own, value in node.value:
        if own.value == key and isinstance(value, yaml.ScalarNode):
            return str(value.value)
    return None


def _names(node: yaml.MappingNode, key: str) -> tuple[str, ...]:
    for own, value in node.value:
        if own.value == key and isinstance(value, yaml.ScalarNode):
            return (str(value.value),)
        if own.value == key and isinstance(value, yaml.SequenceNode):
            return tuple(str(one.value) for one in value.value if isinstance(one, yaml.ScalarNode))
    return ()
