"""The examples of docs/orchestration-manifest.md, read as what they are shown as."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # its types are a package of their own
import msgspec
import pytest
import yaml

from mainstem.assemble.init import init_project
from mainstem.assemble.plan import plan_of
from mainstem.assemble.project import open_project
from mainstem.config import read_config
from mainstem.manifest import AssetSchedule, check, pool_slots, read_manifest
from mainstem.manifest.offers import Offer, OfferContext
from mainstem.manifest.schema import json_schema
from mainstem.orchestrate.dag_file_schema import dag_file_schema

if TYPE_CHECKING:
    from mainstem.manifest import Dag

DOC = (Path(__file__).parents[3] / "docs" / "orchestration-manifest.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_project(tmp_path / "shop", None)
    return tmp_path / "shop"


def dags(folder: Path) -> dict[str, Dag]:
    made = plan_of(open_project(folder))
    assert made.warnings == ()
    return {dag.dag_id: dag for dag in made.manifest.dags}


def test_the_dags_shown_are_planned_as_described(folder: Path) -> None:
    for text in blocks("yaml"):
        jsonschema.Draft202012Validator(dag_file_schema()).validate(yaml.safe_load(text))
        (name,) = re.findall(r"^# dags/(\w+\.yml)", text)
        (folder / "dags" / name).write_text(text, encoding="utf-8")
    found = dags(folder)
    assert found["send"].schedule == AssetSchedule(("published", "crm/accounts"))
    assert found["send"].tasks[1].depends_on == ("churn",)
    extract, report = found["report"].tasks
    assert (extract.retries, extract.retry_delay, extract.execution_timeout) == (2, 60.0, 900.0)
    assert report.image == "registry.example.com/reports:7"


def test_the_settings_shown_change_what_is_offered(folder: Path) -> None:
    with (folder / "mainstem.toml").open("a", encoding="utf-8") as file:
        file.write(blocks("toml")[0])
    made = plan_of(open_project(folder))
    found = {dag.dag_id: dag for dag in made.manifest.dags}
    assert {task.task_id: task.retries for task in found["transform"].tasks} == {
        "build.company.staging": 2, "build.company.intermediate_marts": 2, "build.rest": 2, "publish": 0
    }  # fmt: skip
    assert found["nightly"].is_paused_upon_creation
    assert found["nightly"].tasks[0].argv == ("mainstem", "backup", "s3://copies/shop")
    assert pool_slots(made.manifest)["crm_api"] == 2
    assert "upkeep" in found


def test_the_table_of_what_is_offered_names_every_dag_and_task(folder: Path) -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)` \|(.*)\|$", DOC.partition("## What Mainstem offers")[2], re.MULTILINE)
    )
    text = (folder / "mainstem.toml").read_text(encoding="utf-8")
    on = "".join(f"[orchestrate.dags.{name}]\nenabled = true\n" for name in ("load", "upkeep"))
    (folder / "mainstem.toml").write_text(f'{text}[backup]\nplace = "copies"\n{on}', encoding="utf-8")
    found = dags(folder)
    del found["hello"]
    assert found.keys() <= rows.keys()
    for name, dag in found.items():
        for task in dag.tasks:
            shown = "build.<group>" if task.task_id.startswith("build.company") else task.task_id
            assert shown in rows[name], (name, task.task_id)


def test_the_offer_shown_is_one(folder: Path) -> None:
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 # our own documentation
    offer = names["offer"](OfferContext(read_config(folder, {}), folder))
    assert isinstance(offer, Offer)
    assert [one.dag.dag_id for one in offer.dags] == ["billing"]


def test_the_manifest_shown_is_one() -> None:
    (text,) = blocks("json")
    jsonschema.Draft202012Validator(json_schema()).validate(msgspec.json.decode(text))
    assert check(read_manifest(text)) == []
