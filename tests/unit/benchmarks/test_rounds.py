from __future__ import annotations

from benchmarks.rounds import interleaved


def test_ours_and_limit_take_turns_and_who_begins_alternates() -> None:
    order: list[str] = []

    def measured(name: str) -> str:
        order.append(name)
        return name

    pairs = interleaved(3, lambda: measured("ours"), lambda: measured("limit"))
    assert order == ["ours", "limit", "limit", "ours", "ours", "limit"]
    assert pairs == [("ours", "limit")] * 3
