"""Secrets that were planted wherever one may turn up are in no alert, log line, record or error."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.alerts import Told, alert_settings, line_of, open_targets, watcher
from mainstem.assemble.alerts import test_targets as send_tests
from mainstem.assemble.project import open_project
from mainstem.manifest import Dag, Manifest, SecretRef, Task, dump
from mainstem.store.runs import RunRecords
from mainstem.testing.messengers import WebhookReceiver, webhook_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.store import Database


NOW = datetime.now(UTC)
ENVIRONMENT = "canary-env-3f9a1c7e5b"
FILE = "canary-file-77c2d0aa91"
URL = "canaryurl8d1e6b5a0c2f4e9d7b31"
PASSWORD = "canary-password-51e0"
ASSIGNED = "canary-assigned-9ad2"
CANARIES = (ENVIRONMENT, FILE, URL, PASSWORD, ASSIGNED)
OUTPUT = f"""connecting to postgres://etl:{PASSWORD}@db/crm
api_key={ASSIGNED}
Traceback (most recent call last):
  raise Unauthorized("{ENVIRONMENT}")
{FILE} is not welcome
"""


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def folder(tmp_path: Path, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mainstem.toml").write_text(
        """
        [alerts]
        targets = { chat = "env:TEAM_CHAT", hook = "file:hook" }
        gather_s = 0
        log_lines = 10
        [orchestrate]
        logs_dir = "logs"
        [runner]
        secrets_dir = "secrets"
        """
    )
    monkeypatch.setenv("TEAM_CHAT", f"mmost://127.0.0.1:{receiver.port}/{URL}")
    monkeypatch.setenv("CRM_TOKEN", ENVIRONMENT)
    (tmp_path / "hook").write_text(
        f"json://watcher:{PASSWORD}@127.0.0.1:{receiver.port}/{URL}?+x-token={ASSIGNED}"
    )
    (tmp_path / "secrets" / "crm").mkdir(parents=True)
    (tmp_path / "secrets" / "crm" / "password").write_text(f"{FILE}\n")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "attempt=1.log").write_text(OUTPUT)
    return tmp_path


@pytest.fixture
def database(database: Database) -> Database:
    _fail(database)
    return database


def _fail(database: Database) -> None:
    """A task that prints its secrets has failed, with one in the reason."""
    secrets = {"TOKEN": SecretRef("crm", "token"), "PASSWORD": SecretRef("crm", "password")}
    manifest = Manifest("p", (Dag("crm", (Task("pull", ("pull",), secret_env=secrets),)),))
    values = {
        "body": dump(manifest).decode(),
        "now": NOW,
        "reason": f"refused: {ENVIRONMENT}",
    }
    for statement in (
        "INSERT INTO alert_watch VALUES (1, %(now)s, %(now)s)",
        "INSERT INTO manifests VALUES ('m', %(body)s, %(now)s)",
        "INSERT INTO dags (dag_id, manifest, is_paused, first_seen_at, unpaused_at) "
        "VALUES ('crm', 'm', false, %(now)s, %(now)s)",
        "INSERT INTO dag_runs (dag_id, run_id, run_type, state, queued_at, start_date, end_date, manifest, "
        "triggered_by) VALUES ('crm', 'r', 'manual', 'failed', %(now)s, %(now)s, %(now)s, 'm', 'ada')",
        "INSERT INTO task_instances (dag_id, run_id, task_id, state, try_number, max_tries, pool, "
        "pool_slots) VALUES ('crm', 'r', 'pull', 'failed', 1, 1, 'p', 1)",
        "INSERT INTO tries (dag_id, run_id, task_id, try_number, state, start_date, end_date, exit_code, "
        "reason, log, runner) VALUES ('crm', 'r', 'pull', 1, 'failed', %(now)s, %(now)s, 1, %(reason)s, "
        "'attempt=1.log', 'x')",
    ):  # fmt: skip
        database.run(statement, values)


def _told(folder: Path, database: Database) -> None:
    project = open_project(folder)
    settings = alert_settings(project)
    messengers, broken = open_targets(project, settings)
    watching = watcher(project, database, settings, messengers, broken)
    for _ in range(2):
        watching.turn()


def _clean(text: str) -> None:
    assert [canary for canary in CANARIES if canary in text] == []


def test_no_planted_secret_is_told_or_kept(
    folder: Path, database: Database, receiver: WebhookReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        _told(folder, database)
    bodies = [str(posted) for _, posted in receiver.posted]
    assert len(bodies) == 2
    for body in bodies:
        assert "crm.pull failed" in body
        assert "Unauthorized" in body
        _clean(body)
    kept = RunRecords(database).alerts(9)
    assert kept
    _clean(str(kept))
    _clean("".join(line_of(Told(alert, ())) for alert in kept))
    _clean(caplog.text)


def test_a_place_that_repeats_its_address_gives_nothing_away(
    folder: Path,
    database: Database,
    receiver: WebhookReceiver,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    receiver.status = 403
    receiver.answer = f"no {URL} for watcher:{PASSWORD}, token {ASSIGNED}".encode()
    with caplog.at_level(logging.DEBUG):
        _told(folder, database)
    assert "took no message" in caplog.text
    _clean(caplog.text)
    with database.transaction() as connection:
        rows = connection.execute(
            "SELECT a::text, d::text FROM alerts AS a JOIN alert_deliveries AS d USING (key)"
        )
        _clean(str(rows.fetchall()))
    tested = send_tests(folder, ())
    assert [one.target for one in tested if one.problem] == ["chat", "hook"]
    _clean(str(tested))
    _clean("".join(capfd.readouterr()))
