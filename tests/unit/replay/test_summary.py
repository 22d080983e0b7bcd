from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mainstem.replay import HeldEvent, summary_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def held(offset: int, at: str) -> HeldEvent:
    return HeldEvent(
        stage="gateway",
        partition="gateway-0",
        offset=offset,
        received_at=at,
        request_ip="",
        source_id="web",
        reason="why",
        event=b"{}",
    )


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(0, 12))
def test_the_newest_are_those_at_the_head_of_all_sorted_by_time(times: list[str], most: int) -> None:
    events = [held(offset, at) for offset, at in enumerate(times)]
    expected = sorted(events, key=lambda one: one.received_at, reverse=True)
    assert summary_of(events, most).newest() == expected[:most]
    assert summary_of(events, None).newest() == expected
    assert summary_of(events).count == len(events)


def test_of_all_it_goes_through_it_keeps_no_more_than_was_asked_for() -> None:
    alive: list[int] = []

    class Counted(HeldEvent, frozen=True):
        def __del__(self) -> None:
            alive.remove(self.offset)

    def many() -> Iterator[HeldEvent]:
        for offset in range(1000):
            assert len(alive) <= 7
            alive.append(offset)
            yield Counted("gateway", "gateway-0", offset, f"{offset:04}", "", "web", "why", b"{}")

    assert [one.offset for one in summary_of(many(), 5).newest()] == [999, 998, 997, 996, 995]
