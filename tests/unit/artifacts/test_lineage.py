"""dbt's manifest as lineage: what is made from what, and how a change of a model is noticed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mainstem.artifacts import Lineage, read_lineage
from mainstem.errors import UsageError

MODEL: dict[str, Any] = {
    "name": "orders",
    "resource_type": "model",
    "schema": "analytics",
    "raw_code": "select * from {{ source('web', 'orders') }} where day > '{{ var('first_day') }}'",
    "config": {"materialized": "table", "event_time": "ordered_at", "meta": {"owner": "ada"}},
    "depends_on": {"nodes": ["source.shop.web.orders"], "macros": ["macro.shop.money"]},
    "columns": {"order_id": {"name": "order_id", "description": "The key."}},
    "primary_key": ["order_id"],
}
SOURCE: dict[str, Any] = {
    "name": "orders",
    "source_name": "web",
    "resource_type": "source",
    "schema": "website",
    "identifier": "order_completed",
    "loaded_at_field": "received_at",
    "freshness": {
        "warn_after": {"count": 12, "period": "hour"},
        "error_after": {"count": 3, "period": "day"},
    },
}
TEST: dict[str, Any] = {
    "name": "unique_orders_order_id",
    "resource_type": "test",
    "column_name": "order_id",
    "attached_node": "model.shop.orders",
    "test_metadata": {"name": "unique", "kwargs": {}},
    "config": {"severity": "WARN"},
}


def manifest(**changed: Any) -> bytes:
    return json.dumps(
        {
            "nodes": {
                "model.shop.orders": {**MODEL, **changed},
                "model.shop.daily": {
                    "name": "daily",
                    "resource_type": "model",
                    "schema": "analytics",
                    "config": {"materialized": "incremental"},
                    "depends_on": {"nodes": ["model.shop.orders"]},
                },
                "test.shop.unique": TEST,
            },
            "sources": {"source.shop.web.orders": SOURCE},
            "macros": {"macro.shop.money": {"macro_sql": changed.get("money", "cents / 100")}},
            "exposures": {
                "exposure.shop.board": {
                    "name": "board",
                    "resource_type": "exposure",
                    "type": "dashboard",
                    "owner": {"name": "Grace", "email": "g@x.example"},
                    "depends_on": {"nodes": ["model.shop.daily"]},
                }
            },
        }
    ).encode()


def fingerprint(variables: dict[str, object] | None = None, **changed: Any) -> str:
    return read_lineage(manifest(**changed), variables).nodes["model.shop.orders"].fingerprint


def test_a_lineage_leads_up_to_sources_and_down_to_exposures() -> None:
    lineage = read_lineage(manifest())
    assert lineage.upstream(["model.shop.daily"]) == {
        "model.shop.daily": 0,
        "model.shop.orders": 1,
        "source.shop.web.orders": 2,
    }
    assert set(lineage.downstream(["source.shop.web.orders"])) == set(lineage.nodes)
    assert lineage.exposures[0].parents == ("model.shop.daily",)
    assert lineage.exposures[0].owner == "Grace"


def test_a_node_says_its_table_key_owner_and_times() -> None:
    lineage = read_lineage(manifest())
    orders = lineage.of_relation("Analytics.Orders")
    assert orders is not None
    assert (orders.key, orders.owner, orders.event_time) == (("order_id",), "ada", "ordered_at")
    source = lineage.of_relation("website.order_completed")
    assert source is not None
    assert (source.warn_after_hours, source.error_after_hours) == (12.0, 72.0)
    assert [test.kind for test in lineage.tests_of("model.shop.orders")] == ["unique"]
    assert lineage.tests["test.shop.unique"].severity == "warn"


@pytest.mark.parametrize(
    ("settings", "strategy", "key"),
    [
        ({}, "append", ()),
        ({"unique_key": "id"}, "delete+insert", ("id",)),
        (
            {"unique_key": ["id", "day"], "incremental_strategy": "delete+insert"},
            "delete+insert",
            ("id", "day"),
        ),
        ({"incremental_strategy": "merge", "unique_key": "id"}, "", ()),
        ({"unique_key": "id", "pre-hook": [{"sql": "delete from {{ this }}"}]}, "delete+insert", ("id",)),
        ({"pre-hook": [{"sql": "delete from {{ this }}"}]}, "", ()),
        ({"unique_key": "id", "post-hook": [{"sql": "delete from {{ this }}"}]}, "", ()),
        ({"unique_key": "id", "incremental_predicates": ["day > 1"]}, "", ()),
        ({"unique_key": "lower(id)"}, "", ()),
        ({"materialized": "table"}, "", ()),
    ],
)
def test_an_incremental_model_says_how_rows_come_into_it_where_its_sql_alone_decides(
    settings: dict[str, Any], strategy: str, key: tuple[str, ...]
) -> None:
    lineage = read_lineage(manifest(config={"materialized": "incremental", **settings}))
    orders = lineage.nodes["model.shop.orders"]
    assert (orders.strategy, orders.unique_key) == (strategy, key)


def test_a_lineage_survives_being_kept() -> None:
    lineage = read_lineage(manifest())
    assert Lineage.decode(lineage.encode()) == lineage


@pytest.mark.parametrize(
    "changed",
    [
        {"raw_code": "select 1"},
        {"money": "cents / 100.0"},
        {"unrendered_config": {"materialized": "view"}},
    ],
)
def test_a_fingerprint_changes_with_sql_macros_and_settings(changed: dict[str, Any]) -> None:
    assert fingerprint(**changed) != fingerprint()


def test_a_fingerprint_changes_with_a_variable_that_is_read_and_with_no_other() -> None:
    before = fingerprint({"first_day": "2024-01-01", "other": 1})
    assert fingerprint({"first_day": "2024-01-01", "other": 2}) == before
    assert fingerprint({"first_day": "2025-01-01", "other": 1}) != before


def test_what_dbt_writes_anew_each_time_changes_no_fingerprint() -> None:
    assert fingerprint(created_at=1.0, compiled_code="select 1") == fingerprint(created_at=2.0)
    assert fingerprint(unrendered_config={"meta": {"owner": "bob"}, "event_time": "at"}) == fingerprint()


def test_what_is_no_manifest_is_told_with_its_name() -> None:
    with pytest.raises(UsageError, match=r"target/manifest\.json is no manifest"):
        read_lineage(b"[]", name="target/manifest.json")
