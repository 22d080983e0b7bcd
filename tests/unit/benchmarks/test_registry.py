from __future__ import annotations

import ast
from pathlib import Path

import pytest

import benchmarks
from benchmarks.registry import BENCHMARKS

FIGURES = Path(benchmarks.__file__).parent / "figures"


def test_every_module_of_figures_is_a_benchmark() -> None:
    modules = {f"benchmarks.figures.{path.stem}" for path in FIGURES.glob("[!_]*.py")}
    assert modules == set(BENCHMARKS.values())


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_says_what_its_limit_is_and_which_way_is_good(name: str) -> None:
    path = FIGURES / f"{BENCHMARKS[name].rpartition('.')[2]}.py"
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert "limit" in words
    assert "Lower is better" in " ".join(words.split()) or "Higher is better" in " ".join(words.split())
