from __future__ import annotations

import msgspec
import pytest

from mainstem.transform.coverage import read_manifest, why_partial

MANIFEST = read_manifest(
    msgspec.json.encode(
        {
            "nodes": {
                "model.shop.orders": {
                    "name": "orders",
                    "resource_type": "model",
                    "config": {"materialized": "table"},
                },
                "model.shop.part": {
                    "name": "part",
                    "resource_type": "model",
                    "config": {"materialized": "ephemeral"},
                },
                "seed.shop.countries": {
                    "name": "countries",
                    "resource_type": "seed",
                    "config": {"materialized": "seed"},
                },
                "test.shop.unique": {"name": "unique_orders", "resource_type": "test", "config": {}},
                "analysis.shop.idea": {"name": "idea", "resource_type": "analysis", "config": {}},
            },
            "unit_tests": {
                "unit_test.shop.u": {"name": "u", "resource_type": "unit_test", "config": {"tags": None}}
            },
            "sources": {},
        }
    )
)
ALL = {"model.shop.orders", "seed.shop.countries", "test.shop.unique", "unit_test.shop.u"}


def test_a_run_through_every_model_and_test_is_whole() -> None:
    assert why_partial("build", {"empty": False}, ALL, MANIFEST) == ""


@pytest.mark.parametrize("left_out", sorted(ALL))
def test_one_model_or_test_left_out_makes_it_partial_and_is_named(left_out: str) -> None:
    said = why_partial("build", {}, ALL - {left_out}, MANIFEST)
    assert said.startswith("1 of 4 models and tests were not selected, such as ")
    assert MANIFEST.needed()[left_out].name in said


@pytest.mark.parametrize("flag", ["empty", "sample"])
def test_tables_without_all_their_rows_are_partial(flag: str) -> None:
    assert f"--{flag}" in why_partial("build", {flag: True}, ALL, MANIFEST)


@pytest.mark.parametrize("command", ["run", "test", "retry"])
def test_only_a_build_both_builds_and_tests(command: str) -> None:
    assert f"dbt {command}" in why_partial(command, {}, ALL, MANIFEST)
