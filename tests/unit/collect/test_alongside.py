from __future__ import annotations

import asyncio
import logging

import pytest

from mainstem.collect.alongside import alongside


def test_it_runs_until_the_block_ends() -> None:
    async def check() -> None:
        began, ended = asyncio.Event(), []

        async def work() -> None:
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)

        async with alongside(work()):
            await began.wait()
            assert not ended
        assert ended == [True]

    asyncio.run(check())


def test_a_fault_is_told_when_it_happens_and_raised_when_the_block_has_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def check() -> None:
        with caplog.at_level(logging.ERROR):
            async with alongside(work()):
                while not caplog.records:
                    await asyncio.sleep(0)
                told.append(caplog.text)

    async def work() -> None:
        raise ZeroDivisionError("a bug")

    told: list[str] = []
    with pytest.raises(ZeroDivisionError):
        asyncio.run(check())
    assert "goes on without what failed beside it" in told[0]
    assert "ZeroDivisionError: a bug" in told[0]
