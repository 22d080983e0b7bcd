from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.config import Secret
from mainstem.orchestrate.alerts import log_tail

if TYPE_CHECKING:
    from pathlib import Path


def test_the_last_lines_without_secrets_and_personal_data(tmp_path: Path) -> None:
    Secret("k3y-of-stripe")
    log = tmp_path / "attempt=1.log"
    log.write_text("first\nconnecting with k3y-of-stripe\nunknown: ada@example.org\nlast\n")
    assert log_tail(log, 3) == ["connecting with ***", "unknown: [email]", "last"]


def test_of_a_long_log_only_its_end_is_read_and_no_line_in_half(tmp_path: Path) -> None:
    Secret("s" * 3000)
    log = tmp_path / "attempt=1.log"
    log.write_text("x" * 100_000 + "\n" + "s" * 3000 + "\nlast\n")
    assert log_tail(log, 5) == ["last"]


def test_a_log_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    assert log_tail(tmp_path / "none.log", 3) == ["(its log cannot be read: No such file or directory)"]


def test_no_lines_wanted_is_none(tmp_path: Path) -> None:
    assert log_tail(tmp_path / "none.log", 0) == []
