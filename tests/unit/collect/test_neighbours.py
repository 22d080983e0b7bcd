from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.collect.metrics import sample
from mainstem.collect.neighbours import Neighbours

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SIX, SEVEN = sample("gateway_connections", 6), sample("gateway_connections", 7)
UP, DOWN = sample("mainstem_gateway_up", 1), sample("mainstem_gateway_up", 0)


def test_what_a_scrape_is_told_was_read_before_it_came(tmp_path: Path) -> None:
    one, other = Neighbours(tmp_path, "gateway-0"), Neighbours(tmp_path, "gateway-1")
    one.exchange([SIX])
    assert list(one.others()) == []
    other.exchange([SEVEN])
    assert list(other.others()) == [("gateway-0", [SIX, UP])]
    assert list(one.others()) == []
    one.exchange([SIX])
    for file in tmp_path.iterdir():
        file.unlink()
    assert list(one.others()) == [("gateway-1", [SEVEN, UP])]


def test_a_worker_that_is_gone_is_listed_as_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Neighbours(tmp_path, "gateway-0"), Neighbours(tmp_path, "gateway-1")
    other.exchange([SEVEN])
    one.exchange([SIX])
    monkeypatch.setattr("mainstem.collect.neighbours._FRESH_SECONDS", 0.0)
    assert list(one.others()) == [("gateway-1", [SEVEN, DOWN])]


def test_a_file_that_cannot_be_read_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "gateway-1.metrics").write_text("{")
    one = Neighbours(tmp_path, "gateway-0")
    one.exchange([SIX])
    assert list(one.others()) == []
