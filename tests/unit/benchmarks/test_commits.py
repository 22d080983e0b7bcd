from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from benchmarks.commits import commits_between
from mainstem.log import LogSettings, open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path


def test_every_commit_between_two_ends_is_counted_over_segments(tmp_path: Path) -> None:
    async def append(times: int) -> None:
        writer = open_writer(tmp_path, "events", "one", LogSettings(segment_bytes=300))
        for _ in range(times):
            await writer.append([b"x" * 100])
        await writer.close()

    def end() -> int:
        return open_reader(tmp_path, "events").end("one")

    asyncio.run(append(4))
    middle = end()
    asyncio.run(append(7))
    assert commits_between(tmp_path, "one", 0, middle) == 4
    assert commits_between(tmp_path, "one", middle, end()) == 7
