from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from mainstem.assemble.asgi import app
from mainstem.errors import UsageError
from mainstem.events import decode_received
from mainstem.log import open_reader

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '[[sources]]\nid = "web"\nname = "Website"\nwrite_keys = ["A"]\n'


def test_an_asgi_server_serves_the_project_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mainstem.toml").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    with TestClient(app()) as client:
        assert client.post("/v1/track", json={"userId": "u1"}, auth=("A", "")).text == "ok"
        assert client.get("/health").json()["freeDiskBytes"] > 0
    (record,) = open_reader(tmp_path / ".mainstem", "events").read("gateway-0", 0, 10**6).records
    assert decode_received(record[1]).source_id == "web"


def test_what_needs_the_gateways_own_process_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mainstem.toml").write_text(SOURCE + 'shadow_url = "https://rudder.example"\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"shadow_url.*mainstem collect"):
        app()
