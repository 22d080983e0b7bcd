"""Tasks that run on the worker itself, as Airflow's task process runs them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, AirflowTaskTimeout

from mainstem_airflow.outcomes import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.sdk import DAG

    from mainstem_airflow.local import LocalProgramOperator

    Build = Callable[..., DAG]


def _task(built: Build, *argv: str, **fields: Any) -> tuple[LocalProgramOperator, list[str]]:
    options = fields.pop("options", {})
    made = built({"argv": argv, **fields}, operator="local", **options).get_task("one")
    made.run_environment = {"MAINSTEM_TRY_NUMBER": "1"}  # as rendered
    log: list[str] = []
    made._write = log.append
    return made, log


def _python(built: Build, code: str, **fields: Any) -> tuple[LocalProgramOperator, list[str]]:
    return _task(built, sys.executable, "-c", code, **fields)


def _run(made: tuple[LocalProgramOperator, list[str]]) -> list[str]:
    """Its log."""
    task, log = made
    task.execute({})
    return log


def test_its_log_is_what_the_program_says_and_how_it_ended(built: Build) -> None:
    lines = _run(_python(built, "import os; print('one'); print(os.environ['MAINSTEM_TRY_NUMBER'])"))

    assert lines == ["one", "1", "[mainstem] exit 0"]


def test_an_exit_code_other_than_0_fails_the_task(built: Build) -> None:
    with pytest.raises(TaskFailed, match=r"^exit 4$"):
        _run(_python(built, "raise SystemExit(4)"))


def test_an_exit_code_that_says_there_was_nothing_to_do_skips_it(built: Build) -> None:
    with pytest.raises(AirflowSkipException, match=r"exit 99"):
        _run(_python(built, "raise SystemExit(99)", skip_on_exit_code=[99]))


def test_a_secret_reaches_the_program_and_not_the_log(built: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "c4nary-of-stripe")
    code = "import os; print(len(os.environ['TOKEN']), os.environ['TOKEN'])"

    lines = _run(_python(built, code, secret_env={"TOKEN": {"name": "stripe", "key": "api-key"}}))

    assert lines == ["16 ***", "[mainstem] exit 0"]


def test_a_program_sees_nothing_of_airflows_environment(
    built: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CHAT", "c4nary")
    monkeypatch.setenv("SHOP_MODE", "full")
    monkeypatch.setenv("STRIPE_API_KEY", "c4nary")

    lines = _run(_task(built, "env", options={"pass_environment": ("SHOP_*", "AIRFLOW*")}))

    names = {line.partition("=")[0] for line in lines[:-1]}
    assert {"PATH", "SHOP_MODE", "MAINSTEM_TRY_NUMBER"} <= names
    assert not {"AIRFLOW_CONN_CHAT", "AIRFLOW_HOME", "STRIPE_API_KEY"} & names


def test_the_stacks_own_programs_see_all_but_airflows_environment(
    built: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CHAT", "c4nary")
    monkeypatch.setenv("MAINSTEM_WEB_PORT", "9000")

    lines = _run(_task(built, "env", kind="load"))

    names = {line.partition("=")[0] for line in lines[:-1]}
    assert "MAINSTEM_WEB_PORT" in names
    assert "AIRFLOW_CONN_CHAT" not in names


def test_a_projects_own_programs_come_before_those_of_airflow(built: Build, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "env"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho ours\n")
    program.chmod(0o755)

    lines = _run(_task(built, "env", options={"bin_folder": "bin"}))

    assert lines == ["ours", "[mainstem] exit 0"]


def test_a_secret_that_is_not_there_fails_the_task_before_it_starts(built: Build) -> None:
    with pytest.raises(TaskFailed, match=r"not started: .* no STRIPE_API_KEY for TOKEN"):
        _run(_task(built, "true", secret_env={"TOKEN": {"name": "stripe", "key": "api-key"}}))


def test_a_folder_that_is_not_there_fails_the_task_before_it_starts(built: Build) -> None:
    with pytest.raises(TaskFailed, match=r"not started: there is no folder .*/nowhere"):
        _run(_task(built, "true", cwd="nowhere"))


_LAST_WORDS = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print("bye"), sys.exit(0)))
print("there", flush=True)
signal.pause()
"""


def test_a_timeout_ends_the_program_and_its_last_words_are_kept(built: Build) -> None:
    task, log = _python(built, _LAST_WORDS, execution_timeout=60)

    def time_is_over() -> None:
        raise AirflowTaskTimeout("Timeout")

    task._write = _striking(log, time_is_over)

    with pytest.raises(TaskFailed, match=r"^timed out after 60 s$"):
        _run((task, log))
    assert log == ["there", "bye"]


def test_a_task_that_airflow_kills_has_failed_whatever_it_ends_with(built: Build) -> None:
    task, log = _python(built, _LAST_WORDS)
    task._write = _striking(log, task.on_kill)

    with pytest.raises(TaskFailed, match=r"^stopped$"):
        _run((task, log))
    assert log == ["there", "bye", "[mainstem] exit 0"]


def _striking(log: list[str], strike: Callable[[], None]) -> Callable[[str], None]:
    """A log at whose first line Airflow's signal arrives."""

    def write(line: str) -> None:
        log.append(line)
        if len(log) == 1:
            strike()

    return write
