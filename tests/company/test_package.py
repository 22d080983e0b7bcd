"""What every model of the company package keeps to, whichever room it stands in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import lkml
import pytest
import sqlglot
import yaml

from mainstem.company import DBT_PACKAGE, LOOKML

if TYPE_CHECKING:
    from mainstem.testing.company import CompanyLake

pytestmark = pytest.mark.long


def test_what_every_model_says_parses_as_snowflake(built_company: CompanyLake) -> None:
    compiled = built_company.folder / "target" / "compiled" / "company" / "models"
    files = list(compiled.rglob("*.sql"))
    assert {"account_360", "fct_ticket", "fct_metric_estimate"} <= {file.stem for file in files}
    assert len(files) > 100
    for file in files:
        said = sqlglot.parse_one(file.read_text(encoding="utf-8"), read="snowflake")
        assert said.args.get("windows") is None, f"{file.stem}: Snowflake has no named windows"


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
