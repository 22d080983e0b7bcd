"""The log as the loader sees it once people were erased."""

from __future__ import annotations

from typing import NamedTuple

from mainstem.load.erased import WithoutErased


class Batch(NamedTuple):
    records: list[tuple[int, bytes]]
    next_offset: int


class Log:
    """Two records a read."""

    def __init__(self, *payloads: bytes) -> None:
        self.payloads = payloads

    def partitions(self) -> tuple[str, ...]:
        return ("p",)

    def start(self, partition: str) -> int:
        return 0

    def end(self, partition: str) -> int:
        return len(self.payloads)

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        found = list(enumerate(self.payloads))[offset : offset + 2]
        return Batch(found, offset + len(found))


def both(log: WithoutErased, offset: int) -> tuple[list[tuple[int, bytes]], int]:
    batch = log.read("p", offset, 9)
    return batch.records, batch.next_offset


def is_anas(payload: bytes) -> bool:
    return payload == b"ana"


def test_records_of_the_erased_are_left_out_and_offsets_stay() -> None:
    log = WithoutErased(Log(b"bob", b"ana", b"cyn"), lambda: is_anas)
    assert both(log, 0) == ([(0, b"bob")], 2)
    assert both(log, 2) == ([(2, b"cyn")], 3)
    assert (log.partitions(), log.start("p"), log.end("p")) == (("p",), 0, 3)


def test_a_batch_of_nobody_else_is_passed_over() -> None:
    log = WithoutErased(Log(b"ana", b"ana", b"ana", b"ana", b"bob"), lambda: is_anas)
    assert both(log, 0) == ([(4, b"bob")], 5)


def test_at_the_end_nothing_is_left_to_read() -> None:
    assert WithoutErased(Log(b"ana", b"ana"), lambda: is_anas).read("p", 0, 9).records == []


def test_where_nobody_was_erased_the_log_is_as_it_is() -> None:
    assert both(WithoutErased(Log(b"ana"), lambda: None), 0) == ([(0, b"ana")], 1)
