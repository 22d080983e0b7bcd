from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.assemble.doctor import examine
from mainstem.assemble.init import init_project
from mainstem.assemble.project import open_project
from mainstem.assemble.up import state_path
from mainstem.cli.doctor import command
from mainstem.operate.doctor.dags import check_runner

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.operate.doctor import Finding

pytestmark = pytest.mark.long


@pytest.fixture
def project(tmp_path: Path) -> Path:
    init_project(tmp_path / "p", None)
    with (tmp_path / "p" / "mainstem.toml").open("r+") as file:
        text = file.read().replace("port = 8080", "port = 0").replace("port = 8000", "port = 0")
        file.seek(0)
        file.write(text)
        file.truncate()
    return tmp_path / "p"


def of(findings: list[Finding], check: str) -> list[Finding]:
    return [finding for finding in findings if finding.check == check]


def test_a_new_project_has_no_failure_and_looking_makes_nothing(project: Path) -> None:
    before = sorted(project.rglob("*"))
    findings = examine(project)
    assert [finding for finding in findings if finding.result == "fail"] == []
    assert {finding.check for finding in findings} == {
        "python", "packages", "extensions", "settings", "keys", "folders", "disk", "clock", "dbt project",
        "lookml", "processes", "ports", "postgres", "event log", "loader", "privacy", "gateway",
        "lake",
        "alerts",
        "dags",
    }  # fmt: skip
    assert sorted(project.rglob("*")) == before


def test_without_a_project_the_machine_is_looked_at_all_the_same(tmp_path: Path) -> None:
    findings = examine(tmp_path)
    assert [finding.result for finding in of(findings, "python")] == ["ok"]
    [missing] = of(findings, "settings")
    assert missing.result == "fail"
    assert "mainstem init" in (missing.mend or "")


@pytest.mark.parametrize(
    ("file", "found", "written", "told"),
    [
        ("tracking-plan/website.yml", "platform: {type: string", "platform: {type: money", "website.yml:20"),
        ("mainstem.toml", 'tracking_plan = "servers"', 'tracking_plan = "none"', "none.yml"),
        ("mainstem.toml", "[collect]\n", '[collect]\ngeo_database = "no.mmdb"\n', "no.mmdb"),
    ],
)
def test_what_would_keep_the_gateway_from_starting_is_told(
    project: Path, file: str, found: str, written: str, told: str
) -> None:
    text = (project / file).read_text()
    assert found in text
    (project / file).write_text(text.replace(found, written))
    [finding] = of(examine(project), "gateway")
    assert finding.result == "fail"
    assert told in finding.found


def test_one_wrong_setting_hides_no_other_finding(project: Path) -> None:
    with (project / "mainstem.toml").open("a") as file:
        file.write("\n[load]\ncommit_interval_s = 'often'\n[log]\nno_such = 1\n")
    found = of(examine(project), "settings")
    assert [finding.result for finding in found] == ["fail", "fail"]


def test_a_secret_in_the_file_is_warned_of_and_one_that_is_nowhere_fails(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINSTEM_POSTGRES_URL", "env:NOT_THERE")
    assert any("NOT_THERE is not set" in finding.found for finding in of(examine(project), "keys"))
    monkeypatch.setenv("MAINSTEM_POSTGRES_URL", "postgresql://u:hunter2@127.0.0.1:1/db")
    findings = examine(project)
    assert [finding.result for finding in of(findings, "keys")] == ["ok", "warn", "ok"]
    assert [finding.result for finding in of(findings, "postgres")] == ["fail"]
    assert "hunter2" not in str(findings)


def test_a_secret_of_a_service_that_is_nowhere_fails(project: Path) -> None:
    file = project / "mainstem.toml"
    file.write_text(f'{file.read_text()}\n[destinations.shop]\ntype = "postgres"\nurl = "env:NO_SHOP"\n')
    found = [finding for finding in of(examine(project), "keys") if finding.result == "fail"]
    assert ["destinations.shop.url" in one.found and "NO_SHOP is not set" in one.found for one in found] == [
        True
    ]


def test_a_state_file_that_is_none_is_warned_of(project: Path) -> None:
    path = state_path(open_project(project))
    path.parent.mkdir()
    path.write_text("{}")
    assert [finding.result for finding in of(examine(project), "processes")] == ["warn"]


def test_the_command_ends_with_1_on_a_failure_only_and_speaks_json(project: Path) -> None:
    good = CliRunner().invoke(command, ["--project", str(project)], catch_exceptions=False)
    assert good.exit_code == 0
    assert good.stdout.splitlines()[-1].endswith(" 0 fail, 7 skipped")
    (project / "dbt" / "dbt_project.yml").unlink()
    bad = CliRunner().invoke(command, ["--project", str(project), "--json"], catch_exceptions=False)
    assert bad.exit_code == 1
    report = json.loads(bad.stdout)
    [failed] = [finding for finding in report["findings"] if finding["result"] == "fail"]
    assert set(failed) == {"check", "result", "found", "mend"}
    assert report["fail"] == 1


def test_models_are_missed_only_where_a_folder_is_named_for_them(project: Path) -> None:
    (project / "dbt" / "dbt_project.yml").unlink()
    assert [finding.result for finding in of(examine(project), "dbt project")] == ["fail"]
    file = project / "mainstem.toml"
    file.write_text(file.read_text().replace('project_dir = "dbt"\n', ""))
    assert [finding.result for finding in of(examine(project), "dbt project")] == ["skipped"]


def test_a_project_that_only_runs_dags_is_not_told_what_it_never_wanted(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text('[project]\nname = "bare"\n')
    found = examine(tmp_path)
    assert {one.check: one.result for one in found if one.check in ("gateway", "lookml", "dbt project")} == {
        "gateway": "skipped",
        "lookml": "skipped",
        "dbt project": "skipped",
    }
    assert [one.check for one in found if one.result == "fail"] in ([], ["ports"])


def test_a_dag_that_does_not_check_is_told_with_its_line(project: Path) -> None:
    assert [finding.result for finding in of(examine(project), "dags")] == ["ok"]
    (project / "dags" / "mail.yml").write_text("tasks:\n  - task_id: a\n    argv: echo\n")
    [found] = of(examine(project), "dags")
    assert found.result == "fail"
    assert "mail.yml:3" in found.found


def test_a_runner_that_is_not_heard_of_is_told_and_what_did_not_run_warned_of() -> None:
    at = datetime(2026, 11, 23, 7, tzinfo=UTC)
    [fine] = check_runner({"old": (at, False), "host-1": (at, True)}, {})
    assert (fine.result, fine.found) == ("ok", "host-1 alive")
    silent, missed = check_runner({"host-1": (at, False)}, {"mail": "no runner is alive"})
    assert (silent.result, missed.result) == ("fail", "warn")
    assert "2026-11-23T07:00:00+00:00" in silent.found
    assert "mail did not run" in missed.found
    assert "yet" in next(check_runner({}, {})).found


def test_a_rule_of_quarantine_that_is_wrong_is_found_before_a_replay_needs_it(project: Path) -> None:
    assert of(examine(project), "quarantine rules") == [], "there are none"
    (project / "quarantine").mkdir(exist_ok=True)
    file = project / "quarantine" / "mend.yml"
    file.write_text("rules:\n  - name: one\n    nonsense: 1\n")
    [found] = of(examine(project), "quarantine rules")
    assert found.result == "fail"
    assert "mend.yml:3" in found.found
