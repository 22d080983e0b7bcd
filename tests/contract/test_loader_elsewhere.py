"""A loader on another machine than the gateway: it reads the gateway's log through its internal port."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.log import ConsumedMarks, open_log
from mainstem.config import Secret
from mainstem.errors import LogUnavailable
from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.log import joined as joined_log
from mainstem.log import open_reader
from mainstem.testing.gateway_process import WRITE_KEY, GatewayProcess
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.joined import JoinedLogReader
    from mainstem.warehouse.ducklake import LakeLocation

pytestmark = [pytest.mark.long, pytest.mark.timeout(120)]

TOKEN = "t0ken"
AUTHORIZATION = "Basic " + b64encode(f"{WRITE_KEY}:".encode()).decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def post(port: int, message_id: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    event = {"messageId": message_id, "userId": "u", "name": "Home"}
    connection.request("POST", "/v1/page", json.dumps(event), {"Authorization": AUTHORIZATION})
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_events_are_loaded_from_a_gateway_elsewhere_and_again_after_it_was_killed(
    lake_location: LakeLocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined_log, "RETRY_SECONDS", 0.0)
    internal = free_port()
    settings = {
        "MAINSTEM_COLLECT_INTERNAL_PORT": str(internal),
        "MAINSTEM_COLLECT_INTERNAL_TOKEN": TOKEN,
        "MAINSTEM_COLLECT_PARTITION": "gw-far",
    }
    log = open_log(tmp_path / "here", "events", (f"http://127.0.0.1:{internal}",), Secret(TOKEN))
    lake = DuckLake(lake_location)
    sources = [Source("default", "Site", (WRITE_KEY,))]
    loader = Loader(log, lake, sources, LoadSettings(), consumed=ConsumedMarks(log).tell)
    try:
        with GatewayProcess(tmp_path / "far", tmp_path / "said", settings) as gateway:
            asyncio.run(gateway.until_listening())
            post(gateway.port, "m1")
            assert loader.run_once().events == 1
            there = open_reader(tmp_path / "far", "events")
            assert there.consumed("gw-far") == there.end("gw-far") > 0
            post(gateway.port, "m2")
            gateway.kill()
            assert loader.run_once().events == 0
            check_that_nobody_answers(log)
            gateway.start()
            asyncio.run(gateway.until_listening())
            post(gateway.port, "m3")
            assert loader.run_once().events == 2
            assert log.unreached == ()
            assert there.consumed("gw-far") == there.end("gw-far")
        ids = lake.query("SELECT id FROM lake.site.pages ORDER BY id")["id"].to_pylist()
        assert ids == ["m1", "m2", "m3"]
    finally:
        log.close()
        lake.close()


def check_that_nobody_answers(log: JoinedLogReader) -> None:
    assert log.partitions() == ("gw-far",)
    with pytest.raises(LogUnavailable, match="does not answer"):
        log.end("gw-far")


def test_a_wrong_token_is_told_with_the_settings_that_must_agree(tmp_path: Path) -> None:
    internal = free_port()
    settings = {
        "MAINSTEM_COLLECT_INTERNAL_PORT": str(internal),
        "MAINSTEM_COLLECT_INTERNAL_TOKEN": TOKEN,
    }
    with GatewayProcess(tmp_path / "far", tmp_path / "said", settings) as gateway:
        asyncio.run(gateway.until_listening())
        log = open_log(None, "events", (f"http://127.0.0.1:{internal}",), Secret("another"))
        assert log.partitions() == ()
        assert "[collect] internal_token" in log.unreached[0]
        assert "another" not in log.unreached[0]
        assert TOKEN not in gateway.said
        log.close()
