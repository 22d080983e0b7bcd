from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import tools
from benchmarks.tools import ToolMissing, require

if TYPE_CHECKING:
    from pathlib import Path


def test_tools_that_are_missing_are_named_together_with_the_way_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "_SYSTEM_FOLDERS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"wrk and nginx not found; apt-get install wrk nginx-light$"):
        require("wrk", "nginx")


def test_a_tool_that_is_there_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "wrk"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert require("wrk") == {"wrk": program}
