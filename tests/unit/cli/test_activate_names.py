"""What is wrong with a name is told where no database runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.cli.activate import command
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mainstem.toml").write_text(
        '[project]\nname = "p"\n[destinations.shop]\ntype = "webhook"\nbase_url = "http://127.0.0.1:1"\n'
        'header = ""\n'
    )
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["check", "shpo"], "there is no destination 'shpo'; there are shop"),
        (["plan", "usage"], "usage"),
    ],
    ids=["destination", "activation"],
)
def test_a_misspelt_name_is_told_before_a_database_is_asked_for(
    project: Path, asked: list[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        CliRunner().invoke(command, [*asked, "--project", str(project)], catch_exceptions=False)
