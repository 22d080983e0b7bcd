from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.assemble.backfill import BackfillOptions, backfill_project
from mainstem.events import Received, decode_quarantined, encode_received
from mainstem.load.backfill import Positions
from mainstem.log import LogSettings, open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("odd", [b"1e999", b"1" * 400])
def test_it_goes_on_after_a_kill_past_events_with_numbers_that_no_type_holds(
    tmp_path: Path, odd: bytes
) -> None:
    (tmp_path / "mainstem.toml").write_text('[[sources]]\nid = "web"\nname = "W"\nwrite_keys = ["A"]\n')
    file = tmp_path / "old.ndjson"
    lines = [b'{"type":"track","event":"E","userId":"u","messageId":"m%d"}' % number for number in (1, 2)]
    file.write_bytes(b"\n".join(lines))
    options = BackfillOptions((file,), "web")
    data = tmp_path / ".mainstem"
    backfill_project(tmp_path, options, lambda _: None)
    positions = Positions(data / "backfill")
    key = positions.key_of((file,), "web", None)
    done = positions.read(key)
    assert done is not None
    positions.write(key, msgspec.structs.replace(done, finished=(), done={str(file): 0}))

    async def append() -> None:
        writer = open_writer(data, "events", done.partition, LogSettings())
        event = b'{"messageId":"odd","type":"track","properties":{"n":%b}}' % odd
        await writer.append(
            [encode_received(Received("2026-01-02T03:04:05.678Z", "", "web", msgspec.Raw(event)))]
        )
        await writer.close()

    asyncio.run(append())
    backfill_project(tmp_path, options, lambda _: None)
    reader = open_reader(data, "events")
    assert reader.end(done.partition) > done.log_end


def test_an_event_over_a_limit_of_shape_waits_in_quarantine_as_if_it_had_just_come(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text(
        '[collect]\nmax_depth = 5\n[[sources]]\nid = "web"\nname = "W"\nwrite_keys = ["A"]\n'
    )
    file = tmp_path / "old.ndjson"
    deep = b'{"type":"track","event":"E","userId":"u","messageId":"m","properties":{"a":[[[[[]]]]]}}'
    file.write_bytes(deep)
    backfill_project(tmp_path, BackfillOptions((file,), "web"), lambda _: None)
    quarantine = open_reader(tmp_path / ".mainstem", "quarantine")
    [partition] = [name for name in quarantine.partitions() if quarantine.end(name)]
    [(_, payload)] = quarantine.read(partition, 0, 1 << 20).records
    assert decode_quarantined(payload).reason == "event is nested too deep"
