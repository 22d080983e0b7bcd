"""A real process, a real disk, and kill -9 in the middle."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

from mainstem.log import LogSettings, open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import asyncio, sys
from pathlib import Path
from mainstem.log import LogSettings, open_writer

async def client(writer, name):
    number = 0
    while True:
        await writer.append([b"%d-%d-%d" % (name, number, item) for item in range(3)])
        print(name, number, flush=True)
        number += 1

async def main():
    writer = open_writer(Path(sys.argv[1]), "events", "p", LogSettings(segment_bytes=4000))
    await asyncio.gather(*(client(writer, name) for name in range(4)))

asyncio.run(main())
"""


def write_until_killed(data_dir: Path) -> dict[int, int]:
    """How many appends of each client were acknowledged when the process was killed."""
    acknowledged: dict[int, int] = {}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(data_dir)], stdout=subprocess.PIPE, text=True
    ) as p:
        assert p.stdout
        for count, line in enumerate(p.stdout):
            client, number = line.split()
            acknowledged[int(client)] = int(number) + 1
            if count == 200:
                p.kill()
    return acknowledged


def test_every_acknowledged_append_survives_kill_9_once_and_in_order(tmp_path: Path) -> None:
    acknowledged = write_until_killed(tmp_path)
    open_writer_and_leave(tmp_path)
    reader = open_reader(tmp_path, "events")
    found: dict[int, list[tuple[int, int]]] = {client: [] for client in acknowledged}
    offset = reader.start("p")
    while (batch := reader.read("p", offset, 1000)).records:
        for _, payload in batch.records:
            client, number, item = map(int, payload.split(b"-"))
            found[client].append((number, item))
        offset = batch.next_offset
    assert offset == reader.end("p")
    for client, records in found.items():
        appends = len(records) // 3
        assert records == [(number, item) for number in range(appends) for item in range(3)]
        assert acknowledged[client] <= appends <= acknowledged[client] + 1


def open_writer_and_leave(data_dir: Path) -> None:
    async def main() -> None:
        await open_writer(data_dir, "events", "p", LogSettings()).close()

    asyncio.run(main())
