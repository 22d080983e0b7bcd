from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics import read_project
from mainstem.semantics.syntax import Document, read_document
from mainstem.semantics.syntax.cache import NodeCache

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed, rather than taken from the cache."""
    files: list[str] = []

    def record(content: bytes, file: str) -> Document:
        files.append(file)
        return read_document(content, file)

    monkeypatch.setattr("mainstem.semantics.syntax.cache.read_document", record)
    return files


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "m.model.lkml").write_text('include: "a.view"\nexplore: a {}')
    (folder / "a.view.lkml").write_text(
        "view: a {\n  dimension: b { labell: x }\n  dimension: c { label: x label: y }\n}"
    )
    return folder


def test_only_files_that_changed_are_parsed(project: Path, tmp_path: Path, parsed: list[str]) -> None:
    path = tmp_path / "cache" / "nodes"
    first = read_project(project, path)
    assert parsed == ["a.view.lkml", "m.model.lkml"]
    assert read_project(project, path) == first
    assert parsed == ["a.view.lkml", "m.model.lkml"]
    (project / "m.model.lkml").write_text('include: "a.view"\nexplore: a { label: "A" }')
    assert read_project(project, path).project.models["m"].explores["a"].label == "A"
    assert parsed == ["a.view.lkml", "m.model.lkml", "m.model.lkml"]


def test_problems_of_a_cached_file_are_told_again(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "nodes"
    assert [read_project(project, path).errors for _ in range(2)] == [read_project(project).errors] * 2
    assert [len(read_project(project, path).warnings) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize("spoilt", [b"", b"\xc1nothing", b"\x92\xa3old\x80"], ids=["empty", "garbage", "old"])
def test_a_spoilt_cache_is_written_anew(
    project: Path, tmp_path: Path, spoilt: bytes, parsed: list[str]
) -> None:
    path = tmp_path / "nodes"
    path.write_bytes(spoilt)
    assert read_project(project, path) == read_project(project)
    parsed.clear()
    read_project(project, path)
    assert parsed == []


def test_a_cache_cut_off_is_as_good_as_none(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "nodes"
    whole = read_project(project, path)
    path.write_bytes(path.read_bytes()[:-7])
    assert read_project(project, path) == whole


def test_a_file_that_went_away_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "nodes"
    for files in (["a", "b"], ["a"]):
        cache = NodeCache(path)
        for file in files:
            cache.document(file, b"label: x")
        cache.save()
    kept = path.stat().st_size
    path.unlink()
    only = NodeCache(path)
    only.document("a", b"label: x")
    only.save()
    assert kept == path.stat().st_size
    assert [one.name for one in tmp_path.iterdir()] == ["nodes"]


def test_a_place_that_cannot_be_written_is_no_error(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert read_project(project, tmp_path / "file" / "nodes") == read_project(project)
