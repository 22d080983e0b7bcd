from __future__ import annotations

from mainstem.load.batch import LogSlice

RECORDS = (("0", 0, b"a"), ("0", 7, b"b"), ("0", 9, b"c"), ("1", 3, b"d"))


def test_halves_go_on_where_each_other_ends() -> None:
    whole = LogSlice(RECORDS, {"0": 12, "1": 5}, is_full=False)
    first, second = whole.halves()
    assert first == LogSlice(RECORDS[:2], {"0": 9}, is_full=True)
    assert second == LogSlice(RECORDS[2:], {"0": 12, "1": 5}, is_full=False)
    assert second.halves() == (
        LogSlice(RECORDS[2:3], {"0": 12}, is_full=True),
        LogSlice(RECORDS[3:], {"1": 5}, is_full=False),
    )
