from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

from mainstem.query import Compiled, Request, compile_request
from mainstem.semantics import Project, load_project

NOW = datetime(2024, 5, 17, 18, 30, 2)  # noqa: DTZ001 -- naive UTC by contract
Compile: TypeAlias = Callable[..., Compiled]


@pytest.fixture(scope="session")
def shop() -> Project:
    return load_project(Path(__file__).parents[2] / "golden" / "query" / "lookml")


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Project]:
    """A project of one model file named `m`."""

    def written(text: str) -> Project:
        (tmp_path / "m.model.lkml").write_text(dedent(text))
        return load_project(tmp_path)

    return written


@pytest.fixture
def compiled(shop: Project) -> Compile:
    """Compile a request on the shop's orders."""

    def run(*fields: str, explore: str = "orders", dialect: str = "duckdb", **more: object) -> Compiled:
        request = Request(model="shop", explore=explore, fields=fields, **more)  # type: ignore[arg-type] # as a test writes them
        return compile_request(shop, request, dialect, NOW)

    return run
