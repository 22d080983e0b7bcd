"""Every line once, wherever a stream breaks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mainstem_airflow.pod_logs import Position

_LOG = [
    b"2026-11-23T14:05:09.1Z one\n",
    b"2026-11-23T14:05:09.1Z one\n",
    b"2026-11-23T14:05:09.123456789Z two\n",
    b"2026-11-23T14:05:09.12345679Z \n",
    b"2026-11-23T14:05:10Z  three \n",
    b"2026-11-23T14:05:11.000000001Z 2026-11-23T14:05:11Z four\n",
]
_LINES = [b"one", b"one", b"two", b"", b" three ", b"2026-11-23T14:05:11Z four"]


def _read(position: Position, log: list[bytes]) -> list[bytes]:
    return [line for raw in log if (line := position.news(raw)) is not None]


def test_lines_come_without_their_timestamps_blank_ones_too() -> None:
    assert _read(Position(), _LOG) == _LINES


@pytest.mark.parametrize("cut", range(2, len(_LOG) + 1))
def test_what_was_read_before_the_stream_broke_is_not_read_again(cut: int) -> None:
    position = Position()
    first = _read(position, _LOG[:cut])

    assert position.resume() is not None
    assert first + _read(position, _LOG) == _LINES


def test_a_log_of_which_nothing_was_read_is_asked_for_from_its_beginning() -> None:
    assert Position().resume() is None


def test_a_nodes_own_time_zone_is_understood() -> None:
    position = Position()
    for raw, following in pairwise([b"2026-11-23T15:05:09.5+01:00 a", b"2026-11-23T14:05:09.6Z b"]):
        assert _read(position, [raw, following]) == [b"a", b"b"]
    position.resume()

    assert _read(position, [b"2026-11-23T15:05:09.5+01:00 a", b"2026-11-23T14:05:09.7Z c"]) == [b"c"]


def test_a_line_that_bears_no_timestamp_is_not_lost() -> None:
    assert _read(Position(), [b"unable to retrieve container logs\n"]) == [
        b"unable to retrieve container logs"
    ]
