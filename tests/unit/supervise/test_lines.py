from __future__ import annotations

import json

import pytest

from mainstem.supervise.lines import made, parsed


def test_a_raw_line_is_wrapped_whole_and_names_its_process() -> None:
    line = parsed("transform", "09:00:01  Running with dbt=1.11 \xe9\n".encode())
    assert json.loads(line.encoded()) == {
        "ts": line.ts,
        "level": "info",
        "logger": "output",
        "process": "transform",
        "message": "09:00:01  Running with dbt=1.11 \xe9",
        "fields": {},
    }


def test_a_line_of_our_own_is_kept_as_it_was_said() -> None:
    said = made("warning", "mainstem.load", "load", "trying again", {"seconds": 2})
    assert parsed("load", said.encoded()) == said


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("2026-01-01 00:00:00.000 UTC [7] @ LOG:  checkpoint starting", "info"),
        ("2026-01-01 00:00:00.000 UTC [7] u@db ERROR:  duplicate key", "info"),
        ("2026-01-01 00:00:00.000 UTC [7] u@db FATAL:  the database system is starting up", "info"),
        ('2026-01-01 00:00:00.000 UTC [7] @ FATAL:  data directory "x" has wrong ownership', "error"),
        ("2026-01-01 00:00:00.000 UTC [7] FATAL:  could not create shared memory segment", "error"),
        ("2026-01-01 00:00:00.000 UTC [7] @ PANIC:  could not write to file", "critical"),
        ("mainstem: web server: port 8000 on 127.0.0.1 is in use", "error"),
        ('{"ts": 1}', "info"),
        ("[1, 2", "info"),
    ],
)
def test_a_raw_lines_level_is_what_it_means_for_the_process(text: str, level: str) -> None:
    assert parsed("p", text.encode()).level == level


def test_nothing_in_a_line_steers_a_terminal() -> None:
    line = parsed("p", b"\x1b[2Jgone \xff\n")
    assert line.text() == "\N{REPLACEMENT CHARACTER}[2Jgone \N{REPLACEMENT CHARACTER}"


def test_a_traceback_is_shown_below_its_message() -> None:
    line = made("error", "l", "p", "it failed", {"traceback": "Traceback\n  File"})
    assert line.text() == "it failed\nTraceback\n  File"
