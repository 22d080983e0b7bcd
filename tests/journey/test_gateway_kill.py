"""Kill -9 the gateway at any moment: what was acknowledged is in the log, and nothing that was never sent."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from mainstem.log import open_reader, verify_log
from mainstem.testing.gateway_process import WRITE_KEY, GatewayProcess
from mainstem.testing.senders import Ledger, kept_events, read_partition, senders_at_work

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from random import Random

pytestmark = pytest.mark.long

SMALL_SEGMENTS = {"MAINSTEM_LOG_SEGMENT_BYTES": "60000"}
"""A segment holds a moment's events, so that many kills meet the change to the next one."""
START_SECONDS = 0.6
"""About what a gateway takes to start: a kill within it meets imports, recovery or the first requests."""


def seeded() -> Random:
    """`MAINSTEM_TEST_SEED` repeats a run as far as the machine lets it."""
    seed = int(os.environ.get("MAINSTEM_TEST_SEED", random.randrange(1_000_000)))
    print(f"seed {seed}: MAINSTEM_TEST_SEED={seed} sends the same and kills alike")  # noqa: T201 # shown when the test fails
    return random.Random(seed)


def gateway(data_dir: Path, partition: str = "gateway-0") -> GatewayProcess:
    environment = {**SMALL_SEGMENTS, "MAINSTEM_COLLECT_PARTITION": partition}
    return GatewayProcess(data_dir, data_dir.with_name(f"{partition}.log"), environment)


def at_work(process: GatewayProcess, ledger: Ledger, chance: Random) -> AbstractAsyncContextManager[None]:
    return senders_at_work(process.port, ledger, chance, WRITE_KEY)


async def kill_at_random(process: GatewayProcess, ledger: Ledger, chance: Random) -> None:
    """Kill it under load, while it starts or while it stops, and start it again."""
    moment = chance.choices(("load", "start", "stop"), weights=(6, 2, 2))[0]
    await ledger.more(chance.randrange(1, 400))
    if moment == "start":
        process.kill()
        process.start()
        await asyncio.to_thread(process.ended, chance.uniform(0, START_SECONDS))
    elif moment == "stop":
        process.terminate()
        await asyncio.to_thread(process.ended, chance.uniform(0, 0.05))
    process.kill()
    process.start()


class Follower:
    """A loader's view: it keeps its offset, and what it has read must stay."""

    def __init__(self, data_dir: Path, partition: str) -> None:
        self._reader = open_reader(data_dir, "events")
        self._partition = partition
        self._offset = 0
        self._seen: list[bytes] = []

    def read(self) -> None:
        payloads, self._offset = read_partition(self._reader, self._partition, self._offset)
        self._seen += payloads

    def check(self) -> None:
        self.read()
        again, end = read_partition(self._reader, self._partition)
        assert again == self._seen
        assert end == self._offset


def check_log(data_dir: Path, ledger: Ledger) -> None:
    kept = kept_events(data_dir)
    assert ledger.acknowledged - set(kept) == set(), "acknowledged and lost"
    assert set(kept) - set(ledger.sent) == set(), "kept and never sent"
    assert all(found == {ledger.sent[name]} for name, found in kept.items()), "kept and changed"
    assert [report for report in verify_log(data_dir) if report.damage] == []
    assert set(ledger.statuses) <= {200, 503}


def check_said(process: GatewayProcess) -> None:
    assert "Traceback" not in process.said
    assert "ERROR" not in process.said


@pytest.mark.parametrize(
    "kills", [pytest.param(10), pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_every_acknowledged_event_is_in_the_log_and_none_that_was_never_sent(
    tmp_path: Path, kills: int
) -> None:
    chance, ledger, data_dir = seeded(), Ledger(), tmp_path / "data"

    async def main(process: GatewayProcess) -> None:
        await process.until_listening()
        follower = Follower(data_dir, "gateway-0")
        async with at_work(process, ledger, chance):
            for _ in range(kills):
                await kill_at_random(process, ledger, chance)
                await asyncio.to_thread(follower.read)
            await ledger.more(100)
        process.terminate()
        assert await asyncio.to_thread(process.ended, 30) == 0
        follower.check()

    with gateway(data_dir) as process:
        asyncio.run(main(process))
        check_said(process)
        assert process.starts > kills
    check_log(data_dir, ledger)
    assert len(ledger.acknowledged) > kills
    verify = [sys.executable, "-m", "mainstem", "log", "verify", "--data-dir", str(data_dir)]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "kills", [pytest.param(4), pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_two_gateways_share_a_folder_and_a_kill_of_one_harms_neither(tmp_path: Path, kills: int) -> None:
    chance, ledger, data_dir = seeded(), Ledger(), tmp_path / "data"

    async def main(processes: list[GatewayProcess]) -> None:
        for process in processes:
            await process.until_listening()
        async with at_work(processes[0], ledger, chance), at_work(processes[1], ledger, chance):
            for _ in range(kills):
                await kill_at_random(chance.choice(processes), ledger, chance)
            for process in processes:
                await process.until_listening()
            await ledger.more(100)
        for process in processes:
            process.terminate()
            assert await asyncio.to_thread(process.ended, 30) == 0

    with gateway(data_dir, "gateway-0") as first, gateway(data_dir, "gateway-1") as second:
        asyncio.run(main([first, second]))
        check_said(first)
        check_said(second)
    check_log(data_dir, ledger)
    assert open_reader(data_dir, "events").partitions() == ("gateway-0", "gateway-1")


@pytest.mark.parametrize(
    "kills", [pytest.param(4), pytest.param(40, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_workers_on_one_port_lose_nothing_when_they_or_what_keeps_them_running_is_killed(
    tmp_path: Path, kills: int
) -> None:
    chance, ledger, data_dir = seeded(), Ledger(), tmp_path / "data"
    both = ("gateway-0", "gateway-1")
    process = GatewayProcess(
        data_dir, tmp_path / "said.log", {**SMALL_SEGMENTS, "MAINSTEM_COLLECT_WORKERS": "2"}
    )

    async def main() -> None:
        await process.until_listening()
        async with at_work(process, ledger, chance):
            for number in range(kills):
                await ledger.more(chance.randrange(1, 300))
                await asyncio.to_thread(kill_one, number % 4 == 3)
            await process.until_listening()
            await ledger.more(100)
        while open_reader(data_dir, "events").partitions() != both:  # the kernel chooses who is asked
            async with at_work(process, ledger, chance):
                await ledger.more(20)
        process.terminate()
        assert await asyncio.to_thread(process.ended, 30) == 0

    def kill_one(all_of_them: bool) -> None:
        workers = psutil.Process(process.pid).children()
        if all_of_them:
            process.kill()
            # Without what started them they may live for a moment, and hold their parts of the log.
            psutil.wait_procs(workers, timeout=30)
            process.start()
        elif workers:
            chance.choice(workers).kill()

    with process:
        asyncio.run(main())
    check_log(data_dir, ledger)
    assert open_reader(data_dir, "events").partitions() == both


def test_a_second_gateway_on_the_same_partition_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    chance, ledger, data_dir = seeded(), Ledger(), tmp_path / "data"

    async def main(first: GatewayProcess, second: GatewayProcess) -> None:
        await first.until_listening()
        async with at_work(first, ledger, chance):
            second.start()
            assert await asyncio.to_thread(second.ended, 30) == 1
            await ledger.more(100)

    second = GatewayProcess(data_dir, tmp_path / "second.log")
    with gateway(data_dir) as first:
        asyncio.run(main(first, second))
    (line,) = second.said.strip().splitlines()
    assert f"another process writes to the log partition {data_dir}/log/events/gateway-0" in line
    check_log(data_dir, ledger)
