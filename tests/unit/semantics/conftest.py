from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING, TypeAlias

import pytest

from mainstem.semantics import Reading, read_project

if TYPE_CHECKING:
    from pathlib import Path

Read: TypeAlias = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write files, named by keyword or mapping, and read them as a project."""

    def write_and_read(model: str = "", **files: str) -> Reading:
        named = {name.replace("__", "."): text for name, text in files.items()}
        for name, text in {"shop.model.lkml": model, **named}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(dedent(text))
        return read_project(tmp_path)

    return write_and_read
