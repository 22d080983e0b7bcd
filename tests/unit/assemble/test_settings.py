from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.postgres import is_embedded
from mainstem.assemble.project import Project, ProjectSettings
from mainstem.assemble.settings import check_settings, without_secrets
from mainstem.config import read_config
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def checked(folder: Path, text: str) -> None:
    (folder / "mainstem.toml").write_text(text, encoding="utf-8")
    check_settings(Project(read_config(folder, os.environ), ProjectSettings()))


def source(number: int, name: str) -> str:
    return f'[[sources]]\nid = "{number}"\nname = "{name}"\nwrite_keys = ["k{number}"]\n'


def test_a_source_may_not_share_the_schema_of_the_models(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mainstem\.toml:3: .*\(Analytics\).*'analytics'.*\[transform\]"):
        checked(tmp_path, source(1, "Analytics"))


def test_two_sources_may_not_share_a_schema(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mainstem\.toml:7: .*web site.*'web_site'.*source '1'"):
        checked(tmp_path, source(1, "Web Site") + source(2, "web site"))


def test_an_unknown_setting_of_a_source_is_named_with_the_valid_ones(tmp_path: Path) -> None:
    said = r"mainstem\.toml:5: \[\[sources\]\] has no setting 'zz'.*write_keys"
    with pytest.raises(ConfigError, match=said):
        checked(tmp_path, source(1, "Web") + "zz = 1\n")


def test_two_sources_may_share_the_schema_that_both_name_but_not_that_of_the_models(tmp_path: Path) -> None:
    both = [source(number, f"S{number}") + 'namespace = "{}"\n' for number in (1, 2)]
    checked(tmp_path, "".join(both).format("events", "events"))
    with pytest.raises(ConfigError, match=r"mainstem\.toml:5: .*'analytics'.*\[transform\]"):
        checked(tmp_path, "".join(both).format("analytics", "events"))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("[warehouse]\nthreads = 0", "warehouse.threads"),
        ('[warehouse]\nmemory_limit = "lots"', "warehouse.memory_limit"),
        ("[web]\nport = -1", "web.port"),
        ("[collect]\nport = 70000", "collect.port"),
    ],
)
def test_a_value_out_of_range_is_told_before_anything_starts(tmp_path: Path, setting: str, said: str) -> None:
    with pytest.raises(ConfigError, match=rf"mainstem\.toml:2: {said}"):
        checked(tmp_path, setting + "\n")


SERVICES = """[connectors.desk]
type = "zendesk"
subdomain = "acme"
email = "etl@acme.example"
api_token = "env:NO_DESK"

[destinations.shop]
type = "postgres"
url = "env:NO_SHOP"
"""


def test_a_secret_of_a_service_that_is_not_there_keeps_nothing_else_from_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_SHOP", "postgresql://shop.example/db")
    checked(tmp_path, SERVICES)
    told = list(without_secrets(Project(read_config(tmp_path, os.environ), ProjectSettings())))
    assert len(told) == 1
    assert "connectors.desk" in told[0]
    assert "NO_DESK is not set" in told[0]


def test_asking_whose_server_a_project_has_leaves_nothing_in_its_folder(tmp_path: Path) -> None:
    """A restore asks it before its mark stands, and would not go on from what it does not know."""
    (tmp_path / "mainstem.toml").write_text("")
    project = Project(read_config(tmp_path, {}), ProjectSettings())
    assert is_embedded(project)
    assert [path.name for path in tmp_path.iterdir()] == ["mainstem.toml"]
