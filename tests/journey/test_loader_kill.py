"""Kill the loader, stop Postgres at once, fill its disks: the lake holds what was acknowledged, once each.

What the lake should hold is what a loader makes of the same log that nobody disturbs, in a warehouse in
memory: every row of every table with every value, discards and quarantine included.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.demo.project import demo_project
from mainstem.testing.load_stack import Stack, running, seeded, true
from mainstem.testing.small_disk import fill, small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

pytestmark = pytest.mark.long

MANY = [pytest.mark.slow, pytest.mark.timeout(2400)]
START_SECONDS = 2.0
"""About what a loader takes to start: a kill within it meets imports, or the reading of the window of ids."""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    tmp_path.chmod(0o755)  # run by root, Postgres is another user's and must get in
    with running(tmp_path / "project", tmp_path) as found:
        yield found


async def kill_loader(stack: Stack, chance: Random) -> None:
    """Let a loader run, and kill it at a moment of some kind."""
    before = stack.loader.said.count("loaded ")
    stack.loader.start()
    moment = chance.choices(["start", "work", "commit", "structure"], [2, 3, 3, 2])[0]
    if moment != "start":
        await true(lambda: stack.loader.said.count("loaded ") > before, "the loader loads")
    if moment == "commit":
        await true(lambda: stack.postgres.asked("ducklake_data_file"), "files are committed", 0.003)
    elif moment == "structure":
        await true(lambda: stack.postgres.asked("ducklake_column"), "structure is committed", 0.003)
    else:
        await asyncio.to_thread(stack.loader.ended, chance.uniform(0, START_SECONDS))
    stack.loader.kill()


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=MANY)])
def test_a_loader_that_is_killed_at_any_moment_loads_every_event_once(stack: Stack, kills: int) -> None:
    chance = seeded()

    async def main() -> None:
        await stack.gateway.until_listening()
        async with stack.at_work(chance):
            for _ in range(kills):
                await kill_loader(stack, chance)

    asyncio.run(main())
    stack.check()


@pytest.mark.parametrize("stops", [2, pytest.param(10, marks=MANY)])
def test_a_postgres_that_is_stopped_at_once_costs_no_event(stack: Stack, stops: int) -> None:
    chance = seeded()

    async def main() -> None:
        await stack.gateway.until_listening()
        async with stack.at_work(chance):
            for number in range(stops):
                await stack.loads_more()
                if chance.random() < 0.5:
                    await true(
                        lambda: stack.postgres.asked("ducklake_data_file"), "files are committed", 0.003
                    )
                stack.postgres.end(signal.SIGQUIT if number % 2 else signal.SIGKILL)
                await asyncio.to_thread(stack.postgres.start)
            await stack.loads_more()
        stack.loader.kill()

    asyncio.run(main())
    stack.check()
    if stops > 2:
        built = stack.build()
        assert built.returncode == 0, built.stdout + built.stderr


@pytest.mark.slow
@pytest.mark.parametrize("full", ["data/lake", "data"])
def test_a_full_disk_costs_no_event_once_there_is_room(tmp_path: Path, full: str) -> None:
    """Of the lake's files alone, and of those together with Postgres and the log."""
    tmp_path.chmod(0o755)
    chance, disk, said = seeded(), tmp_path / "project" / full, "No space left on device"

    async def main(stack: Stack) -> None:
        await stack.gateway.until_listening()
        async with stack.at_work(chance):
            await stack.loads_more(2)
            fill(disk / "ballast")
            told = stack.loader.said.count(said)

            def cannot_write() -> bool:
                stack.loader.keep_running()
                return stack.loader.said.count(said) > told

            if full == "data/lake":
                await true(cannot_write, "the loader finds no room")
            else:
                await stack.ledger.until(lambda: stack.ledger.statuses[503] >= 20)
            (disk / "ballast").unlink()
            await asyncio.to_thread(stack.postgres.start)
            await stack.loads_more(2)
        stack.loader.kill()

    demo_project(tmp_path / "project")
    with small_disk(disk, "300m"), running(tmp_path / "project", tmp_path) as stack:
        asyncio.run(main(stack))
        stack.check()
        built = stack.build()
        assert built.returncode == 0, built.stdout + built.stderr
