"""What a restore that was killed at its very beginning leaves is taken for its own, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.operate.backup.unfinished import Unfinished, UnfinishedMark

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("left", [[], ["data/"], ["data/restoring.unfinished"]])
def test_a_place_with_only_the_beginning_of_a_mark_is_still_empty(tmp_path: Path, left: list[str]) -> None:
    for name in left:
        (tmp_path / "data").mkdir()
        if not name.endswith("/"):
            (tmp_path / name).write_bytes(b'{"back')
    mark = UnfinishedMark(tmp_path / "data")
    assert mark.is_all(tmp_path)
    assert mark.is_all(tmp_path / "data")
    assert mark.read() is None


@pytest.mark.parametrize(
    "name", ["note.txt", "data/log", "other/restoring.unfinished", "data/restoring.json"]
)
def test_anything_else_is_somebodys(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert not UnfinishedMark(tmp_path / "data").is_all(tmp_path)


def test_a_place_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert UnfinishedMark(tmp_path / "data").is_all(tmp_path / "new")


def test_a_mark_is_read_as_it_was_written(tmp_path: Path) -> None:
    mark = UnfinishedMark(tmp_path / "p" / "data")
    mark.write(Unfinished("b1", has_found_nothing=True))
    assert mark.read() == Unfinished("b1", has_found_nothing=True)
    assert mark.is_all(tmp_path / "p") is False
    mark.remove()
    assert mark.read() is None
