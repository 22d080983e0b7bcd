"""The documents of a model in the order in which Looker reads them: an include where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.assembly.patterns import is_glob
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.syntax import ListNode, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.semantics.assembly.patterns import Files
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node


def statements(
    beginning: Sequence[str], documents: Mapping[str, tuple[Node, ...]], files: Files
) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """All top-level nodes but includes, each file's once, at its first include; and the files read."""
    reached: dict[str, None] = {}
    found: list[Node] = []
    waiting = [_once(file, documents, reached) for file in reversed(beginning)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        if node.key != "include":
            found.append(node)
            continue
        for pattern in reversed(_patterns(node)):
            others = files.included(pattern.value, pattern.origin.file)
            waiting += [_once(other, documents, reached) for other in reversed(others)]
    return tuple(found), tuple(reached)


def _once(file: str, documents: Mapping[str, tuple[Node, ...]], reached: dict[str, None]) -> Iterator[Node]:
    """The file's nodes, unless it was read by the time its turn comes."""
    if file not in reached and file in documents:
        reached[file] = None
        yield from documents[file]


def check_includes(nodes: tuple[Node, ...], files: Files, absent: frozenset[str], problems: Problems) -> None:
    """Includes that mean no file. `absent` are imported projects that are not here, each reported once."""
    for node in nodes:
        for pattern in _patterns(node) if node.key == "include" else ():
            _check(pattern, files, absent, problems)


def _check(pattern: Pair, files: Files, absent: frozenset[str], problems: Problems) -> None:
    project = files.project_of(pattern.value)
    if project is not None and project not in files.imported:
        if project not in absent:
            problems.warning(
                pattern.origin,
                f"include {pattern.value!r} is of project {project}, which is not here and which the "
                f"manifest does not name; put it under imported_projects/{project}",
            )
    elif files.included(pattern.value, pattern.origin.file):
        return
    elif is_glob(pattern.value):
        problems.warning(pattern.origin, f"include {pattern.value!r} matches no file")
    else:
        hint = did_you_mean(pattern.value.lstrip("/"), files.names)
        problems.error(pattern.origin, f"include {pattern.value!r} is no file of this project{hint}")


def _patterns(node: Node) -> tuple[Pair, ...]:
    if isinstance(node, Pair):
        return (node,)
    return node.items if isinstance(node, ListNode) else ()
