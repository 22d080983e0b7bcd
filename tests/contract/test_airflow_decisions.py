"""Our decisions and those of the real Airflow's own code, over thousands of cases."""

from __future__ import annotations

import json
import os
import random
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, get_args

import pytest

from mainstem.manifest import CronSchedule, Dag, Task, TaskState, TriggerRule
from mainstem.orchestrate.decisions import Ticks, Upstream, next_tick, retry_delay, verdict

REPOSITORY = Path(__file__).resolve().parent.parent.parent
STATES: tuple[TaskState | None, ...] = (
    "success", "failed", "upstream_failed", "skipped", "removed", None, "running",
)  # fmt: skip
ZONES = (
    "UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo",
    "Pacific/Apia", "Atlantic/Azores",
)  # fmt: skip
EXPRESSIONS = (
    "0 7 * * *", "30 2 * * *", "0 * * * *", "*/30 * * * *", "15 1-3 * * *", "0 */2 * * *", "30 0 * * *",
    "0 0 * * 0", "45 1 1 * *", "@daily", "@hourly", "0 2 13 * 5", "5 0-23 * * *", "*/7 2 * * 1-5",
    "0 3 L * *",
)  # fmt: skip
NEAR_CHANGES = (
    "2026-03-28T12:00", "2026-10-24T12:00", "2026-03-07T20:00", "2026-10-31T20:00", "2026-04-04T03:00",
    "2026-10-03T03:00", "2026-04-23T12:00",
)  # fmt: skip


@pytest.fixture(scope="module")
def airflow() -> Path:
    """Airflow's own interpreter: `make airflow` makes its environment; `MAINSTEM_AIRFLOW` names another."""
    environment = Path(os.environ.get("MAINSTEM_AIRFLOW", REPOSITORY / ".venv-airflow"))
    python = environment / "bin" / "python"
    if not python.exists():
        message = f"no Airflow at {environment}: `make airflow` installs it, MAINSTEM_AIRFLOW names another"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return python


def asked(airflow: Path, home: Path, cases: dict[str, list[Any]]) -> dict[str, list[Any]]:
    script = Path(__file__).with_name("airflow_answers.py")
    told = {"rules": [], "ticks": [], "delays": []} | cases
    done = subprocess.run(
        [airflow, script],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        env={"AIRFLOW_HOME": str(home), "PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: dict[str, list[Any]] = json.loads(done.stdout)
    return answers


@pytest.mark.slow
def test_trigger_rules_say_what_airflows_own_code_says(airflow: Path, tmp_path: Path) -> None:
    cases = [
        (rule, states)
        for rule in get_args(TriggerRule)
        for size in range(5)
        for states in combinations_with_replacement(STATES, size)
    ]
    answers = asked(airflow, tmp_path, {"rules": cases})["rules"]
    for (rule, states), answer in zip(cases, answers, strict=True):
        assert verdict(rule, Upstream.of(states)) == answer, (rule, states)


@pytest.mark.slow
def test_ticks_and_next_runs_fall_where_airflows_own_code_puts_them(airflow: Path, tmp_path: Path) -> None:
    chance = random.Random(2026)
    cases = [_tick_case(chance) for _ in range(2000)]
    answers = asked(airflow, tmp_path, {"ticks": cases})["ticks"]
    for case, answer in zip(cases, answers, strict=True):
        assert _our_ticks(**case) == answer, case


def _tick_case(chance: random.Random) -> dict[str, Any]:
    expression, timezone = chance.choice(EXPRESSIONS), chance.choice(ZONES)
    near = datetime.fromisoformat(chance.choice(NEAR_CHANGES)).replace(tzinfo=UTC)
    now = near + timedelta(minutes=chance.choice([1, 15, 30]) * chance.randrange(96))

    def perhaps(hours: int) -> datetime | None:
        return None if chance.random() < 0.5 else now + timedelta(hours=chance.randrange(-200, hours))

    last = perhaps(1)
    if last is not None:
        last = Ticks(CronSchedule(expression, timezone)).at_or_before(last)
    moments = {"moment": now, "last": last, "start": perhaps(30), "end": perhaps(60)}
    written = {name: moment and moment.isoformat() for name, moment in moments.items()}
    return {
        "expression": expression,
        "timezone": timezone,
        **written,
        "catchup": chance.random() < 0.5,
    }


def _our_ticks(
    expression: str,
    timezone: str,
    moment: str,
    last: str | None,
    start: str | None,
    end: str | None,
    catchup: bool,
) -> list[str | None]:
    schedule, now = CronSchedule(expression, timezone), datetime.fromisoformat(moment)
    begin, until, newest = (text and datetime.fromisoformat(text) for text in (start, end, last))
    dag = Dag("d", (), schedule=schedule, start_date=begin or None, end_date=until or None, catchup=catchup)
    ticks = Ticks(schedule)
    found = [ticks.after(now), ticks.before(now), ticks.at_or_after(now), ticks.at_or_before(now)]
    found.append(next_tick(dag, newest or None, now, now))
    return [None if one is None else one.isoformat() for one in found]


@pytest.mark.slow
def test_retries_are_due_when_airflows_own_code_says(airflow: Path, tmp_path: Path) -> None:
    chance = random.Random(2026)
    cases: list[dict[str, Any]] = [
        {
            "dag_id": chance.choice(["d", "events.load"]),
            "task_id": f"t{chance.randrange(9)}",
            "date": chance.choice([None, "2026-11-23T07:00:00+00:00", "2026-11-23T07:00:00.000123+00:00"]),
            "number": chance.randrange(1, 60),
            "seconds": chance.choice([0, 0.2, 7.5, 60, 300]),
            "backoff": chance.choice([0, 1, 1.5, 2, 3.0]),
            "longest": chance.choice([None, 30, 3600]),
        }
        for _ in range(500)
    ]
    answers = asked(airflow, tmp_path, {"delays": cases})["delays"]
    for case, answer in zip(cases, answers, strict=True):
        date = case["date"] and datetime.fromisoformat(case["date"])
        task = Task(
            case["task_id"],
            (),
            retry_delay=case["seconds"],
            retry_exponential_backoff=case["backoff"],
            max_retry_delay=case["longest"],
        )
        assert retry_delay(task, case["dag_id"], date, case["number"]).total_seconds() == answer, case
