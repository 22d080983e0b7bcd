"""dbt's manifest: models, their columns, and which test says what of which column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mainstem.artifacts import read_manifest
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def manifest(*nodes: Mapping[str, object]) -> bytes:
    return json.dumps({"nodes": {str(node["unique_id"]): node for node in nodes}}).encode()


ORDERS = {
    "name": "orders", "resource_type": "model", "unique_id": "model.p.orders", "schema": "analytics",
    "alias": "fct_orders", "columns": {"id": {"name": "id", "description": " The key. ", "data_type": "int"}},
}  # fmt: skip


def a_test(name: str, column: str, **kwargs: object) -> dict[str, object]:
    return {
        "name": f"{name}_{column}", "resource_type": "test", "unique_id": f"test.p.{name}_{column}",
        "attached_node": "model.p.orders", "column_name": column,
        "test_metadata": {"name": name, "kwargs": kwargs}, "depends_on": {"nodes": ["model.p.orders"]},
    }  # fmt: skip


def test_models_have_columns_and_tests() -> None:
    project = read_manifest(
        manifest(
            ORDERS,
            a_test("unique", "number"),
            a_test("unique", "id"),
            a_test("not_null", "id"),
            a_test("relationships", "customer_id", to="ref('customers')", field="id"),
        )
    )
    model = project.models["orders"]
    assert (model.schema, model.table) == ("analytics", "fct_orders")
    assert model.columns["id"].description == "The key."
    assert model.primary_key == "id"
    assert [(one.kind, one.to, one.field) for one in model.tests][-1] == ("relationships", "customers", "id")
    assert project.of_table("ANALYTICS", "fct_orders") is model
    assert project.of_table("analytics", "orders") is None


def test_arguments_of_newer_versions_are_read() -> None:
    node = a_test("relationships", "c", arguments={"to": "ref('p', 'customers')", "field": "id"})
    (test,) = read_manifest(manifest(ORDERS, node)).models["orders"].tests
    assert (test.to, test.field) == ("customers", "id")


def test_a_test_in_sql_is_about_what_it_reads() -> None:
    node = {
        "name": "none_lost", "resource_type": "test", "unique_id": "test.p.none_lost",
        "depends_on": {"nodes": ["model.p.orders"]},
    }  # fmt: skip
    (test,) = read_manifest(manifest(ORDERS, node)).models["orders"].tests
    assert test.kind == "singular"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"nodes": 1}'])
def test_what_is_no_manifest_is_said(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"m\.json is no manifest of dbt"):
        read_manifest(content, "m.json")
