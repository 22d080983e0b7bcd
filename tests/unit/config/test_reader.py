from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
import pytest

from mainstem.config import Secret, read_config
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


class Settings(msgspec.Struct, frozen=True):
    port: int = 8080
    host: str = "127.0.0.1"
    token: Secret | None = None


class Consent(msgspec.Struct, frozen=True):
    gpc: Literal["drop", "ignore"] = "ignore"


class Choices(msgspec.Struct, frozen=True):
    over: Literal["wait", "drop"] | None = None
    consent: Consent | None = None
    find: tuple[Literal["email", "phone"], ...] | dict[Literal["email", "phone"], Literal["mask"]] = ()


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    size: int = 1


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "mainstem.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_an_absent_section_gives_the_defaults(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, ""), {}).section("collect", Settings) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, "[collect]\nport = 1\n"), {"MAINSTEM_COLLECT_PORT": "2"})
    assert config.section("collect", Settings).port == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[other]\nx = 1\n[collect]\nport = "many"\n', r"mainstem\.toml:4: collect\.port: .*int"),
        ("[collect]\nhost = 'a'\nprot = 1\n", r"mainstem\.toml:3: .*'prot'.*valid: host, port, token"),
        ("collect = 3\n", r"mainstem\.toml:1: .*not a table"),
    ],
)
def test_a_wrong_setting_names_its_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    config = read_config(written(tmp_path, text), {})
    with pytest.raises(ConfigError, match=message):
        config.section("collect", Settings)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('over = "x"', "over: .*'x' .valid: drop, wait"),
        ('consent = {gpc = "x"}', "consent: .*valid: drop, ignore"),
        ('find = ["x"]', "find: .*valid: email, phone"),
        ('find = {email = "x"}', "find: .*valid: mask"),
        ('find = {x = "mask"}', "find: .*valid: email, phone"),
    ],
)
def test_for_a_word_that_is_none_of_a_settings_the_valid_ones_are_told(
    tmp_path: Path, line: str, told: str
) -> None:
    config = read_config(written(tmp_path, f"[choices]\n{line}\n"), {})
    with pytest.raises(ConfigError, match=told):
        config.section("choices", Choices)


def test_a_wrong_environment_variable_is_named(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, ""), {"MAINSTEM_COLLECT_PORT": "many"})
    with pytest.raises(ConfigError, match="MAINSTEM_COLLECT_PORT"):
        config.section("collect", Settings)


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mainstem\.toml:2: not valid TOML"):
        read_config(written(tmp_path, "[a]\nb = = 1\n"), {})


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_config(tmp_path, {})


def test_a_section_nobody_reads_is_an_error(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, "[colect]\nport = 1\n"), {})
    with pytest.raises(ConfigError, match=r"mainstem\.toml:1: .*'colect'.*valid: collect"):
        config.unknown_sections({"collect"})


def test_a_wrong_table_of_several_is_the_one_named(tmp_path: Path) -> None:
    text = "[[items]]\nid = 'a'\n\n[[items]]\nid = 2\n"
    with pytest.raises(ConfigError, match=r"mainstem\.toml:5: \[\[items\]\] id: .*str"):
        read_config(written(tmp_path, text), {}).tables("items", Item)


def test_tables_come_in_the_order_written(tmp_path: Path) -> None:
    text = "[[items]]\nid = 'b'\n[[items]]\nid = 'a'\nsize = 3\n"
    assert read_config(written(tmp_path, text), {}).tables("items", Item) == (Item("b"), Item("a", 3))


def test_a_secret_is_read_by_reference_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_TOKEN", "hunter2")
    settings = read_config(written(tmp_path, '[collect]\ntoken = "env:THE_TOKEN"\n'), {}).section(
        "collect", Settings
    )
    assert settings.token is not None
    assert settings.token.reveal() == "hunter2"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings.token)


def test_a_secrets_file_is_relative_to_the_project_folder(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter2\n")
    config = read_config(written(tmp_path, '[collect]\ntoken = "file:token"\n'), {})
    token = config.section("collect", Settings).token
    assert token is not None
    assert token.reveal() == "hunter2"


def test_a_secret_that_is_not_there_names_its_reference_and_line(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, '[collect]\ntoken = "env:NOT_SET_ANYWHERE"\n'), {})
    with pytest.raises(ConfigError, match=r"mainstem\.toml:2: .*NOT_SET_ANYWHERE is not set"):
        config.section("collect", Settings)


def test_paths_are_relative_to_the_project_folder(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, ""), {})
    assert config.path("data") == (tmp_path / "data").resolve()
