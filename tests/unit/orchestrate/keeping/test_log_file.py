from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from mainstem.orchestrate.keeping.log_file import Log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Program:
    """Writes into a log's pipe."""

    def __init__(self, log: Path, secrets: list[str], most: int | None = None) -> None:
        reading, self._writing = os.pipe()
        self._reading = reading
        self.file = log
        self.log = Log(reading, str(log), secrets, most)

    def says(self, text: bytes) -> bool:
        os.write(self._writing, text)
        return self.log.take()

    def ends(self) -> str:
        os.close(self._writing)
        self._writing = -1
        self.log.finish()
        return self.file.read_text()

    def close(self) -> None:
        os.close(self._reading)
        if self._writing >= 0:
            os.close(self._writing)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "attempt=1.log", ["hunter2hunter2", "hunter2"])
    yield made
    made.close()


def test_a_line_is_in_the_log_as_soon_as_it_has_ended(program: Program) -> None:
    program.says(b"one\ntw")
    assert program.file.read_text() == "one\n"
    program.says(b"o\n")
    assert program.file.read_text() == "one\ntwo\n"
    assert program.ends() == "one\ntwo\n"


def test_a_secret_that_comes_in_two_pieces_is_struck(program: Program) -> None:
    program.says(b"password: hun")
    assert program.file.read_text() == ""
    program.says(b"ter2 and more")
    assert program.ends() == "password: *** and more"


def test_a_secret_at_the_edge_of_a_line_that_is_too_long_is_struck(program: Program) -> None:
    for _ in range(2):  # a pipe holds no more at once
        program.says(b"x" * 40_000)
    written = len(program.file.read_text())
    assert 60_000 < written < 80_000, "a line without end is written before it ends"
    program.says(b"hunter2")
    program.says(b"x" * 60_000)
    assert program.ends() == "x" * 80_000 + "***" + "x" * 60_000


def test_a_log_ends_where_it_may_and_counts_what_came_after(tmp_path: Path) -> None:
    program = Program(tmp_path / "attempt=1.log", [], most=10)
    for _ in range(3):
        assert program.says(b"12345678\n"), "the program is read on, and never waits"
    text = program.ends()
    program.close()
    assert text.startswith("12345678\n12345678\n\n[mainstem] the log ends here")
    assert text.endswith("[mainstem] 9 bytes of output more were not kept\n")


def test_what_a_full_disk_refuses_is_counted_and_told(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, is_full = os.write, True

    def on_the_disk(descriptor: int, text: bytes) -> int:
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, text)

    write(program._writing, b"lost\n")
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", on_the_disk)
        program.log.take()
    assert program.file.read_text() == ""
    program.says(b"kept\n")
    assert program.ends() == "[mainstem] 5 bytes of output could not be kept\nkept\n"
