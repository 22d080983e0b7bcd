from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import ConfigError
from mainstem.notify import open_target

if TYPE_CHECKING:
    from pathlib import Path

URL = "mmosts://chat.example.org/ju3onb9zqbd8xp7sdrhzmpfqby"


def test_an_address_is_in_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHAT", URL)
    (tmp_path / "chat").write_text(f"{URL}\n")
    assert open_target("team", "env:CHAT", "here", tmp_path).name == "team"
    assert open_target("team", "file:chat", "here", tmp_path).name == "team"


def test_an_address_that_is_written_out_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="here: the address of team is written out") as e:
        open_target("team", URL, "here", tmp_path)
    assert "ju3onb9" not in str(e.value)


def test_an_address_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="environment variable MAINSTEM_NO_CHAT is not set"):
        open_target("team", "env:MAINSTEM_NO_CHAT", "here", tmp_path)


def test_what_is_no_url_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHAT", "ju3onb9zqbd8xp7sdrhzmpfqby")
    with pytest.raises(ConfigError, match="what env:CHAT holds for team is no URL") as e:
        open_target("team", "env:CHAT", "here", tmp_path)
    assert "ju3onb9" not in str(e.value)
