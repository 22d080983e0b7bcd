"""A disk fills up under the gateway: it says so, keeps what it acknowledged, and goes on with new room."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.log import verify_log
from mainstem.testing.gateway_process import WRITE_KEY, GatewayProcess
from mainstem.testing.senders import Ledger, kept_events, senders_at_work
from mainstem.testing.small_disk import fill, small_disk

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

SETTINGS = {
    "MAINSTEM_LOG_SEGMENT_BYTES": "300000",
    "MAINSTEM_COLLECT_RETRY_AFTER": "1",
    "MAINSTEM_COLLECT_MIN_FREE_BYTES": "0",  # writes are to fail
}
GOOD = {"type": "track", "userId": "u", "event": "Sent"}


def post(port: int, items: list[dict[str, Any]]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", f"/v1/batch?writeKey={WRITE_KEY}", json.dumps({"batch": items}))
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


def health(port: int) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        facts = json.loads(answer.read())
        return answer.status, facts["db"], facts["acceptingEvents"]
    finally:
        connection.close()


UP = (200, "UP", "TRUE")
DOWN = (503, "DOWN", "FALSE")


def kept_names(data_dir: Path) -> set[str]:
    return set(kept_events(data_dir))


def test_a_full_disk_loses_nothing_and_room_is_used_without_a_restart(tmp_path: Path) -> None:
    disk, ledger = tmp_path / "disk", Ledger()
    data_dir, ballast = disk / "data", disk / "ballast"

    async def main(process: GatewayProcess) -> None:
        await process.until_listening()
        async with senders_at_work(process.port, ledger, random.Random(7), WRITE_KEY, 0):
            await ledger.until(lambda: ledger.statuses[503] >= 20)
        fill(disk / "rest")
        answer = await asyncio.to_thread(post, process.port, [GOOD | {"messageId": "refused"}])
        assert (answer.status, answer.getheader("Retry-After")) == (503, "1")
        assert await asyncio.to_thread(health, process.port) == DOWN
        assert ledger.acknowledged <= kept_names(data_dir)
        ballast.unlink()
        async with senders_at_work(process.port, ledger, random.Random(8), WRITE_KEY, 0):
            await ledger.more(100)
        assert await asyncio.to_thread(health, process.port) == UP
        process.terminate()
        assert await asyncio.to_thread(process.ended, 30) == 0

    with small_disk(disk, "4m"):
        ballast.write_bytes(bytes(2 << 20))
        with GatewayProcess(data_dir, tmp_path / "said.log", SETTINGS) as process:
            asyncio.run(main(process))
            assert "Traceback" not in process.said
        kept = kept_events(data_dir)
        assert ledger.acknowledged - set(kept) == set()
        assert "refused" not in kept
        assert ledger.refused & set(kept) == set(), "refused while the disk was full, and kept all the same"
        assert all(found == {ledger.sent[name]} for name, found in kept.items())
        assert [report for report in verify_log(data_dir) if report.damage] == []
        assert set(ledger.statuses) == {200, 503}


def test_a_nearly_full_disk_is_said_before_a_write_fails_and_until_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    data_dir, ballast = disk / "data", disk / "ballast"
    settings = {**SETTINGS, "MAINSTEM_COLLECT_MIN_FREE_BYTES": "300000000"}  # a twentieth of a small disk

    async def turns(process: GatewayProcess, wanted: tuple[int, str, str]) -> None:
        async with asyncio.timeout(30):
            while await asyncio.to_thread(health, process.port) != wanted:
                await asyncio.to_thread(process.ended, 0.1)

    async def main(process: GatewayProcess) -> None:
        await process.until_listening()
        await turns(process, UP)
        ballast.write_bytes(bytes((8 << 20) - 100_000))
        await turns(process, DOWN)
        answer = await asyncio.to_thread(post, process.port, [GOOD | {"messageId": "refused"}])
        assert (answer.status, answer.getheader("Retry-After")) == (503, "1")
        assert shutil.disk_usage(disk).free > 50_000
        ballast.unlink()
        await turns(process, UP)
        answer = await asyncio.to_thread(post, process.port, [GOOD | {"messageId": "kept"}])
        assert answer.status == 200

    with small_disk(disk, "8m"), GatewayProcess(data_dir, tmp_path / "said.log", settings) as process:
        asyncio.run(main(process))
        assert kept_names(data_dir) == {"kept"}


BAD = {"messageId": "held", "event": "has no type", "properties": {"text": "x" * 5000}}
"""Larger than what a file's last page has left."""


def test_a_full_quarantine_refuses_what_belongs_there_and_nothing_else(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    quarantine = data_dir / "log" / "quarantine"

    async def main(process: GatewayProcess) -> None:
        await process.until_listening()

        async def answered(*items: dict[str, Any]) -> int:
            return (await asyncio.to_thread(post, process.port, list(items))).status

        assert await answered(GOOD | {"messageId": "before"}, BAD) == 200
        fill(quarantine / "rest")
        assert await answered(GOOD | {"messageId": "mixed"}, BAD | {"messageId": "not held"}) == 503
        assert await asyncio.to_thread(health, process.port) == DOWN
        assert await answered(GOOD | {"messageId": "good"}) == 200
        assert "not held" not in kept_names(data_dir)
        (quarantine / "rest").unlink()
        assert await answered(GOOD | {"messageId": "mixed"}, BAD | {"messageId": "not held"}) == 200
        assert await asyncio.to_thread(health, process.port) == UP

    with small_disk(quarantine, "64k"), GatewayProcess(data_dir, tmp_path / "said.log", SETTINGS) as process:
        asyncio.run(main(process))
        assert kept_names(data_dir) == {"before", "held", "mixed", "not held", "good"}


def test_a_full_log_refuses_events_while_the_quarantine_has_room(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    events = data_dir / "log" / "events"

    async def main(process: GatewayProcess) -> None:
        await process.until_listening()

        async def answered(*items: dict[str, Any]) -> int:
            return (await asyncio.to_thread(post, process.port, list(items))).status

        fill(events / "rest")
        assert await answered(GOOD | {"messageId": "mixed"}, BAD) == 503
        assert kept_names(data_dir) == set()
        assert await answered(BAD) == 200
        (events / "rest").unlink()
        assert await answered(GOOD | {"messageId": "mixed"}, BAD) == 200

    with small_disk(events, "64k"), GatewayProcess(data_dir, tmp_path / "said.log", SETTINGS) as process:
        asyncio.run(main(process))
        assert kept_names(data_dir) == {"mixed", "held"}


def test_a_gateway_that_starts_on_a_full_disk_says_so_and_loses_nothing_it_had(tmp_path: Path) -> None:
    disk, ledger = tmp_path / "disk", Ledger()
    data_dir = disk / "data"
    process = GatewayProcess(data_dir, tmp_path / "said.log", SETTINGS)

    async def send_and_stop() -> None:
        await process.until_listening()
        async with senders_at_work(process.port, ledger, random.Random(9), WRITE_KEY):
            await ledger.more(300)

    async def start_again() -> None:
        try:
            await process.until_listening()
        except EOFError:
            assert "No space left" in process.said
        else:
            answer = await asyncio.to_thread(post, process.port, [GOOD | {"messageId": "refused"}])
            assert answer.status == 503

    with small_disk(disk, "8m"):
        with process:
            asyncio.run(send_and_stop())
        fill(disk / "rest")
        with process:
            asyncio.run(start_again())
        (disk / "rest").unlink()
        with process:
            asyncio.run(process.until_listening())
        assert "Traceback" not in process.said
        assert ledger.acknowledged <= kept_names(data_dir)
