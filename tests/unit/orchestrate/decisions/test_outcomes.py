from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from mainstem.manifest import Dag, Task, TaskInstance, TaskState
from mainstem.orchestrate.decisions import ended, manual_run, started
from mainstem.orchestrate.runtime import Outcome

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TASK = Task("t", ("true",), retries=1, retry_delay=60, skip_on_exit_code=(99,), execution_timeout=90)
RUN = manual_run(Dag("d", (TASK,)), NOW, "m", "ada").run


def running(try_number: int = 1) -> TaskInstance:
    return TaskInstance("d", RUN.run_id, "t", "running", try_number, 2, start_date=NOW - timedelta(minutes=2))


def after(outcome: Outcome, instance: TaskInstance | None = None) -> TaskInstance:
    step = ended(TASK, RUN, instance or running(), outcome, NOW)
    assert step is not None
    return step.after


def test_exit_0_alone_is_a_success() -> None:
    done = after(Outcome("exited", 0))
    assert (done.state, done.exit_code, done.reason, done.end_date) == ("success", 0, "", NOW)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("exited", 1),
        Outcome("exited", None),
        Outcome("oom_killed", 137),
        Outcome("killed", None),
        Outcome("timed_out", None),
        Outcome("lost", None),
        Outcome("lost", 0),
        Outcome("killed", 99),
    ],
)
def test_whatever_else_a_try_ends_in_is_a_failure(outcome: Outcome) -> None:
    first, last = after(outcome), after(outcome, running(2))
    assert (first.state, first.next_retry_at) == ("up_for_retry", NOW + timedelta(seconds=60))
    assert (last.state, last.next_retry_at) == ("failed", None)
    assert first.reason


def test_an_exit_code_of_nothing_to_do_is_skipped_also_on_the_last_try() -> None:
    assert after(Outcome("exited", 99)).state == after(Outcome("exited", 99), running(2)).state == "skipped"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome("exited", 3), "exit 3"),
        (Outcome("oom_killed"), "killed: out of memory"),
        (Outcome("timed_out"), "timed out after 90 s"),
        (Outcome("lost"), "lost: it is gone and left no exit code"),
        (Outcome("exited", 1, "evicted by the node"), "evicted by the node"),
    ],
)
def test_the_reason_is_in_words(outcome: Outcome, words: str) -> None:
    assert after(outcome).reason == words


@pytest.mark.parametrize("state", ["success", "failed", "skipped", None, "scheduled", "up_for_retry"])
def test_what_was_decided_meanwhile_is_not_overwritten(state: TaskState | None) -> None:
    assert ended(TASK, RUN, replace(running(), state=state), Outcome("exited", 0), NOW) is None


def test_a_program_that_could_not_be_started_has_begun_and_ended_at_once() -> None:
    queued = replace(running(), state="queued", start_date=None)
    failed = after(Outcome("exited", None, "no such program: dbtt"), queued)
    assert (failed.state, failed.start_date, failed.end_date) == ("up_for_retry", NOW, NOW)


def test_a_try_that_runs_says_who_holds_it() -> None:
    step = started(replace(running(), state="queued", start_date=None), "host-1", "pid 7", NOW)
    assert (step.after.state, step.after.runner, step.after.handle) == ("running", "host-1", "pid 7")
    assert step.after.start_date == NOW
