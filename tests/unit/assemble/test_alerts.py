from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.alerts import (
    PLAN_EVERY,
    KnownSecrets,
    PlanCheck,
    Told,
    alert_settings,
    line_of,
    open_targets,
    pointers,
    watcher,
    web_address,
)
from mainstem.assemble.project import open_project
from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.manifest import SecretRef
from mainstem.store import Database, upgrade
from mainstem.store.alerts import Delivery
from mainstem.store.runs import Alert
from mainstem.testing.sights import ended_try
from mainstem.web.settings import WebSettings

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.config import PostgresAddress

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def project(folder: Path, text: str) -> Project:
    (folder / "mainstem.toml").write_text(text)
    return open_project(folder)


def test_a_route_to_no_place_is_told_of_with_its_line(tmp_path: Path) -> None:
    text = '[alerts]\ntargets = {team = "env:A"}\n[[alerts.routes]]\ntargets = ["taem"]\n'
    with pytest.raises(ConfigError, match=r"mainstem.toml:3: route 1 tells 'taem', .*valid: team"):
        alert_settings(project(tmp_path, text))


def test_an_age_that_is_no_duration_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"lake/a may be 'old' old, which is no duration"):
        alert_settings(project(tmp_path, '[alerts.assets]\n"lake/a" = "old"\n'))


def test_an_unknown_kind_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="alerts"):
        alert_settings(project(tmp_path, '[alerts]\non = ["failures"]\n'))


def test_a_place_without_address_keeps_no_other_from_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_CHAT", "mmosts://chat.example.org/ju3onb9zqbd8xp7sdrhzmpfqby")
    written = project(tmp_path, '[alerts.targets]\nteam = "env:TEAM_CHAT"\nboss = "file:nowhere"\n')
    messengers, broken = open_targets(written, alert_settings(written))
    assert list(messengers) == ["team"]
    assert "the address of boss is not there: cannot read nowhere" in broken["boss"]


def test_people_find_the_pages_and_the_log(tmp_path: Path) -> None:
    written = project(tmp_path, "[web]\nport = 8123\n")
    (written.data_dir / "runs" / "a").mkdir(parents=True)
    (written.data_dir / "runs" / "a" / "b.log").write_text("one\ntwo\n")
    found = pointers(written, alert_settings(written))
    assert found.task("d", "manual__2026-11-23T07:00:00+00:00", "t") == (
        "http://127.0.0.1:8123/dags/d/runs/manual__2026-11-23T07%3A00%3A00%2B00%3A00/tasks/t"
    )
    assert list(found.log_tail(ended_try())) == ["one", "two"]


def test_the_pages_are_where_the_web_server_is_set_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = WebSettings()
    assert web_address(project(tmp_path, "")) == f"http://{web.host}:{web.port}"
    written = '[web]\nhost = "10.0.0.7"\nport = 8123\n'
    assert web_address(project(tmp_path, written)) == "http://10.0.0.7:8123"
    monkeypatch.setenv("MAINSTEM_WEB_PORT", "9000")
    assert web_address(project(tmp_path, written)) == "http://10.0.0.7:9000"


def test_secrets_of_tasks_are_known_from_the_environment_and_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_API_TOKEN", "from-the-environment")
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "password").write_text("from-a-file\n")
    refs = [SecretRef("crm", "api-token"), SecretRef("crm", "password"), SecretRef("crm", "absent")]
    KnownSecrets(tmp_path).learn(iter(refs))
    assert Secret.values() == {"from-the-environment", "from-a-file"}


def test_a_manifest_that_cannot_be_read_is_seen_now_and_then(tmp_path: Path) -> None:
    written = project(tmp_path, "[orchestrate]\nruntime = 'proces'\n")
    check = PlanCheck(written.config.file)
    assert "proces" in check.problem(NOW)
    written.config.file.write_text("")
    assert check.problem(NOW + PLAN_EVERY - timedelta(seconds=1))
    assert check.problem(NOW + PLAN_EVERY) == ""


@pytest.mark.parametrize("enabled", [True, False])
def test_no_runner_is_missed_where_the_project_has_none(
    tmp_path: Path, catalog: PostgresAddress, monkeypatch: pytest.MonkeyPatch, *, enabled: bool
) -> None:
    monkeypatch.setattr(PlanCheck, "problem", lambda _self, _now: "")  # a process, of seconds
    monkeypatch.delenv("MAINSTEM_RUNNER_ENABLED", raising=False)
    written = project(tmp_path, f"[runner]\nenabled = {str(enabled).lower()}\n")
    upgrade(catalog)
    with closing(Database(catalog, name="test", largest=1)) as database:
        seen = watcher(written, database, alert_settings(written), {}, {}).look(NOW)
    assert seen.is_run_here is enabled


def test_the_log_says_no_more_than_what_was_told() -> None:
    alert = Alert("k", NOW, "failure", "d", "d.t failed", "exit 1")
    deliveries = (
        Delivery("k", "team", NOW, 0, NOW, None, ""),
        Delivery("k", "boss", NOW, 2, None, None, "boss took no message: 403"),
        Delivery("k", "late", NOW, 9, None, NOW, "late took no message: 403"),
        Delivery("k", "next", NOW, 0, None, None, ""),
    )
    assert line_of(Told(alert, deliveries)) == (
        "2026-11-23 07:00 failure   d.t failed  [team: told, boss: tried 2 times: boss took no message: 403, "
        "late: given up: late took no message: 403, next: waits]"
    )
    assert line_of(Told(alert, ())).endswith("[nobody is told]")


def test_the_watcher_is_small() -> None:
    """Apprise is left to the process that sends, dbt, DuckDB and the pages to those who need them."""
    code = (
        "import mainstem.assemble.alerts, sys; "
        "print([name for name in ('apprise', 'dbt', 'duckdb', 'mainstem.web') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
