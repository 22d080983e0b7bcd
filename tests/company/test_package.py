"""What every model of the company package keeps to, whichever room it stands in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import lkml
import pytest
import sqlglot
import yaml
from sqlglot import exp

from mainstem.company import DBT_PACKAGE, LOOKML
from mainstem.testing.company import CompanyLake
from tests.company.as_snowflake import compiled_for_snowflake

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long


INCREMENTAL = "config.materialized:incremental"
FUNCTIONS = {"to_timestamp_tz"}
"""Snowflake's own that the parser has no class for; any other it does not know is somebody else's."""


def test_what_every_model_says_to_snowflake_parses_on_a_first_build_and_on_the_next(
    built_company: CompanyLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also: it says nothing that Snowflake has another word for."""
    next_build = compiled_for_snowflake(built_company, monkeypatch)
    assert len(next_build) > 100
    first_build = compiled_for_snowflake(built_company, monkeypatch, INCREMENTAL, "--full-refresh")
    changed = {name for name, text in first_build.items() if text != next_build[name]}
    assert {"stg_website__pages", "fct_session", "fct_journey_stage", "fct_server_day"} <= changed
    assert "convert_timezone" in first_build["stg_website__pages"]
    for name, text in [*next_build.items(), *((name, first_build[name]) for name in changed)]:
        said = sqlglot.parse_one(text, read="snowflake")
        assert said.args.get("windows") is None, f"{name}: Snowflake has no named windows"
        assert said.find(exp.AtTimeZone, exp.Filter) is None, name
        assert {call.name.lower() for call in said.find_all(exp.Anonymous)} <= FUNCTIONS, name


def test_before_any_event_every_model_builds_and_passes_its_tests(tmp_path: Path) -> None:
    """Its unit tests, which look at no lake, pass in the build of the demo: `tests/journey/test_road.py`."""
    lake = CompanyLake(tmp_path)
    lake.load([])
    built = lake.build()
    assert built.failures == ()
    assert built.passed > 500
    [seen] = lake.query("SELECT count(*) AS sessions FROM analytics.fct_session")
    assert seen["sessions"] == 0


def test_every_mart_keeps_a_contract(built_company: CompanyLake) -> None:
    manifest = json.loads((built_company.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    marts: list[dict[str, Any]] = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith("marts/")
    ]
    assert len(marts) > 50
    assert [node["name"] for node in marts if not node["config"]["contract"]["enforced"]] == []


def test_no_column_is_wider_than_the_lake_holds_or_keeps_seven_digits_only(
    built_company: CompanyLake,
) -> None:
    rows = built_company.query(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name = 'analytics' AND data_type IN ('HUGEINT', 'FLOAT')"
    )
    assert rows == []


def test_every_column_is_documented_and_lookml_names_only_columns_that_exist(
    built_company: CompanyLake,
) -> None:
    documented: dict[str, set[str]] = {}
    for file in (DBT_PACKAGE / "models").rglob("*.yml"):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            documented[model["name"]] = {
                column["name"] for column in model.get("columns", []) if column["description"]
            }
    built: dict[str, set[str]] = {}
    for row in built_company.query(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'analytics'"
    ):
        built.setdefault(row["table_name"], set()).add(row["column_name"])
    no_tables = {file.stem for file in (DBT_PACKAGE / "models" / "staging" / "base").glob("*.sql")}
    assert set(built) == set(documented) - no_tables
    for model, columns in built.items():
        assert model.startswith("base_") or columns == documented[model], model

    for file in LOOKML.rglob("*.view.lkml"):
        [view] = lkml.load(file.read_text(encoding="utf-8"))["views"]
        named = set(re.findall(r"\$\{TABLE\}\.(\w+)", file.read_text(encoding="utf-8")))
        assert named <= built[view["sql_table_name"].rpartition(".")[2]], file.name
