"""What keeps the compiler from growing into one generator."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mainstem.query

PACKAGE = Path(mainstem.query.__file__).parent
PASSES = ("resolve", "expand", "joins", "aggregate", "conditions", "render")


def imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("name", PASSES)
def test_no_pass_imports_another(name: str) -> None:
    others = {f"mainstem.query.{other}" for other in PASSES if other != name}
    assert not imported(PACKAGE / f"{name}.py") & others


def test_only_what_runs_queries_knows_a_warehouse() -> None:
    knowing = {
        p.stem for p in PACKAGE.rglob("*.py") if any(m.startswith("mainstem.warehouse") for m in imported(p))
    }
    assert knowing == {
        "answers", "comparing", "connections", "execute", "explaining", "frontier", "interruption", "listing",
        "stand_ins", "statement", "streaming", "walking", "warehouse_explorer",
    }  # fmt: skip


def test_no_module_outgrows_one_sitting() -> None:
    sizes = {path.name: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert max(sizes.values()) <= 400, sizes
