"""Second connections, as settings name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.connections import open_connections
from mainstem.assemble.project import open_project
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.config import PostgresAddress


@pytest.mark.long
def test_a_connection_is_read_by_its_name(
    tmp_path: Path, catalog: PostgresAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://{catalog.user}@/{catalog.database}?host={catalog.host}&port={catalog.port}"
    monkeypatch.setenv("CRM_URL", url)
    (tmp_path / "mainstem.toml").write_text('[semantics.connections.crm]\nurl = "env:CRM_URL"\n')
    with open_connections(open_project(tmp_path)) as found:
        assert found["crm"].query("SELECT 1 AS x").to_pylist() == [{"x": 1}]
        assert found["crm"].capabilities.dialect == "postgres"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('crm]\nurl = "mysql://user:hidden@host/db"', r"toml:1: connection crm: .*postgresql://"),
        ('warehouse]\nurl = "postgresql://host/db"', r"toml:1: .*project's own warehouse"),
        ('crm]\nurl = "postgresql://host/db"\nat_once = 0', r"toml:1: .*no query through"),
        ("crm]\nat_once = 1", r"toml:1: .*url"),
    ],
)
def test_what_is_no_connection_is_told_with_its_line_and_without_its_secret(
    tmp_path: Path, written: str, problem: str
) -> None:
    (tmp_path / "mainstem.toml").write_text(f"[semantics.connections.{written}")
    with pytest.raises(ConfigError, match=problem) as e, open_connections(open_project(tmp_path)):
        pass
    assert "hidden" not in str(e.value)


def test_a_project_without_connections_opens_none(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text("")
    with open_connections(open_project(tmp_path)) as found:
        assert found == {}
