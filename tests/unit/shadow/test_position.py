from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.cli.shadow import command
from mainstem.errors import EnvironmentFailure
from mainstem.shadow import PositionFile

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
[[sources]]
id = "web"
name = "Website"
write_keys = ["K"]
shadow_url = "http://127.0.0.1:9"
"""


def test_whoever_asks_knows_whether_a_process_forwards(tmp_path: Path) -> None:
    asked = PositionFile(tmp_path / "shadow")
    assert not asked.is_held
    with PositionFile(tmp_path / "shadow").alone():
        assert asked.is_held
        with pytest.raises(EnvironmentFailure, match="forwards already"), asked.alone():
            pass
    assert not asked.is_held


def test_status_warns_while_nothing_forwards(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text(PROJECT)
    (tmp_path / ".mainstem" / "log" / "shadow").mkdir(parents=True)
    silent = CliRunner().invoke(command, ["status", "--project", str(tmp_path)])
    assert "nothing forwards now" in silent.stderr
    assert "waiting    0" in silent.stdout
    with PositionFile(tmp_path / ".mainstem" / "shadow").alone():
        assert CliRunner().invoke(command, ["status", "--project", str(tmp_path)]).stderr == ""
