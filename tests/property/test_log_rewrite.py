"""Erasing on a disk that crashes: at any moment every record is there whole, or erased if it was to be."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import LogUnavailable
from mainstem.log.reader import FileLogReader
from mainstem.log.rewrite import erase_records, settled_segments
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem, Stopped
from mainstem.testing.share import share_of

STREAM = Path("/data/log/events")
FOLDER = STREAM / "gateway-0"


def is_erased(payload: bytes) -> bool:
    return payload.startswith(b"x")


def read_all(fs: CrashingFileSystem) -> list[tuple[int, bytes]]:
    reader, found, offset = FileLogReader(fs, STREAM), [], 0
    while (batch := reader.read("gateway-0", offset, 64)).records:
        found += batch.records
        offset = batch.next_offset
    return found


def erase(fs: CrashingFileSystem) -> None:
    def never() -> bool:
        return False

    erase_records(fs, FOLDER, settled_segments(fs, FOLDER, never), is_erased, never)


@settings(max_examples=share_of(150), deadline=None)
@given(
    seed=st.integers(0, 2**32),
    commits=st.lists(
        st.lists(st.tuples(st.booleans(), st.integers(0, 30)), min_size=1, max_size=4), min_size=1, max_size=8
    ),
    stops=st.lists(st.tuples(st.integers(0, 25), st.booleans()), max_size=4),
)
def test_killed_anywhere_nothing_else_is_lost_and_run_again_all_is_erased(
    seed: int, commits: list[list[tuple[bool, int]]], stops: list[tuple[int, bool]]
) -> None:
    fs, salts, numbers = CrashingFileSystem(Random(seed)), count(1), count()
    writer = PartitionWriter(fs, FOLDER, 90, lambda: next(salts))
    for commit in commits:
        writer.commit([[b"%s%d" % (b"x" if goes else b"k", next(numbers)) + b"." * n for goes, n in commit]])
    writer.close()
    before = read_all(fs)
    kept = [record for record in before if not is_erased(record[1])]
    for after, power_fails in stops:
        fs.stop(after)
        try:
            erase(fs)
        except (Stopped, LogUnavailable):
            (fs.crash if power_fails else fs.kill)()
        fs.kill()
        PartitionWriter(fs, FOLDER, 90, lambda: next(salts)).close()
        visible = read_all(fs)
        assert [record for record in visible if record in kept] == kept
        assert set(visible) <= set(before)
    erase(fs)
    assert read_all(fs) == kept
    worst = fs.with_synced_only()
    assert PartitionWriter(worst, FOLDER, 90, lambda: next(salts)).durable_end >= before[-1][0]
    assert read_all(worst) == kept
