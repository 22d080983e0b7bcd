from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from mainstem.assemble.init import init_project
from mainstem.assemble.privacy import read_privacy
from mainstem.assemble.project import open_project
from mainstem.assemble.settings import check_settings
from mainstem.cli.init import command
from mainstem.errors import UsageError
from mainstem.operate.doctor.dbt_project import check_dbt_project
from mainstem.semantics import load_project

if TYPE_CHECKING:
    from pathlib import Path


def test_what_it_writes_is_a_valid_project_with_all_that_the_settings_name(tmp_path: Path) -> None:
    written = init_project(tmp_path / "new", 'Größe "X" \\ & Co')
    project = open_project(tmp_path / "new")
    check_settings(project)
    assert project.settings.name == 'Größe "X" \\ & Co'
    assert [finding.result for finding in check_dbt_project(tmp_path / "new" / "dbt", is_named=True)] == [
        "ok"
    ]
    assert load_project(tmp_path / "new" / "lookml").dashboards
    assert written == sorted(path for path in (tmp_path / "new").rglob("*") if path.is_file())


def test_write_keys_are_new_each_time_and_safe_in_a_shell(tmp_path: Path) -> None:
    keys: list[str] = []
    for name in "ab":
        init_project(tmp_path / name, None)
        keys += [key for source in open_project(tmp_path / name).sources() for key in source.write_keys]
    assert len(set(keys)) == 4
    assert all(key.isalnum() and key.isascii() and len(key) >= 20 for key in keys)


def test_it_is_private_from_the_first_event_with_a_key_of_its_own(tmp_path: Path) -> None:
    keys: list[bytes] = []
    for name in "ab":
        init_project(tmp_path / name, None)
        assert {source.privacy for source in open_project(tmp_path / name).sources()} == {"product"}
        assert (tmp_path / name / "privacy.key").stat().st_mode & 0o777 == 0o600
        found = read_privacy(open_project(tmp_path / name)).keys
        assert found is not None
        keys += found.keys.values()
    assert len(set(keys)) == 2


def test_its_lookml_is_the_users_to_edit(tmp_path: Path) -> None:
    init_project(tmp_path, None)
    for file in (tmp_path / "lookml").iterdir():
        assert not file.is_symlink()
        assert file.stat().st_mode & 0o200


def test_its_readme_has_five_lines_and_shows_a_key_that_works(tmp_path: Path) -> None:
    init_project(tmp_path / "shop", None)
    lines = (tmp_path / "shop" / "README.md").read_text().splitlines()
    assert len(lines) == 5
    [website, _] = open_project(tmp_path / "shop").sources()
    assert website.write_keys[0] in lines[2]


def test_git_ignores_its_data_its_key_and_nothing_else_that_was_written(tmp_path: Path) -> None:
    written = init_project(tmp_path, None)
    (tmp_path / ".mainstem" / "log").mkdir(parents=True)
    (tmp_path / ".mainstem" / "log" / "x").touch()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    listed = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    written.remove(tmp_path / "privacy.key")
    assert sorted(listed) == sorted(str(path.relative_to(tmp_path)) for path in written)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example Chat", "example_chat"),
        ("42", "project_42"),
        ("company", "project_company"),
        ("é", "project"),
    ],
)
def test_the_dbt_project_gets_a_name_that_dbt_takes(tmp_path: Path, name: str, expected: str) -> None:
    init_project(tmp_path, name)
    assert yaml.safe_load((tmp_path / "dbt" / "dbt_project.yml").read_text())["name"] == expected


def test_a_folder_that_holds_anything_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UsageError, match="is not empty"):
        init_project(tmp_path, None)
    with pytest.raises(UsageError, match="is not empty"):
        init_project(tmp_path / "mine.txt", None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", ["", "  ", "a\nb"])
def test_a_name_that_cannot_be_shown_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="--name"):
        init_project(tmp_path / "new", name)
    assert not (tmp_path / "new").exists()


def test_the_command_says_what_it_wrote_and_what_is_next(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "shop")], catch_exceptions=False)
    assert f"wrote {tmp_path}/shop/mainstem.toml" in done.stdout
    assert "mainstem up" in done.stdout
    assert tomllib.loads((tmp_path / "shop" / "mainstem.toml").read_text())["project"]["name"] == "shop"
