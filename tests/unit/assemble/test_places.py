from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.collect import CollectOptions, plan_gateway
from mainstem.assemble.places import check_places
from mainstem.assemble.project import open_project
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

WEB = '[[sources]]\nid = "web"\nname = "Website"\nwrite_keys = ["A"]\n'


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('[log]\ngateways = ["http://gw:8081", "foo"]', r"mainstem\.toml:6: .*'foo' is no URL"),
        ('[log]\ngateways = ["http://gw:port"]', r"mainstem\.toml:6: .*is no URL"),
        ('[log]\narchive = "gs://x"', r"mainstem\.toml:6: .*'gs://x' is no place.*s3://bucket/prefix"),
        ('[log]\narchive = "s3://"', r"mainstem\.toml:6: .*is no place"),
        ("[shadow]\nconnections = 0", r"mainstem\.toml:6: shadow\.connections"),
        ('[shadow]\nconections = "x"', r"mainstem\.toml:6: \[shadow\] has no setting"),
    ],
)
def test_a_gateway_does_not_start_with_places_that_are_none(tmp_path: Path, setting: str, told: str) -> None:
    (tmp_path / "mainstem.toml").write_text(f"{WEB}{setting}\n")
    with pytest.raises(ConfigError, match=told):
        plan_gateway(CollectOptions(tmp_path), tmp_path)


@pytest.mark.parametrize("archive", ["kept", "/srv/kept", "s3://bucket", "s3://bucket/of/ours"])
def test_places_that_are_some_pass(tmp_path: Path, archive: str) -> None:
    settings = f'[log]\narchive = "{archive}"\ngateways = ["https://gw:1/", "http://[::1]:8081"]\n[shadow]\n'
    (tmp_path / "mainstem.toml").write_text(WEB + settings)
    check_places(open_project(tmp_path).config)
