"""What a pass is made of is nobody else's business."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mainstem.query

PACKAGE = Path(mainstem.query.__file__).parent
PARTS = {"resolving": "resolve", "expanding": "expand", "aggregation": "aggregate"}


@pytest.mark.parametrize("folder", PARTS)
def test_the_parts_of_a_pass_are_known_to_it_alone(folder: str) -> None:
    package = f"mainstem.query.{folder}"
    knowing = {
        path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for path in PACKAGE.rglob("*.py")
        if any(module.startswith(package) for module in _imported(path))
    }
    assert knowing <= {folder, PARTS[folder]}


def _imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
