from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from mainstem.cli.tracking import command
from mainstem.errors import TrackingPlanError, UsageError
from mainstem.events import Received, Sending, encode_received
from mainstem.log import LogSettings, open_writer
from mainstem.tracking import TrackingStep
from mainstem.tracking.catalogue_files import encode_catalogues, write_catalogue
from mainstem.tracking.read import read_plan

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-01-02T03:04:05.678Z"
PLAN = """version: 2
events:
  - name: Signed Up
    deprecated: use Joined
    properties: {plan: {type: string, enum: [free, team], required: true}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose log holds a few events."""
    (tmp_path / "mainstem.toml").write_text(
        '[project]\ndata_dir = "data"\n'
        '[[sources]]\nid = "web"\nname = "Website"\nwrite_keys = ["WK"]\ntracking_plan = "website"\n'
        '[[sources]]\nid = "raw"\nname = "Raw"\nwrite_keys = ["RAW"]\n'
    )
    (tmp_path / "tracking-plan").mkdir()
    (tmp_path / "tracking-plan" / "website.yml").write_text(PLAN)
    fill(
        tmp_path / "data", "web", [signed_up("free"), signed_up("gold"), {"type": "track", "event": "Other"}]
    )
    return tmp_path


def signed_up(plan: str) -> dict[str, Any]:
    return {"type": "track", "event": "Signed Up", "userId": "u", "properties": {"plan": plan}}


def fill(data_dir: Path, source: str, events: list[dict[str, Any]]) -> None:
    async def write() -> None:
        log = open_writer(data_dir, "events", f"for-{source}", LogSettings())
        records = [Received(AT, "", source, msgspec.Raw(msgspec.json.encode(event))) for event in events]
        await log.append([encode_received(record) for record in records])
        await log.close()

    asyncio.run(write())


def run(*arguments: str | int | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_check_says_of_each_plan_what_it_holds(folder: Path) -> None:
    result = run("check", "--project", folder)
    assert result.exit_code == 0
    assert result.stdout == f"{folder}/tracking-plan/website.yml: version 2, 1 event, no mistakes\n"


def test_check_tells_the_mistakes_of_every_plan_and_ends_with_2(folder: Path) -> None:
    for name in "ab":
        (folder / "tracking-plan" / f"{name}.yml").write_text("version: 0\n")
    result = run("check", "--project", folder)
    assert result.exit_code == TrackingPlanError.exit_code == 2
    assert result.stderr.count("version is '0'") == 2
    assert "website.yml: version 2" in result.stdout


def test_check_takes_a_file_without_a_project(folder: Path) -> None:
    assert run("check", folder / "tracking-plan" / "website.yml").exit_code == 0
    assert isinstance(run("check", "nobody", "--project", folder).exception, UsageError)


def test_check_against_the_log_says_how_its_events_would_fare(folder: Path) -> None:
    result = run("check", "--project", folder, "--against-log", 10)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [
        "source web under website: 3 events, 1 valid",
        "  2 × track Signed Up: deprecated, and still sent",
        "  1 × track Other: event Other of type track is not in the plan (Unplanned-Event)",
        "  1 × track Signed Up: properties.plan is none of the planned values (Unknown-Violation)",
    ]
    last = run("check", "website", "--project", folder, "--against-log", 1).stdout
    assert "source web under website: 1 event, 0 valid" in last


def test_check_against_the_log_says_what_would_not_be_kept(folder: Path) -> None:
    (folder / "tracking-plan" / "website.yml").write_text(
        PLAN + "unplanned_events: drop\nviolations: quarantine\n"
    )
    text = run("check", "--project", folder, "--against-log", 10).stdout
    assert "1 would wait in quarantine" in text
    assert "1 would be dropped as not planned" in text


def test_seen_shows_the_catalogue_for_people_and_for_programs(folder: Path) -> None:
    assert "nothing was seen yet" in run("seen", "--project", folder).stdout
    step = TrackingStep("web", read_plan(folder / "tracking-plan" / "website.yml"))
    for event in (signed_up("free"), {"type": "track", "event": "Other", "context": {"ip": "x"}}):
        step(event, Sending("", AT, {}))
    write_catalogue(folder / "data", "gateway-0", encode_catalogues([step.fold()]))
    assert run("seen", "--project", folder).stdout.splitlines() == [
        "source web",
        f"  + track Other  1 since {AT}, last {AT}",
        f"    track Signed Up  1 since {AT}, last {AT}",
        "        properties.plan  string  1",
        "    context",
        "      + context.ip  string  1",
    ]
    (line,) = [json.loads(run("seen", "--project", folder, "--source", "web", "--json").stdout)["web"][0]]
    assert (line["type"], line["name"], line["count"], line["planned"]) == ("track", "Signed Up", 1, True)
    assert isinstance(run("seen", "--project", folder, "--source", "x").exception, UsageError)


def test_infer_writes_a_plan_under_which_the_log_is_valid(folder: Path) -> None:
    output = folder / "tracking-plan" / "found.yml"
    assert run("infer", "--project", folder, "--source", "web", "-o", output).exit_code == 0
    assert output.read_text().startswith("# Written from 3 events of source web")
    settings = folder / "mainstem.toml"
    settings.write_text(settings.read_text().replace('"website"', '"found"'))
    assert (
        "source web under found: 3 events, 3 valid"
        in run("check", "--project", folder, "--against-log", 9).stdout
    )


def test_infer_says_when_there_is_nothing_to_learn_from(folder: Path) -> None:
    assert isinstance(run("infer", "--project", folder, "--source", "raw").exception, UsageError)
    error = run("infer", "--project", folder, "--source", "x").exception
    assert str(error) == "there is no source 'x'; the project has: web, raw"


def test_import_writes_a_plan_and_tells_what_it_left_out(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    schema = {"properties": {"properties": {"properties": {"a": {"type": "string", "maxLength": 3}}}}}
    file.write_text(json.dumps({"rules": {"events": [{"name": "A", "rules": schema}]}}))
    result = run("import", file, "-o", tmp_path / "shop.yml")
    assert result.exit_code == 0
    assert "A.a: maxLength is left out" in result.stderr
    assert read_plan(tmp_path / "shop.yml").events[0].properties["a"].types == ("string",)


@pytest.mark.parametrize(
    ("language", "begins"), [("python", '"""Typed events'), ("typescript", "/**\n * Typed")]
)
def test_codegen_prints_or_writes_the_code(folder: Path, language: str, begins: str) -> None:
    printed = run("codegen", "website", "--project", folder, "--language", language).stdout
    assert printed.startswith(begins)
    output = folder / "made" / "events.txt"
    run("codegen", "website", "--project", folder, "--language", language, "-o", output)
    assert output.read_text() == printed


def test_schema_prints_the_json_schema_of_plan_files() -> None:
    assert json.loads(run("schema").stdout)["title"] == "Mainstem tracking plan"
