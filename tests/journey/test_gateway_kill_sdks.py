"""Kill the gateway under the real SDKs: whatever they report as delivered is in the log."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.testing.gateway_process import GatewayProcess
from mainstem.testing.senders import kept_events

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

EVENTS = 240
KILL_EVERY = 60
SCRIPT = Path(__file__).with_name("node_deliver.js")


def kill_and_start(process: GatewayProcess) -> None:
    process.kill()
    process.start()
    asyncio.run(process.until_listening())


def send_while_killing(process: GatewayProcess, send: Callable[[int], None]) -> set[str]:
    """Send all events, and kill the gateway again and again meanwhile; the message ids that were sent."""
    killing: list[threading.Thread] = []
    for number in range(EVENTS):
        send(number)
        if number % KILL_EVERY == KILL_EVERY // 2:
            for thread in killing:
                thread.join()
            killing.append(threading.Thread(target=kill_and_start, args=(process,)))
            killing[-1].start()
    for thread in killing:
        thread.join()
    return {f"m{number}" for number in range(EVENTS)}


def check(data_dir: Path, delivered: set[str], sent: set[str]) -> None:
    kept = set(kept_events(data_dir))
    assert delivered - kept == set(), "reported as delivered and lost"
    assert kept <= sent
    assert len(delivered) > EVENTS // 2


@pytest.mark.parametrize("name", ["rudderstack", "segment"])
def test_what_a_python_sdk_delivered_while_the_gateway_was_killed_is_in_the_log(
    name: str, tmp_path: Path
) -> None:
    client_of = pytest.importorskip(f"{name}.analytics.client").Client
    lost: set[str] = set()

    def on_error(_: Any, batch: list[dict[str, Any]]) -> None:
        lost.update(message["messageId"] for message in batch)

    with GatewayProcess(tmp_path / "data", tmp_path / "said.log") as process:
        asyncio.run(process.until_listening())
        client = client_of(
            "WK",
            host=f"http://127.0.0.1:{process.port}",
            on_error=on_error,
            max_retries=10,
            upload_size=5,
            upload_interval=0.05,
            timeout=5,
        )
        sent = send_while_killing(
            process, lambda number: client.track("u", "Sent", {"n": number}, message_id=f"m{number}")
        )
        client.flush()
        client.join()
        __import__(f"{name}.analytics.request", fromlist=["_session"])._session.close()
    check(tmp_path / "data", sent - lost, sent)


@pytest.mark.parametrize("name", ["rudder", "segment"])
def test_what_a_node_sdk_delivered_while_the_gateway_was_killed_is_in_the_log(
    name: str, tmp_path: Path, npm: Path
) -> None:
    with GatewayProcess(tmp_path / "data", tmp_path / "said.log") as process:
        asyncio.run(process.until_listening())
        job = json.dumps({"sdk": name, "url": f"http://127.0.0.1:{process.port}"})
        with subprocess.Popen(
            ["node", str(SCRIPT), job],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "NODE_PATH": str(npm)},
        ) as node:
            assert node.stdin is not None

            def send(number: int) -> None:
                assert node.stdin is not None
                node.stdin.write(f"{number}\n")
                node.stdin.flush()

            sent = send_while_killing(process, send)
            output, _ = node.communicate(timeout=120)
    check(tmp_path / "data", set(json.loads(output)), sent)
