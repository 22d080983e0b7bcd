"""What each pass makes of a LookML project, whole. `MAINSTEM_UPDATE_GOLDEN=1` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.semantics import load_project, read_project
from mainstem.semantics.assembly import assemble, model_files
from mainstem.semantics.problems import Problems
from mainstem.semantics.sources import read_sources
from mainstem.semantics.syntax import Block, ListNode, parse
from mainstem.semantics.syntax.cache import NodeCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.semantics.syntax import Node

HERE = Path(__file__).parent
COMPANY = HERE / "lookml"
PROJECTS = {"shop": HERE.parent / "query" / "lookml", "company": COMPANY}
FILES = sorted(path.relative_to(COMPANY).as_posix() for path in COMPANY.rglob("*.lkml"))


@pytest.mark.parametrize("file", FILES)
def test_a_text_becomes_the_same_nodes(file: str) -> None:
    problems = Problems()
    nodes = parse((COMPANY / file).read_text(), file, problems)
    assert (problems.errors, problems.warnings) == ((), ())
    _same("syntax", file.replace("/", ".") + ".txt", _lines(nodes, with_file=False))


def test_a_model_is_assembled_from_the_same_blocks() -> None:
    problems = Problems()
    sources = read_sources(COMPANY, NodeCache(), problems)
    (model,) = assemble(sources.documents, model_files(sources.main), sources.files, sources.absent, problems)
    assert problems.errors == ()
    blocks = [*model.views.values(), *model.explores.values(), *model.rest]
    _same("assembly", "company.txt", _lines(blocks, with_file=True))


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_becomes_the_same_model(name: str) -> None:
    encoded = msgspec.json.encode(load_project(PROJECTS[name]), order="deterministic")
    _same("reading", f"{name}.json", msgspec.json.format(encoded, indent=1).decode() + "\n")


def test_the_company_is_right_but_for_what_is_warned_of() -> None:
    reading = read_project(COMPANY)
    assert reading.errors == ()
    assert [str(warning) for warning in reading.warnings] == []
    assert reading.without_effect == {"datagroup of file": 1}


def _same(folder: str, name: str, text: str) -> None:
    path = HERE / folder / name
    if os.environ.get("MAINSTEM_UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def _lines(nodes: Iterable[Node], *, with_file: bool) -> str:
    def written(node: Node, depth: int) -> Iterator[str]:
        place = str(node.origin) if with_file else f"{node.origin.line}"
        name = f"{node.key} {node.name}".strip() if isinstance(node, Block) else node.key
        inside = node.nodes if isinstance(node, Block) else node.items if isinstance(node, ListNode) else ()
        value = "" if isinstance(node, (Block, ListNode)) else f" = {node.value}"
        yield f"{'  ' * depth}{name}{value}    [{place}]"
        for child in inside:
            yield from written(child, depth + 1)

    return "\n".join(line for node in nodes for line in written(node, 0)) + "\n"
