from __future__ import annotations

import asyncio

from mainstem.collect.intake import GROUP_BYTES, REQUEST_OVERHEAD, Intake
from mainstem.collect.request import Accepted
from mainstem.errors import LogUnavailable
from mainstem.testing.gateway import RecordingLog


class Asked:
    """A request that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[bool] = []

    def done(self, durable: bool) -> None:
        self.told.append(durable)


def test_no_append_grows_far_beyond_the_group_size() -> None:
    async def check() -> None:
        log = RecordingLog()
        intake = Intake(log, RecordingLog(), 10**9)
        record = b"x" * (GROUP_BYTES // 2)
        asked = [Asked() for _ in range(5)]
        for request in asked:
            intake.submit(Accepted([record], []), request)
        await intake.drained()
        assert [len(append) for append in log.appends] == [2, 2, 1]
        assert [request.told for request in asked] == [[True]] * 5

    asyncio.run(check())


def test_a_request_larger_than_a_log_takes_at_once_is_durable_when_all_of_it_is() -> None:
    async def check() -> None:
        log, quarantine, asked = RecordingLog(), RecordingLog(), Asked()
        intake = Intake(log, quarantine, 10**9)
        record = b"x" * (GROUP_BYTES // 2)
        intake.submit(Accepted([record] * 5, [record] * 3), asked)
        await intake.drained()
        assert [len(append) for append in log.appends] == [2, 2, 1]
        assert [len(append) for append in quarantine.appends] == [2, 1]
        assert asked.told == [True]

    asyncio.run(check())


def test_what_comes_while_an_append_is_under_way_shares_the_next_one() -> None:
    async def check() -> None:
        log = RecordingLog()
        intake = Intake(log, RecordingLog(), 10**9)
        log.hold()
        for record in (b"a", b"b", b"c"):
            intake.submit_record(record, Asked())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        log.release()
        await intake.drained()
        assert log.appends == [[b"a"], [b"b", b"c"]]

    asyncio.run(check())


def test_a_record_by_itself_is_counted_as_one_among_others_is() -> None:
    async def check() -> None:
        log = RecordingLog()
        log.hold()
        intake = Intake(log, RecordingLog(), REQUEST_OVERHEAD)
        intake.submit_record(b"x", asked := Asked())
        assert (intake.full, intake.waiting_bytes) == (True, REQUEST_OVERHEAD + 1)
        log.release()
        await intake.drained()
        assert (intake.full, intake.waiting_bytes, asked.told) == (False, 0, [True])

    asyncio.run(check())


def test_quarantine_alone_reaches_only_the_quarantine() -> None:
    async def check() -> None:
        log, quarantine, asked = RecordingLog(), RecordingLog(), Asked()
        intake = Intake(log, quarantine, 1000)
        intake.submit(Accepted([], [b"held"]), asked)
        await intake.drained()
        assert (log.records, quarantine.records, asked.told) == ([], [b"held"], [True])
        intake.submit(Accepted([b"next"], []), asked)
        await intake.drained()
        assert (log.records, asked.told) == ([b"next"], [True, True])

    asyncio.run(check())


def test_nothing_is_quarantined_of_a_request_that_the_log_refused() -> None:
    async def check() -> None:
        log, quarantine, asked = RecordingLog(), RecordingLog(), Asked()
        log.refusal = LogUnavailable("disk full")
        intake = Intake(log, quarantine, 1000)
        intake.submit(Accepted([b"good"], [b"held"]), asked)
        await intake.drained()
        assert (quarantine.records, asked.told) == ([], [False])
        assert intake.failed_at is not None

    asyncio.run(check())


def test_it_is_full_from_the_budget_until_half_of_it_is_free_again() -> None:
    async def check() -> None:
        log = RecordingLog()
        log.hold()
        intake = Intake(log, RecordingLog(), 2 * REQUEST_OVERHEAD)
        rooms: list[int] = []
        intake.on_room = lambda: rooms.append(intake.waiting_bytes)
        for filled in (False, True, True):
            intake.submit(Accepted([b"x"], []), Asked())
            assert intake.full is filled
        log.release()
        await intake.drained()
        assert (intake.full, rooms, intake.waiting_bytes) == (False, [0], 0)

    asyncio.run(check())


def test_what_the_log_did_not_take_is_handed_back() -> None:
    async def check() -> None:
        log = RecordingLog()
        log.refusal = LogUnavailable("disk full")
        intake = Intake(log, RecordingLog(), 10**9)
        unkept: list[tuple[list[bytes], list[bytes]]] = []
        intake.on_unkept = lambda records, held: unkept.append((list(records), list(held)))
        intake.submit_record(b"a", Asked())
        await intake.drained()
        intake.submit(Accepted([b"b"], [b"c"]), Asked())
        await intake.drained()
        assert unkept == [([b"a"], []), ([b"b"], [b"c"])]

    asyncio.run(check())
