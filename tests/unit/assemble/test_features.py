from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.assemble.features import source_compiler
from mainstem.assemble.project import open_project
from mainstem.tracking import read

if TYPE_CHECKING:
    import pytest

    from mainstem.tracking import Plan

PROJECT = """
[privacy]
key = "a key that is long enough"
suppressed = "suppressed"
"""
SOURCE = """
[[sources]]
id = "{id}"
name = "{id}"
write_keys = ["{id}"]
tracking_plan = "shop"
privacy = "product"
"""


def test_one_reading_of_a_project_reads_each_file_once_and_the_next_reads_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mainstem.toml").write_text(PROJECT + SOURCE.format(id="a") + SOURCE.format(id="b"))
    (tmp_path / "suppressed").write_text("")
    (tmp_path / "tracking-plan").mkdir()
    (tmp_path / "tracking-plan/shop.yml").write_text("version: 1\nevents:\n  - name: Bought\n")
    seen: list[str] = []
    texts, plans = Path.read_text, read.read_plan

    def plan_of(file: Path) -> Plan:
        seen.append(file.name)
        return plans(file)

    def text_of(file: Path, encoding: str | None = None) -> str:
        if file.name == "suppressed":
            seen.append(file.name)
        return texts(file, encoding)

    monkeypatch.setattr(read, "read_plan", plan_of)
    monkeypatch.setattr(Path, "read_text", text_of)
    project = open_project(tmp_path)
    for _ in range(2):
        compiler = source_compiler(project)
        for source in project.sources():
            compiler(source)
        assert sorted(seen) == ["shop.yml", "suppressed"]
        seen.clear()
