from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.transform.coverage import Coverage, CoveredNode, coverage_of, read_manifest, why_partial

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def manifest(**changes: object) -> bytes:
    """dbt's manifest of a model on an ephemeral one on a seed, with a test of it."""
    nodes: dict[str, dict[str, object]] = {
        "seed.shop.countries": {"name": "countries", "resource_type": "seed"},
        "model.shop.part": {
            "name": "part",
            "resource_type": "model",
            "config": {"materialized": "ephemeral"},
            "depends_on": {"nodes": ["seed.shop.countries"]},
        },
        "model.shop.orders.v2": {
            "name": "orders",
            "version": 2,
            "resource_type": "model",
            "raw_code": "select 1",
            "depends_on": {"nodes": ["model.shop.part", "source.shop.web.pages"]},
        },
        "test.shop.unique": {
            "name": "unique_orders",
            "resource_type": "test",
            "depends_on": {"nodes": ["model.shop.orders.v2"]},
        },
    }
    nodes["model.shop.orders.v2"] |= changes
    return msgspec.json.encode({"nodes": nodes, "metadata": {"generated_at": str(changes)}})


def covered(content: bytes, settings: bytes = b"", flags: Mapping[str, object] | None = None) -> Coverage:
    return coverage_of(
        content, settings, flags or {}, {"model.shop.orders.v2", "model.shop.part"}, {"test.shop.unique"}
    )


def test_coverage_names_each_node_as_dbt_selects_it_and_what_it_reads() -> None:
    assert covered(manifest()).nodes == {
        "model.shop.orders.v2": CoveredNode("orders.v2", ("seed.shop.countries",)),
        "seed.shop.countries": CoveredNode("countries"),
        "test.shop.unique": CoveredNode("unique_orders", ("model.shop.orders.v2",)),
    }


def test_coverage_tells_what_went_well_and_what_did_not() -> None:
    found = covered(manifest())
    assert (found.good, found.bad) == (("model.shop.orders.v2",), ("test.shop.unique",))


@pytest.mark.parametrize("flag", [{"empty": True}, {"sample": "3 days"}, {"vars": {"day": 1}}])
def test_tables_that_were_built_otherwise_than_they_are_meant_are_bad(flag: dict[str, object]) -> None:
    found = covered(manifest(), flags=flag)
    assert (found.good, found.bad) == ((), ("model.shop.orders.v2", "test.shop.unique"))


def test_a_project_is_known_by_what_its_files_say_and_not_by_when_they_were_read() -> None:
    same = covered(manifest(description="new words")).project
    assert covered(manifest(build_path="elsewhere")).project == same
    assert covered(manifest(raw_code="select 2")).project != same
    assert covered(manifest(), b"vars: {}").project != same
