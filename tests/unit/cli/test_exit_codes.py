"""What the shell sees: through a process of its own, because click's test runner sees something else."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def mainstem(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mainstem", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_lookml_with_errors_exits_1_and_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text("explore: nowhere {}\n", encoding="utf-8")
    done = mainstem("lookml", "validate", str(tmp_path))
    assert done.returncode == 1
    assert "m.model.lkml:1" in done.stdout + done.stderr


def test_right_lookml_exits_0(tmp_path: Path) -> None:
    view = "view: v { sql_table_name: t ;; dimension: a { sql: ${TABLE}.a ;; } }\nexplore: v {}\n"
    (tmp_path / "m.model.lkml").write_text(view, encoding="utf-8")
    assert mainstem("lookml", "validate", str(tmp_path)).returncode == 0


def test_a_folder_without_a_project_is_one_line_and_exits_2(tmp_path: Path) -> None:
    done = mainstem("sql", "SELECT 1", "--project", str(tmp_path))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "mainstem.toml" in done.stderr
