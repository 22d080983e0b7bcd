from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble import hosting
from mainstem.assemble.collect import CollectOptions, plan_gateway
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.collect import Gateway


def plan(folder: Path, settings: str) -> Gateway:
    (folder / "mainstem.toml").write_text(
        f'[collect]\n{settings}\n[[sources]]\nid = "web"\nname = "Website"\nwrite_keys = ["A"]\n'
    )
    return plan_gateway(CollectOptions(folder), folder)


def test_hosted_files_are_read_from_the_project(tmp_path: Path) -> None:
    (tmp_path / "sdk").mkdir()
    (tmp_path / "sdk" / "rsa.min.js").write_bytes(b"let sdk;")
    (file,) = plan(tmp_path, 'hosted_files = { "/s/a.js" = "sdk/rsa.min.js" }').files
    assert (file.path, file.plain.body) == ("/s/a.js", b"let sdk;")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('hosted_files = { "/a.js" = "missing.js" }', "cannot read .*missing.js"),
        ('hosted_files = { "a.js" = "file.js" }', "'a.js': not a path"),
        ('hosted_files = { "/a b.js" = "file.js" }', "'/a b.js': not a path"),
        ('hosted_files = { "/a.exe" = "file.js" }', "'/a.exe': no known type .*valid: .*[.]js"),
        ('hosted_files = { "/a.js" = "large.js" }', "large.js is too large .*valid: at most 10 bytes"),
        ('hosted_files = { "/a.js" = "file.js", "/b.js" = "file.js" }', "have 16 bytes .*at most 12"),
        ('path_aliases = { "e" = "/v1/" }', "'e' is no path prefix .*valid: .*slash"),
        ('public_url = "events.example.com"', "'events.example.com' is no URL .*valid: https://"),
        ('trusted_proxies = ["proxy.example"]', "'proxy.example' does not appear to be .*valid: networks"),
    ],
)
def test_what_cannot_be_served_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, said: str
) -> None:
    monkeypatch.setattr(hosting, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(hosting, "MAX_ALL_BYTES", 12)
    (tmp_path / "file.js").write_bytes(b"let sdk;")
    (tmp_path / "large.js").write_bytes(b"x" * 11)
    with pytest.raises(ConfigError, match=rf"mainstem\.toml:2: .*{said}"):
        plan(tmp_path, settings)


def test_the_number_of_hosted_files_is_bounded(tmp_path: Path) -> None:
    files = json.dumps({f"/{n}.js": "x" for n in range(101)}).replace(": ", " = ")
    with pytest.raises(ConfigError, match="101 hosted files"):
        plan(tmp_path, f"hosted_files = {files}")
