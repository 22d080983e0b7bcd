"""YAML with the line that each value stands on, so that a mistake is told where it was made.

A key that stands twice in one mapping is refused: YAML parsers keep the last of them and say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from mainstem.errors import ManifestProblem, Place
from mainstem.manifest.paths import Problem, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.manifest.paths import Path as FieldPath


@dataclass
class Written:
    """One YAML document and where everything in it stands."""

    file: Path
    value: Any = None
    problems: list[Problem] = field(default_factory=list)
    _lines: dict[FieldPath, int] = field(default_factory=dict)

    def place(self, path: FieldPath) -> Place:
        """Of `path`, or of the nearest thing around it that was written."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._lines:
                return Place(self.file, self._lines[path[:length]])
        return Place(self.file, 1)

    def note(self, path: FieldPath, line: int) -> None:
        self._lines[path] = line

    def told(self) -> Iterator[ManifestProblem]:
        """What is wrong with it, each with its place, once: a mistake in defaults would be one of all that
        take them."""
        told: set[tuple[Place, str]] = set()
        for problem in self.problems:
            place = self.place(problem.path)
            if (place, problem.problem) not in told:
                told.add((place, problem.problem))
                where = f"{place}: {spelled(problem.path)}" if problem.path else str(place)
                yield ManifestProblem(where, problem.problem, problem.valid)

    def stand_for(self, path: FieldPath, other: FieldPath) -> None:
        """What is at `path` was written at `other`."""
        for known, line in list(self._lines.items()):
            if known[: len(other)] == other:
                self._lines.setdefault((*path, *known[len(other) :]), line)


def read_yaml_file(file: Path) -> Written:
    """As `read_yaml`; a file that is no text has that among its problems."""
    try:
        return read_yaml(file, file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as e:
        return Written(file, problems=[Problem((), f"not UTF-8 text: {e.reason} at byte {e.start}")])


def read_yaml(file: Path, text: str) -> Written:
    """Of one document. What is wrong with its form is among `problems`, and its value then None."""
    written = Written(file)
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            written.value = _built(loader, node, (), written)
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        written.note((), mark.line + 1 if mark else 1)
        written.problems.append(Problem((), f"not YAML: {e.problem or e.context}"))
    except yaml.YAMLError as e:
        written.problems.append(Problem((), f"not YAML: {e}"))
    except ValueError as e:  # a date such as 2026-02-30
        written.problems.append(Problem((), f"not YAML: {e}"))
    finally:
        loader.dispose()
    return written


def _built(loader: yaml.SafeLoader, node: yaml.Node, path: FieldPath, written: Written) -> Any:
    if isinstance(node, yaml.SequenceNode):
        for number, one in enumerate(node.value):
            written.note((*path, number), one.start_mark.line + 1)
        return [_built(loader, one, (*path, number), written) for number, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, written)
    return loader.construct_object(node)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, path: FieldPath, written: Written) -> Any:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
            written.note((*path, key.value), key.start_mark.line + 1)
            written.problems.append(Problem((*path, key.value), "stands here twice"))
        seen.add(key.value)
    loader.flatten_mapping(node)
    made = {}
    for key, value in node.value:
        inside = (*path, key.value)
        written.note(inside, key.start_mark.line + 1)
        made[key.value] = _built(loader, value, inside, written)
    return made
