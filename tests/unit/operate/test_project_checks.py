"""Checks of a project's files: settings, keys, folders, dbt, LookML."""

from __future__ import annotations

import os
import pwd
import shutil
from typing import TYPE_CHECKING

import pytest

from mainstem.company import LOOKML
from mainstem.errors import ConfigError
from mainstem.events import Source
from mainstem.operate.doctor.dbt_project import check_dbt_project
from mainstem.operate.doctor.folders import check_folders
from mainstem.operate.doctor.keys import check_secrets, check_write_keys
from mainstem.operate.doctor.lookml import check_lookml
from mainstem.operate.doctor.settings import check_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mainstem.operate.doctor import Finding


def results(findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    assert all(finding.mend for finding in found if finding.result in ("warn", "fail"))
    return [finding.result for finding in found]


def refused() -> Sequence[Source]:
    raise ConfigError("mainstem.toml:7", "source 'b' has a write key that source 'a' has already")


def test_valid_settings_pass_and_each_wrong_section_fails_with_its_place() -> None:
    def wrong() -> object:
        raise ConfigError("mainstem.toml:3", "[web] has no setting 'prot'", "host, port")

    assert results(check_settings({"web": dict, "log": dict})) == ["ok"]
    found = list(check_settings({"web": wrong, "log": dict}))
    assert [finding.found for finding in found] == ["[web] mainstem.toml:3: [web] has no setting 'prot'"]
    assert found[0].mend == "change it there to one of: host, port"


def test_write_keys_that_lead_to_one_source_each_pass() -> None:
    good = (Source("a", "A", ("k1", "k2")), Source("b", "B", ("k3",)))
    assert results(check_write_keys(lambda: good)) == ["ok"]
    assert results(check_write_keys(refused)) == ["fail"]
    assert results(check_write_keys(lambda: (Source("a", "A", ("k",), enabled=False),))) == ["warn"]
    assert results(check_write_keys(tuple)) == ["warn"]


def test_secrets_that_resolve_pass_and_no_value_is_ever_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, open_ = tmp_path / "private", tmp_path / "open"
    for path, mode in ((private, 0o600), (open_, 0o644)):
        path.write_text("hunter2")
        path.chmod(mode)
    monkeypatch.setenv("THERE", "hunter2")
    monkeypatch.setenv("BLANK", " ")
    assert results(check_secrets({"postgres.url": "env:THERE", "x.y": f"file:{private}"})) == ["ok"]
    found = list(
        check_secrets(
            {
                "a.gone": "env:NOT_THERE",
                "a.missing": f"file:{tmp_path}/none",
                "a.blank": "env:BLANK",
                "a.open": f"file:{open_}",
                "a.literal": "hunter2",
            }
        )
    )
    assert results(found) == ["fail", "fail", "fail", "warn", "warn"]
    assert "hunter2" not in str(found)
    assert results(check_secrets({})) == []


def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "log" / "events" / "gateway-0").mkdir(parents=True)
    (tmp_path / "postgres").mkdir(mode=0o700)
    return tmp_path


def test_folders_of_ours_pass_and_none_yet_is_no_failure(tmp_path: Path) -> None:
    assert results(check_folders(data_dir(tmp_path))) == ["ok"]
    assert results(check_folders(tmp_path / "none")) == ["skipped"]


def test_a_folder_that_another_user_owns_fails_with_how_to_take_it_back(tmp_path: Path) -> None:
    somebody = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid not in (0, os.geteuid()))
    [found] = [one for one in check_folders(data_dir(tmp_path), somebody) if one.result == "fail"]
    assert f"belongs to {pwd.getpwuid(os.geteuid()).pw_name}" in found.found
    assert (found.mend or "").startswith(f"chown -R {pwd.getpwuid(somebody).pw_name} {tmp_path}")


def test_a_folder_that_all_may_write_is_warned_of_and_an_open_postgres_fails(tmp_path: Path) -> None:
    folder = data_dir(tmp_path)
    (folder / "log").chmod(0o777)
    assert results(check_folders(folder)) == ["warn"]
    (folder / "log").chmod(0o755)
    (folder / "postgres").chmod(0o755)
    assert results(check_folders(folder)) == ["fail"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    folder = data_dir(tmp_path)
    (folder / "log").chmod(0o555)
    assert results(check_folders(folder)) == ["fail"]
    (folder / "log").chmod(0o755)


def test_a_dbt_project_passes(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: mine\n")
    (tmp_path / "packages.yml").write_text("packages: []\n")
    assert results(check_dbt_project(tmp_path, is_named=True)) == ["ok"]


def test_a_project_without_models_needs_no_dbt_project(tmp_path: Path) -> None:
    assert results(check_dbt_project(tmp_path, is_named=False)) == ["skipped"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no"),
        ({"dbt_project.yml": "name: [\n"}, "is not YAML"),
        ({"dbt_project.yml": "- name\n"}, "holds no mapping"),
        ({"dbt_project.yml": "name: my-name\n"}, "name is 'my-name'"),
        ({"dbt_project.yml": "name: mine\n", "packages.yml": "a: b: c\n"}, "packages.yml is not YAML"),
    ],
)
def test_what_is_no_dbt_project_fails_with_the_file(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = list(check_dbt_project(tmp_path, is_named=True))
    assert results(found) == ["fail"]
    assert said in found[0].found


def test_valid_lookml_passes_and_errors_are_listed_with_file_and_line(tmp_path: Path) -> None:
    assert results(check_lookml(LOOKML)) == ["ok"]
    folder = tmp_path / "lookml"
    assert results(check_lookml(folder)) == ["fail"]
    shutil.copytree(LOOKML, folder)
    view = folder / "site_visitors.view.lkml"
    view.write_text(view.read_text().replace("type: count_distinct", "type: count_distinkt"))
    [found] = [one for one in check_lookml(folder) if one.result == "fail"]
    assert f"{folder}/site_visitors.view.lkml:" in found.found


def test_lookml_that_no_model_includes_is_warned_of(tmp_path: Path) -> None:
    folder = tmp_path / "lookml"
    shutil.copytree(LOOKML, folder)
    (folder / "lonely").mkdir()
    (folder / "lonely" / "x.view.lkml").write_text("view: x {\n  sql_table_name: t ;;\n}\n")
    assert results(check_lookml(folder)) == ["warn"]
