from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import ConfigError
from mainstem.web import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

PATHS = ["/", "/dashboards", "/dashboards/health", "/dashboards/health/tiles/visitors", "/health", "/nowhere"]


@pytest.mark.parametrize("path", PATHS)
def test_every_response_forbids_foreign_and_inline_code(path: str, web: Any) -> None:
    headers = web.client.get(path, follow_redirects=False).headers
    policy = headers["content-security-policy"].split("; ")
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_no_page_stays_in_a_cache(path: str, web: Any) -> None:
    assert web.client.get(path, follow_redirects=False).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:1", "[::1]:8000", "LOCALHOST"])
def test_loopback_names_are_answered(host: str, web: Any) -> None:
    assert web.client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::1"])
def test_a_name_that_is_not_ours_is_refused(host: str, web: Any) -> None:
    answer = web.client.get("/dashboards", headers={"host": host})
    assert answer.status_code == 421
    assert "web.allowed_hosts" in answer.text
    assert "content-security-policy" in answer.headers


def test_names_set_by_the_operator_are_answered(company: Any, make_web: Callable[..., Any]) -> None:
    web = make_web(company, WebSettings(allowed_hosts=("stats.example.org",)))
    assert web.client.get("/health", headers={"host": "stats.example.org"}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_is_told_apart(host: str) -> None:
    assert WebSettings(host=host).is_local


@pytest.mark.parametrize("host", ["0.0.0.1", "192.168.1.4", "stats.example.org", "::"])
def test_what_other_machines_reach_is_told_apart(host: str) -> None:
    assert not WebSettings(host=host).checked().is_local


def test_a_server_that_could_run_no_query_is_refused() -> None:
    with pytest.raises(ConfigError, match="queries_at_once"):
        WebSettings(queries_at_once=0).checked()
