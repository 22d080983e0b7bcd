from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mainstem.cli.lookml import command
from mainstem.errors import QueryError, UsageError

SHOP = Path(__file__).parents[2] / "golden" / "query" / "lookml"


def test_validate_counts_what_a_sound_project_holds() -> None:
    result = CliRunner().invoke(command, ["validate", str(SHOP), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "files": 3,
        "models": 1,
        "views": 5,
        "explores": 2,
        "joins": 4,
        "dashboards": 0,
        "errors": [],
        "warnings": [],
    }


def test_validate_exits_1_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text("view: a {\n  dimension: b { typ: x }\n}\n")
    result = CliRunner().invoke(command, ["validate", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.output)["errors"] == [
        {
            "file": "m.model.lkml",
            "line": 2,
            "message": "unknown parameter typ in dimension b (did you mean type?)",
        }
    ]
    plain = CliRunner().invoke(command, ["validate", str(tmp_path)])
    assert plain.output.startswith(f"{tmp_path}/m.model.lkml:2: unknown parameter typ in dimension b")
    assert plain.output.endswith(
        "1 file, 1 model, 1 view, 0 explores, 0 joins, 0 dashboards: 1 error, 0 warnings\n"
    )


def sql(*arguments: str) -> str:
    runner = CliRunner()
    asked = ["sql", str(SHOP), "--model", "shop", "--explore", "orders", *arguments]
    result = runner.invoke(command, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_sql_takes_fields_filters_pivots_sorts_and_limit() -> None:
    output = sql(
        "--fields", "orders.status, orders.count", "--filter", "orders.status=a,b", "--filter",
        "orders.created_date=2024", "--sort", "orders.count desc", "--limit", "7", "--dialect", "snowflake",
    )  # fmt: skip
    assert "orders.status IN ('a', 'b')" in output
    assert "orders.created_at >= TIMESTAMP '2024-01-01 00:00:00'" in output
    assert output.endswith("ORDER BY 2 DESC NULLS LAST\nLIMIT 7\n")


def test_sql_of_an_unknown_field_is_an_error_that_helps() -> None:
    with pytest.raises(QueryError, match=r"did you mean orders.count"):
        sql("--fields", "orders.cuont")


def test_a_filter_without_an_equals_sign_is_a_usage_error() -> None:
    result = CliRunner().invoke(
        command, ["sql", str(SHOP), "-m", "shop", "-e", "orders", "-f", "orders.count", "--filter", "x"]
    )
    assert result.exit_code == 2
    assert "has no =; write --filter 'view.field=expression'" in result.output


def test_a_folder_without_lookml_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no LookML in this folder"):
        CliRunner().invoke(command, ["validate", str(tmp_path)], catch_exceptions=False)
