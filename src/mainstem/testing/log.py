"""The contract suite of the log: subclass `LogContract`, say how to open yours, and run it with pytest.

Every implementation of `LogWriter` and `LogReader` passes it. It knows nothing of files or brokers, and
asks for no timing.
"""

# ruff: noqa: S101  # asserting is what a suite is for

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure, LogUnavailable, UsageError
from mainstem.log import ConsumerMarks

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from mainstem.log import LogReader, LogWriter

PARTITION = "gateway-0"
MANY = 1 << 20


def read_all(reader: LogReader, partition: str, offset: int, max_bytes: int) -> list[tuple[int, bytes]]:
    """Every record from `offset` to the end, by as many reads as it takes."""
    found: list[tuple[int, bytes]] = []
    while (batch := reader.read(partition, offset, max_bytes)).records:
        found += batch.records
        offset = batch.next_offset
    return found


def payloads(reader: LogReader, partition: str = PARTITION) -> list[bytes]:
    records = read_all(reader, partition, reader.start(partition), MANY)
    return [payload for _, payload in records]


class LogContract(ABC):
    """What the gateway and the loader rely on. Each test begins with an empty log."""

    @abstractmethod
    def open_writer(self, partition: str) -> LogWriter:
        """A writer of the log under test. Called inside a running event loop."""

    @abstractmethod
    def open_reader(self) -> LogReader:
        """A reader of the same log."""

    def run(self, scenario: Callable[[LogWriter], Coroutine[None, None, None]]) -> LogReader:
        """Run a scenario with the writer of `PARTITION`, close it, and give a reader."""

        async def main() -> None:
            writer = self.open_writer(PARTITION)
            try:
                await scenario(writer)
            finally:
                await writer.close()

        asyncio.run(main())
        return self.open_reader()

    def append(self, *groups: list[bytes]) -> LogReader:
        async def scenario(writer: LogWriter) -> None:
            for group in groups:
                await writer.append(group)

        return self.run(scenario)

    def test_a_log_without_writers_has_no_partitions(self) -> None:
        assert self.open_reader().partitions() == ()

    def test_a_partition_is_there_and_empty_once_its_writer_was_opened(self) -> None:
        reader = self.append()
        assert reader.partitions() == (PARTITION,)
        assert reader.start(PARTITION) == reader.end(PARTITION)
        assert reader.read(PARTITION, reader.end(PARTITION), MANY).records == []

    def test_records_are_read_in_the_order_they_were_appended(self) -> None:
        reader = self.append([b"one", b"two"], [b"three"], [b"", b"\x00\xff\n"])
        assert payloads(reader) == [b"one", b"two", b"three", b"", b"\x00\xff\n"]

    def test_append_resolves_to_the_offset_of_the_first_record(self) -> None:
        firsts: list[int] = []

        async def scenario(writer: LogWriter) -> None:
            firsts.append(await writer.append([b"a", b"b"]))
            firsts.append(await writer.append([b"c"]))

        reader = self.run(scenario)
        offsets = {payload: offset for offset, payload in read_all(reader, PARTITION, 0, MANY)}
        assert firsts == [offsets[b"a"], offsets[b"c"]]

    def test_an_acknowledged_record_is_readable_at_once(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            for number in range(5):
                await writer.append([b"%d" % number])
                assert payloads(self.open_reader())[-1] == b"%d" % number
                assert self.open_reader().end(PARTITION) == writer.durable_end

        self.run(scenario)

    def test_appends_made_together_keep_their_order_and_stay_whole(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            groups = [[b"%d-%d" % (group, item) for item in range(3)] for group in range(100)]
            await asyncio.gather(*(writer.append(group) for group in groups))

        reader = self.run(scenario)
        assert payloads(reader) == [b"%d-%d" % (group, item) for group in range(100) for item in range(3)]

    def test_reading_can_begin_at_any_record(self) -> None:
        reader = self.append([b"a", b"b", b"c"], [b"d", b"e"])
        records = read_all(reader, PARTITION, reader.start(PARTITION), MANY)
        for index, (offset, _) in enumerate(records):
            assert read_all(reader, PARTITION, offset, MANY) == records[index:]
            assert read_all(reader, PARTITION, offset, 1) == records[index:]

    def test_small_reads_find_the_same_as_large_ones(self) -> None:
        reader = self.append(*[[b"x" * size, b"y"] for size in range(50)])
        whole = read_all(reader, PARTITION, reader.start(PARTITION), MANY)
        for max_bytes in (1, 7, 100, 1000):
            assert read_all(reader, PARTITION, reader.start(PARTITION), max_bytes) == whole

    def test_a_read_stops_when_it_has_enough(self) -> None:
        reader = self.append(*[[b"x" * 1000] for _ in range(20)])
        batch = reader.read(PARTITION, reader.start(PARTITION), 5000)
        assert 1 <= len(batch.records) <= 5
        assert batch.next_offset < reader.end(PARTITION)

    def test_a_record_larger_than_the_limit_is_read_alone(self) -> None:
        reader = self.append([b"x" * 5000], [b"y"])
        batch = reader.read(PARTITION, reader.start(PARTITION), 10)
        assert [payload for _, payload in batch.records] == [b"x" * 5000]

    def test_a_reader_at_the_end_stays_there_until_there_is_more(self) -> None:
        reader = self.append([b"a"])
        end = reader.end(PARTITION)
        assert reader.read(PARTITION, end, MANY).next_offset == end
        self.append([b"b"])
        assert [payload for _, payload in reader.read(PARTITION, end, MANY).records] == [b"b"]

    def test_a_writer_goes_on_where_the_last_one_stopped(self) -> None:
        self.append([b"a"])
        self.append()
        reader = self.append([b"b"])
        assert payloads(reader) == [b"a", b"b"]

    def test_offsets_never_change(self) -> None:
        before = read_all(self.append([b"a", b"b"]), PARTITION, 0, MANY)
        after = read_all(self.append([b"c"]), PARTITION, 0, MANY)
        assert after[:2] == before

    def test_partitions_are_apart_and_sorted(self) -> None:
        async def main() -> None:
            writers = [self.open_writer(name) for name in ("b", "a")]
            for writer, payload in zip(writers, (b"in b", b"in a"), strict=True):
                await writer.append([payload])
                await writer.close()

        asyncio.run(main())
        reader = self.open_reader()
        assert reader.partitions() == ("a", "b")
        assert payloads(reader, "a") == [b"in a"]
        assert payloads(reader, "b") == [b"in b"]

    def test_a_partition_has_one_writer_at_a_time(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            with pytest.raises(EnvironmentFailure, match=PARTITION):
                self.open_writer(PARTITION)
            await writer.append([b"still works"])

        assert payloads(self.run(scenario)) == [b"still works"]

    def test_close_finishes_what_was_appended(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            futures = [writer.append([b"%d" % number]) for number in range(20)]
            await writer.close()
            await writer.close()
            assert all(future.done() for future in futures)

        assert payloads(self.run(scenario)) == [b"%d" % number for number in range(20)]

    def test_a_closed_writer_refuses(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            await writer.close()
            with pytest.raises(LogUnavailable, match="closed"):
                await writer.append([b"late"])

        assert payloads(self.run(scenario)) == []

    def test_an_append_of_nothing_is_a_mistake(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            with pytest.raises(ValueError, match="at least one record"):
                await writer.append([])

        self.run(scenario)

    def test_a_caller_that_goes_away_harms_no_other(self) -> None:
        async def scenario(writer: LogWriter) -> None:
            gone, stays = writer.append([b"a"]), writer.append([b"b"])
            gone.cancel()
            await stays

        assert payloads(self.run(scenario)) == [b"a", b"b"]

    def test_an_unknown_partition_is_named(self) -> None:
        reader = self.append()
        for ask in (reader.start, reader.end, lambda name: reader.read(name, 0, MANY)):
            with pytest.raises(UsageError, match=f"no-such.*{PARTITION}"):
                ask("no-such")

    def test_an_offset_where_no_record_begins_is_refused(self) -> None:
        reader = self.append([b"a record of some length", b"and another one"])
        records = read_all(reader, PARTITION, reader.start(PARTITION), MANY)
        for wrong in (records[0][0] + 1, records[1][0] - 1, reader.end(PARTITION) + 1000):
            with pytest.raises(UsageError, match=str(wrong)):
                reader.read(PARTITION, wrong, MANY)


class ConsumerMarksContract(LogContract):
    """The same, for a reader that keeps marks too."""

    def marks(self) -> ConsumerMarks:
        reader = self.open_reader()
        assert isinstance(reader, ConsumerMarks)
        return reader

    def test_nothing_is_consumed_before_somebody_says_so(self) -> None:
        self.append([b"a"])
        assert self.marks().consumed(PARTITION) is None

    def test_a_consumed_mark_is_what_was_last_told_whoever_asks(self) -> None:
        reader = self.append([b"a", b"b"])
        (_, (second, _)) = read_all(reader, PARTITION, reader.start(PARTITION), MANY)
        for offset in (second, reader.end(PARTITION), second, 0):
            self.marks().mark_consumed(PARTITION, offset)
            assert self.marks().consumed(PARTITION) == offset

    def test_a_consumed_mark_deletes_nothing_and_moves_no_reader(self) -> None:
        reader = self.append([b"a", b"b"])
        self.marks().mark_consumed(PARTITION, reader.end(PARTITION))
        assert payloads(self.open_reader()) == [b"a", b"b"]

    def test_marks_of_partitions_are_apart(self) -> None:
        self.append([b"a"])

        async def other() -> None:
            await self.open_writer("other").close()

        asyncio.run(other())
        self.marks().mark_consumed(PARTITION, 0)
        assert self.marks().consumed("other") is None

    def test_nobody_can_have_consumed_what_is_not_there(self) -> None:
        reader = self.append([b"a"])
        with pytest.raises(UsageError, match="past its end"):
            self.marks().mark_consumed(PARTITION, reader.end(PARTITION) + 1)
        assert self.marks().consumed(PARTITION) is None

    def test_an_unknown_partition_has_no_mark(self) -> None:
        self.append()
        with pytest.raises(UsageError, match=f"no-such.*{PARTITION}"):
            self.marks().consumed("no-such")
        with pytest.raises(UsageError, match=f"no-such.*{PARTITION}"):
            self.marks().mark_consumed("no-such", 0)
