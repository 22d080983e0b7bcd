from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics import read_project

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text('include: "*.view"\nexplore: a {}')
    (tmp_path / "a.view.lkml").write_text("view: a {}")
    (tmp_path / "b.view.lkml").symlink_to(tmp_path / "nowhere")
    reading = read_project(tmp_path)
    assert [str(error) for error in reading.errors] == [
        "b.view.lkml:1: this file cannot be read: No such file or directory"
    ]
    assert list(reading.project.models["m"].explores) == ["a"]


def test_bytes_that_are_no_utf8_are_replaced_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_bytes(b'view: a {\n  label: "caf\xe9"\n}')
    reading = read_project(tmp_path)
    assert reading.project.models["m"].views["a"].label == "caf\ufffd"
    assert [str(warning) for warning in reading.warnings] == [
        "m.model.lkml:2: this is not UTF-8; characters that cannot be read are replaced"
    ]


def test_folders_that_are_hidden_or_not_lookml_are_passed_over(tmp_path: Path) -> None:
    for folder in (".git", "node_modules", "views"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.view.lkml").write_text("view: a {}")
    assert read_project(tmp_path).project.files == ("views/a.view.lkml",)
