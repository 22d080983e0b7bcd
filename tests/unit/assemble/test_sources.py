from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.sources import sources_of
from mainstem.collect import SourceTable
from mainstem.config import read_config
from mainstem.errors import ConfigError
from mainstem.events import asked_namespace

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
        ('["C"]', '["B"]', 10, "has a write key that source 'web' (Website) at"),
        ('id = "app"', 'id = "web"', 8, "two sources have the id 'web'"),
        ('["C"]', "[]", 10, "has no write key"),
        ('["C"]', '[" "]', 10, "SDKs cannot send"),
        ('["C"]', '["a b"]', 10, "SDKs cannot send"),
        ('["A", "B"]', '["A:B"]', 5, "SDKs cannot send"),
        ('id = "web"', 'id = ""', 3, "blank id"),
        ('id = "web"', 'id = "mainstem-gateway"', 3, "that of the gateway's own events"),
        ('id = "web"', 'id = "a/b"', 3, "'a/b' cannot be the id of a source"),
        ('id = "web"', f'id = "{"x" * 129}"', 3, "more than 128 bytes"),
        ('name = "Website"', 'name = "…"', 4, "no schema can be named after '…'"),
        ('name = "App"', 'name = "website!"', 9, "has the schema 'website'"),
        ('["C"]', '["C"]\nenvironment = "staging"', 11, "environment: Invalid enum value 'staging' (valid: "),
        (
            '["C"]',
            '["C"]\ncategory = "web"',
            11,
            "category: Invalid enum value 'web' (valid: cloud, webhook)",
        ),
        ('["C"]', '["C"]\nnamespace = "mainstem"', 11, "cannot have the namespace 'mainstem'"),
        ('["C"]', '["C"]\nnamespace = "My Site"', 11, "cannot have the namespace 'My Site'"),
        ('["C"]', '["C"]\norigins = ["https://a.example/"]', 11, "which is no origin"),
        ('["C"]', '["C"]\norigins = ["a.example"]', 11, "which is no origin"),
        ('["C"]', '["C"]\norigins = ["https://*"]', 11, "which is no origin"),
        ('["C"]', '["C"]\norigins = ["https://a.*.example"]', 11, "which is no origin"),
        ('["C"]', '["C"]\norigins = ["https://a.example:443"]', 11, "(valid: https://a.example)"),
    ],
)
def test_a_source_that_cannot_be_one_is_an_error_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert f"mainstem.toml:{line}: " in str(caught.value)
    assert problem in str(caught.value)
    assert "'C'" not in str(caught.value)
    assert "'B'" not in str(caught.value)


def test_two_sources_share_a_schema_only_where_both_name_it(tmp_path: Path) -> None:
    both = GOOD.replace('name = "', 'namespace = "events"\nname = "')
    assert [source.namespace for source in read(tmp_path, both)] == ["events", "events"]
    with pytest.raises(ConfigError, match=r"mainstem\.toml:10: .*'events'.*source 'web' \(Website\) at"):
        read(
            tmp_path,
            GOOD.replace('name = "Website"', 'name = "Website"\nnamespace = "events"').replace(
                "App", "Events"
            ),
        )


def test_environments_keep_sources_of_one_name_apart(tmp_path: Path) -> None:
    named_alike = GOOD.replace("App", "Website").replace('["C"]', '["C"]\nenvironment = "qa"')
    assert [asked_namespace(source) for source in read(tmp_path, named_alike)] == ["website", "website_qa"]


@pytest.mark.parametrize(
    "origin",
    ["https://example.com", "http://localhost:3000", "https://*.example.com:8443", "capacitor://localhost"],
)
def test_an_origin_stands_as_a_browser_sends_it(tmp_path: Path, origin: str) -> None:
    found = read(tmp_path, GOOD.replace('["C"]', f'["C"]\norigins = ["{origin}"]'))
    assert found[1].origins == (origin,)


@pytest.mark.parametrize(
    ("collect", "url"),
    [
        ("", "http://127.0.0.1:8080"),
        ("", "http://localhost:8080/x"),
        ('host = "::"\nport = 81', "http://[::1]:81"),
        ('host = "10.0.0.7"', "http://10.0.0.7:8080"),
        ('public_url = "https://events.example.com"', "https://events.example.com:443"),
    ],
)
def test_a_gateway_cannot_shadow_itself(tmp_path: Path, collect: str, url: str) -> None:
    text = GOOD.replace('["C"]', f'["C"]\nshadow_url = "{url}"') + f"[collect]\n{collect}\n"
    with pytest.raises(ConfigError, match=r"mainstem\.toml:11: .*this gateway itself"):
        read(tmp_path, text)


def test_a_shadow_url_holds_no_password_for_none_would_be_sent_and_it_would_be_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no data plane") as raised:
        read(tmp_path, GOOD.replace('["C"]', '["C"]\nshadow_url = "https://me:hidden@rudder.example"'))
    assert "hidden" not in str(raised.value)


def test_another_gateway_on_this_machine_can_be_a_shadow(tmp_path: Path) -> None:
    read(tmp_path, GOOD.replace('["C"]', '["C"]\nshadow_url = "http://127.0.0.1:8081"'))
