from __future__ import annotations

from typing import Any

import pytest

from mainstem.orchestrate.podman.keeper import ended_properly, outcome_of, told

NEVER = "0001-01-01T00:00:00Z"
STOPPED = ("killed", "stopped")


def state(code: int = 0, status: str = "exited", finished: str = "2026-11-23T07:00:01Z", **more: Any) -> Any:
    return {"Status": status, "ExitCode": code, "FinishedAt": finished, "OOMKilled": False, **more}


@pytest.mark.parametrize(
    "found",
    [
        None,
        state(status="running", finished=NEVER),
        state(status="created", finished=NEVER),
        state(status="exited", finished=NEVER),
        state(status="unknown"),
        state(-1),
    ],
    ids=["removed", "monitor killed", "after a reboot", "never finished", "unknown", "no code"],
)
def test_a_container_that_did_not_end_properly_is_lost_whatever_code_podman_shows(found: Any) -> None:
    assert not ended_properly(found)
    outcome = outcome_of(found, None, 0, "")
    assert (outcome["ended"], outcome["exit_code"]) == ("lost", None)


@pytest.mark.parametrize(
    ("code", "flag", "kills", "limit", "ended"),
    [
        (0, False, 0, "", "exited"),
        (0, True, 3, "1Gi", "exited"),  # a helper of it was killed, and it got by without
        (1, False, 1, "1Gi", "oom_killed"),  # its child was killed, and it said so
        (137, False, 1, "1Gi", "oom_killed"),
        (137, True, None, "1Gi", "oom_killed"),
        (137, False, None, "1Gi", "oom_killed"),  # nobody saw it, and nothing else is likely
        (137, False, 0, "1Gi", "killed"),
        (137, False, None, "", "killed"),
        (143, False, 0, "", "killed"),
        (128, False, 0, "", "exited"),
        (255, False, 0, "", "exited"),
    ],
)
def test_out_of_memory_is_told_apart_from_being_killed(
    code: int, flag: bool, kills: int | None, limit: str, ended: str
) -> None:
    outcome = outcome_of(state(code, OOMKilled=flag), None, kills, limit)
    assert (outcome["ended"], outcome["exit_code"]) == (ended, code)


def test_what_was_stopped_was_stopped_whatever_code_it_had() -> None:
    assert outcome_of(state(0), STOPPED, 0, "")["ended"] == "killed"
    assert outcome_of(state(137), ("timed_out", "timed out after 1 s"), 1, "1Gi")["ended"] == "timed_out"
    assert outcome_of(None, STOPPED, 0, "")["ended"] == "killed"


def test_podmans_error_is_told_and_not_what_it_says_beside() -> None:
    said = b'time="x" level=warning msg="y"\nError: localhost/a:1: image not known\n\n'
    assert told(said) == "localhost/a:1: image not known"
    assert told(b"runc: exec failed\n") == "runc: exec failed"
    assert told(b"") == "it said nothing"
