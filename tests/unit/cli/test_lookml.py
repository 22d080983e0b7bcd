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
        "files": 4,
        "models": 1,
        "views": 6,
        "explores": 3,
        "joins": 6,
        "dashboards": 0,
        "errors": [],
        "warnings": [
            {
                "file": "customers.view.lkml",
                "line": 11,
                "message": "customers.spent needs view orders, which explores order, buyers do not join",
            }
        ],
        "without_effect": {},
    }


def test_validate_counts_what_is_accepted_without_effect(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text('persist_for: "1 hour"\nview: a { dimension: b { alias: [c] } }\n')
    result = CliRunner().invoke(command, ["validate", str(tmp_path), "--json"])
    assert json.loads(result.output)["without_effect"] == {"alias of dimension": 1, "persist_for of file": 1}


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


def test_sql_works_on_what_is_sound_in_a_project_with_errors(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text(
        "view: a { dimension: b {} dimension: c { typ: x } }\nexplore: a {}\nexplore: nowhere {}\n"
    )
    asked = ["sql", str(tmp_path), "-m", "m", "-e", "a", "-f"]
    sound = CliRunner().invoke(command, [*asked, "a.b"], catch_exceptions=False)
    assert sound.exit_code == 0
    assert "a.b" in sound.output
    with pytest.raises(QueryError, match=r"which may be why: mainstem lookml validate"):
        CliRunner().invoke(command, [*asked, "a.d"], catch_exceptions=False)


ACCESS = """
view: a { dimension: b {} dimension: region {} dimension: pay { required_access_grants: [boss] } }
access_grant: boss { user_attribute: role allowed_values: ["boss"] }
explore: a { access_filter: { field: a.region user_attribute: region } }
"""


def test_attributes_bring_access_filters_and_grants_with_them(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text(ACCESS)

    def sql_as(field: str, *attributes: str) -> str:
        given = [part for one in attributes for part in ("--user-attribute", one)]
        asked = ["sql", str(tmp_path), "-m", "m", "-e", "a", "-f", field, *given]
        return CliRunner().invoke(command, asked, catch_exceptions=False).output

    assert "WHERE" not in sql_as("a.pay")
    assert "a.region = 'west'" in sql_as("a.b", "region=west")
    assert "a.pay" in sql_as("a.pay", "region=west", "role=boss")
    with pytest.raises(QueryError, match=r"a\.pay"):
        sql_as("a.pay", "region=west")
    assert "1 = 0" in sql_as("a.b", "role=boss")


def test_totals_are_further_queries(tmp_path: Path) -> None:
    output = sql("--fields", "orders.status,orders.count", "--totals")
    assert '-- totals\nSELECT\n  COUNT(*) AS "orders.count"' in output


READY = """
view: a { dimension: b {} dimension: c {} measure: n { type: count } }
explore: a { query: usual { dimensions: [b] measures: [n] filters: [a.c: "x"] sorts: [n: desc] limit: 7 } }
"""


def test_a_query_of_the_explore_can_be_begun_with(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text(READY)

    def asked(*more: str) -> str:
        given = ["sql", str(tmp_path), "-m", "m", "-e", "a", *more]
        return CliRunner().invoke(command, given, catch_exceptions=False).output

    usual = asked("--query", "usual")
    assert "WHERE a.c = 'x'" in usual
    assert usual.endswith("ORDER BY 2 DESC NULLS LAST\nLIMIT 7\n")
    own = asked("--query", "usual", "--filter", "a.c=y", "--limit", "3")
    assert "WHERE a.c = 'y'" in own
    assert own.endswith("LIMIT 3\n")
    with pytest.raises(QueryError, match=r"has no query usul \(did you mean usual\?\)"):
        asked("--query", "usul")
    assert "name what to ask for" in asked()
