from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

from mainstem.supervise import LogFile
from mainstem.supervise.lines import made

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from mainstem.supervise import LogLine


def line(number: int) -> LogLine:
    return made("info", "test", "p", f"line {number:05}", {})


def messages(path: Path) -> list[str]:
    return [json.loads(text)["message"] for text in path.read_text().splitlines()]


def test_a_full_file_is_set_aside_and_only_so_many_are_kept(tmp_path: Path) -> None:
    size = len(line(0).encoded())
    log = LogFile(tmp_path / "p.log", file_bytes=3 * size, files=3)
    for number in range(10):
        log.write(line(number))
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.log", "p.log.1", "p.log.2"]
    assert messages(tmp_path / "p.log") == ["line 00009"]
    assert messages(tmp_path / "p.log.1") == [f"line {n:05}" for n in (6, 7, 8)]
    assert messages(tmp_path / "p.log.2") == [f"line {n:05}" for n in (3, 4, 5)]


def test_one_file_is_begun_anew_where_no_other_is_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "p.log", file_bytes=len(line(0).encoded()), files=1)
    for number in range(3):
        log.write(line(number))
    log.close()
    assert [path.name for path in tmp_path.iterdir()] == ["p.log"]
    assert messages(tmp_path / "p.log") == ["line 00002"]


def test_a_file_goes_on_where_an_earlier_run_left_it(tmp_path: Path) -> None:
    for number in range(2):
        log = LogFile(tmp_path / "p.log", 10_000, 2)
        log.write(line(number))
        log.close()
    assert messages(tmp_path / "p.log") == ["line 00000", "line 00001"]


def test_only_its_own_user_may_read_it(tmp_path: Path) -> None:
    LogFile(tmp_path / "p.log", 10_000, 2).close()
    assert (tmp_path / "p.log").stat().st_mode & 0o777 == 0o600


def test_lines_that_a_full_disk_refused_are_told_of_once_it_takes_lines_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = LogFile(tmp_path / "p.log", 10_000, 2)

    def full(_fd: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        log.write(line(0))
        log.write(line(1))
    log.write(line(2))
    log.close()
    assert messages(tmp_path / "p.log") == [
        "2 lines of this log could not be kept: No space left on device",
        "line 00002",
    ]


def test_a_line_the_disk_took_half_of_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LogFile(tmp_path / "p.log", 10_000, 2)
    log.write(line(0))
    write = os.write

    def half(fd: int, data: bytes) -> int:
        return write(fd, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        log.write(line(1))
    log.write(line(2))
    log.close()
    assert [text for text in messages(tmp_path / "p.log") if text.startswith("line")] == [
        "line 00000",
        "line 00002",
    ]
