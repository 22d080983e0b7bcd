from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import threading
import time
from base64 import b64encode
from typing import TYPE_CHECKING

import psutil
import pytest

from mainstem.assemble.workers import gateway_children, held_ports, worker_partition
from mainstem.collect import CollectSettings
from mainstem.events import decode_received
from mainstem.log import open_reader
from mainstem.testing.gateway_process import WRITE_KEY, GatewayProcess

if TYPE_CHECKING:
    from pathlib import Path

AUTHORIZATION = "Basic " + b64encode(f"{WRITE_KEY}:".encode()).decode()


def test_the_first_worker_writes_where_a_single_process_does() -> None:
    assert [worker_partition("gateway-0", worker) for worker in range(3)] == [
        "gateway-0",
        "gateway-1",
        "gateway-2",
    ]
    assert [worker_partition("gw-0", worker) for worker in range(3)] == ["gw-0", "gw-0-1", "gw-0-2"]


def test_one_worker_is_the_gateway_itself_and_several_are_told_apart() -> None:
    (alone,) = gateway_children(CollectSettings(), ("--config", "c"), {})
    assert alone.name == "collect"
    assert "--worker" not in alone.command
    two = gateway_children(CollectSettings(workers=2), ("--config", "c"), {"A": "b"})
    assert [child.name for child in two] == ["collect-0", "collect-1"]
    assert two[1].command[-4:] == ("--workers", "2", "--worker", "1")
    assert two[1].environment["A"] == "b"


def test_workers_that_want_any_port_all_get_the_same_one() -> None:
    with held_ports(CollectSettings(workers=2, port=0, internal_port=0)) as ports:
        assert set(ports) == {"MAINSTEM_COLLECT_PORT", "MAINSTEM_COLLECT_INTERNAL_PORT"}
        assert all(int(port) > 0 for port in ports.values())
    with held_ports(CollectSettings(workers=2, port=8080)) as ports:
        assert ports == {}
    with held_ports(CollectSettings(workers=1, port=0)) as ports:
        assert ports == {}


class Client:
    """Each event on a connection of its own, so that the kernel chooses a worker anew."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.acknowledged: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            message_id = f"{threading.get_ident()}-{number}"
            body = json.dumps({"messageId": message_id, "userId": "u", "event": "e"})
            try:
                answer = self.ask("POST", "/v1/track", body)
            except (OSError, http.client.HTTPException):
                continue
            if answer == b"ok":
                self.acknowledged.append(message_id)

    def ask(self, method: str, path: str, body: str | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {"Authorization": AUTHORIZATION})
            return connection.getresponse().read()
        finally:
            connection.close()

    def metric(self, name: str, partition: str) -> float | None:
        start = f'{name}{{partition="{partition}"'
        found = [line for line in self.ask("GET", "/metrics").decode().splitlines() if line.startswith(start)]
        return float(found[0].rpartition(" ")[2]) if found else None


def until(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        threading.Event().wait(0.05)


def workers_of(gateway: GatewayProcess) -> dict[str, int]:
    found = {}
    for child in psutil.Process(gateway.pid).children():
        try:
            arguments = child.cmdline()
        except psutil.NoSuchProcess:  # it ended since, and may wait to be looked after
            continue
        if "--worker" in arguments:
            found[arguments[arguments.index("--worker") + 1]] = child.pid
    return found


@pytest.mark.long
@pytest.mark.timeout(120)
def test_a_killed_worker_takes_no_acknowledged_event_with_it_and_comes_back(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with GatewayProcess(data_dir, tmp_path / "said", {"MAINSTEM_COLLECT_WORKERS": "2"}) as gateway:
        asyncio.run(gateway.until_listening())
        clients = [Client(gateway.port) for _ in range(3)]
        until(lambda: clients[0].metric("mainstem_gateway_up", "gateway-0") == 1)
        until(lambda: clients[0].metric("mainstem_gateway_up", "gateway-1") == 1)
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        try:
            until(lambda: sum(len(client.acknowledged) for client in clients) > 100)
            victim = workers_of(gateway)["1"]
            os.kill(victim, signal.SIGKILL)
            before = sum(len(client.acknowledged) for client in clients)
            until(lambda: sum(len(client.acknowledged) for client in clients) > before + 50)
            until(lambda: workers_of(gateway).get("1", victim) != victim)
            until(lambda: counts(clients[0]) > 0)  # of the new process: it has begun to accept
        finally:
            for client in clients:
                client.stop.set()
            for thread in threads:
                thread.join()
        gateway.terminate()
        assert gateway.ended(30) == 0
    reader = open_reader(data_dir, "events")
    assert reader.partitions() == ("gateway-0", "gateway-1")
    kept = [json.loads(bytes(event))["messageId"] for event in events(data_dir)]
    acknowledged = [message_id for client in clients for message_id in client.acknowledged]
    assert set(acknowledged) <= set(kept)
    assert len(set(kept)) == len(kept)


def counts(client: Client) -> float:
    return client.metric("gateway_write_key_successful_events_total", "gateway-1") or 0


def events(data_dir: Path) -> list[bytes]:
    reader = open_reader(data_dir, "events")
    found = []
    for partition in reader.partitions():
        offset = reader.start(partition)
        while (batch := reader.read(partition, offset, 1 << 20)).records:
            found += [bytes(decode_received(payload).event) for _, payload in batch.records]
            offset = batch.next_offset
    return found
