from __future__ import annotations

import pytest

from benchmarks.wrk import Load, parse_result

PRINTED = """\
Running 1s test @ http://127.0.0.1:8080
  1 threads and 64 connections
RESULT {"requests": 120, "refused": 20, "broken": 3, "microseconds": 2000000, "p50_us": 5, "p99_us": 9}
"""


def test_only_answers_of_200_count_as_accepted() -> None:
    load = parse_result(PRINTED)
    assert load == Load(120, 20, 3, 2_000_000, 5, 9)
    assert (load.accepted, load.seconds) == (100, 2.0)


def test_a_generator_that_says_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="unable to connect"):
        parse_result("unable to connect\n")
