"""Kill `mainstem rebuild`, `backfill` and `restore` in their middle, and call them again: the tables come out
as if nothing had happened.

What they should hold is what stood before, or what a run that nobody disturbs makes.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.assemble.backup import make_backup, running_postgres
from mainstem.assemble.postgres import prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import open_warehouse
from mainstem.events import Received, encode_received
from mainstem.log import LogSettings, open_writer
from mainstem.testing.held import held
from mainstem.testing.load_stack import seeded

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from mainstem.testing.held import Held

pytestmark = pytest.mark.long

KILLS = [pytest.param(1, 300), pytest.param(20, 20_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
"""How often each is killed, and of how many events."""
SETTINGS = """
[project]
data_dir = "data"
[[sources]]
id = "web"
name = "Web"
write_keys = ["key"]
"""


def project_in(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    folder.parent.chmod(0o755)  # run by root, Postgres is another user's and must get in
    (folder / "mainstem.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def event(number: int) -> dict[str, object]:
    return {
        "type": ("track", "identify", "page", "track")[number % 4],
        "event": f"Clicked {number % 3}",
        "userId": f"u{number % 11}",
        "messageId": f"m{number}",
        "receivedAt": f"2026-01-0{1 + number % 3}T03:04:05.{number % 1000:03d}Z",
        "properties": {"n": number if number % 7 else "text", f"p{number // 997}": True},
        "traits": {"n": number},
    }


def accept(folder: Path, events: int) -> None:
    """Put them into the log, as the gateway does; each fourth of them twice."""

    def record(number: int) -> bytes:
        one = event(number)
        return encode_received(
            Received(str(one["receivedAt"]), "10.0.0.1", "web", msgspec.Raw(msgspec.json.encode(one)))
        )

    async def write() -> None:
        writer = open_writer(
            open_project(folder).data_dir, "events", "gateway-0", LogSettings(segment_bytes=200_000)
        )
        for first in range(0, events, 100):
            some = [record(number) for number in range(first, min(first + 100, events))]
            await writer.append([*some, *some[::4]])
        await writer.close()

    asyncio.run(write())


def mainstem(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mainstem", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "80"},
    )


def ended_well(*arguments: str, or_says: str = "") -> float:
    """Let it come to its end, or say that a killed one before it did; the seconds it took."""
    began = time.monotonic()
    with mainstem(*arguments) as process:
        said, why = process.communicate()
    assert process.returncode == 0 or (or_says and or_says in why), said + why
    return time.monotonic() - began


def killed(within: float, chance: Random, *arguments: str, or_says: str = "") -> bool:
    """Start it, and kill it at some moment of as long as it takes, sooner or later as chance has it; False
    when it had come to its end before."""
    with mainstem(*arguments) as process:
        try:
            process.wait(chance.uniform(0.2, 1.0) * within)
        except subprocess.TimeoutExpired:
            process.kill()
        said, why = process.communicate()
    if or_says and or_says in why:
        return False
    assert process.returncode in (0, -9), said + why
    return process.returncode == -9


def tables(folder: Path) -> Held:
    with closing(open_warehouse(open_project(folder), read_only=True)) as lake:
        assert [name for name in lake.columns("mainstem_rebuild_web")] == []
        return held(lake, ["web"])


@pytest.mark.parametrize(("kills", "events"), KILLS)
def test_a_rebuild_that_is_killed_leaves_the_tables_and_the_next_one_makes_them(
    tmp_path: Path, kills: int, events: int
) -> None:
    folder, chance = project_in(tmp_path / "shop"), seeded()
    project, here = open_project(folder), ("--project", str(folder))
    with running_postgres(project):
        prepare_databases(project)
        accept(folder, events)
        ended_well("load", "--once", *here)
        wanted = tables(folder)
        took = ended_well("rebuild", *here)
        for _ in range(kills):
            scope = chance.choice([(), ("--from", "2026-01-02"), ("--table", "tracks")])
            killed(took, chance, "rebuild", *here, *scope)
            with closing(open_warehouse(project, read_only=True)) as lake:
                found = held(lake, ["web"])
            assert found == wanted
        ended_well("rebuild", *here)
        assert tables(folder) == wanted


@pytest.mark.parametrize(("kills", "events"), KILLS)
def test_a_backfill_that_is_killed_and_called_again_brings_every_event_once(
    tmp_path: Path, kills: int, events: int
) -> None:
    chance, first, second = seeded(), project_in(tmp_path / "first"), project_in(tmp_path / "second")
    file = tmp_path / "events.ndjson"
    file.write_text("".join(json.dumps(event(number)) + "\n" for number in range(events)), encoding="utf-8")
    command = ("backfill", str(file), "--source", "web", "--project")
    done = "brought in before, whole"
    with running_postgres(open_project(first)):
        prepare_databases(open_project(first))
        took = ended_well(*command, str(first))
        ended_well("load", "--once", "--project", str(first))
        wanted = tables(first)
    with running_postgres(open_project(second)):
        prepare_databases(open_project(second))
        for _ in range(kills):
            if not killed(took, chance, *command, str(second), or_says=done):
                break
            ended_well("load", "--once", "--project", str(second))
        else:
            ended_well(*command, str(second), or_says=done)
        ended_well("load", "--once", "--project", str(second))
        assert tables(second) == wanted
    _, rows = wanted["web.tracks"]
    assert sum(rows.values()) == sum(event(number)["type"] == "track" for number in range(events))


@pytest.mark.parametrize(("kills", "events"), KILLS)
def test_a_restore_that_is_killed_goes_on_when_it_is_called_again(
    tmp_path: Path, kills: int, events: int
) -> None:
    folder, chance, place = project_in(tmp_path / "shop"), seeded(), str(tmp_path / "kept")
    with running_postgres(open_project(folder)):
        prepare_databases(open_project(folder))
        accept(folder, events)
        ended_well("load", "--once", "--project", str(folder))
        make_backup(folder, place, lambda _done: None)
        wanted = tables(folder)
    took = ended_well("restore", place, str(tmp_path / "undisturbed"))
    again = tmp_path / "again"
    for _ in range(kills):
        if not killed(took, chance, "restore", place, str(again), or_says="again is not empty"):
            break
    else:
        ended_well("restore", place, str(again), or_says="again is not empty")
    assert (again / "mainstem.toml").is_file()
    for restored in (tmp_path / "undisturbed", again):
        assert not (restored / "data" / "restoring.json").exists()
        with running_postgres(open_project(restored)):
            ended_well("load", "--once", "--project", str(restored))
            assert tables(restored) == wanted
