from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.sources import sources_of
from mainstem.collect import SourceTable
from mainstem.config import read_config
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.events import Source

GOOD = """
[[sources]]
id = "web"
name = "Website"
write_keys = ["A", "B"]

[[sources]]
id = "app"
name = "App"
write_keys = ["C"]
"""


def read(tmp_path: Path, text: str) -> tuple[Source, ...]:
    file = tmp_path / "mainstem.toml"
    file.write_text(text)
    return sources_of(read_config(file, {}))


def test_each_of_its_write_keys_finds_a_source(tmp_path: Path) -> None:
    table = SourceTable(read(tmp_path, GOOD))
    assert {key: source.id for key, source in table.by_key.items()} == {"A": "web", "B": "web", "C": "app"}
    assert table.by_authorization[b"Basic QTo="].id == "web"


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ('["C"]', '["B"]', 7, "has a write key that source 'web' (Website) at"),
        ('id = "app"', 'id = "web"', 7, "two sources have the id 'web'"),
        ('["C"]', "[]", 7, "has no write key"),
        ('["C"]', '[" "]', 7, "SDKs cannot send"),
        ('["A", "B"]', '["A:B"]', 2, "SDKs cannot send"),
        ('id = "web"', 'id = ""', 2, "blank id"),
    ],
)
def test_sources_that_cannot_be_told_apart_are_an_error_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert f"mainstem.toml:{line}: " in str(caught.value)
    assert problem in str(caught.value)
    assert "'C'" not in str(caught.value)
    assert "'B'" not in str(caught.value)
