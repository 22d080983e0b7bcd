from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from mainstem.operate.catalogue.usage import Usage, read_dbt_manifest
from mainstem.semantics.model import (
    DerivedTable,
    Dimension,
    DimensionType,
    Explore,
    Model,
    Origin,
    View,
)
from mainstem.semantics.project import Project

ORIGIN = Origin("company.model.lkml", 1)


def node(name: str, code: str, *parents: str, **facts: Any) -> dict[str, Any]:
    return {
        "name": name,
        "resource_type": "model",
        "schema": "analytics",
        "alias": name,
        "raw_code": code,
        "depends_on": {"nodes": list(parents)},
        **facts,
    }


def manifest(**nodes: dict[str, Any]) -> Any:
    content = {
        "nodes": {f"model.x.{name}": one for name, one in nodes.items()},
        "sources": {"source.x.web.paid": {"schema": "website", "name": "paid", "identifier": "order_paid"}},
        "metadata": {"of": "no interest"},
    }
    return read_dbt_manifest(json.dumps(content).encode())


SOURCE = "source.x.web.paid"
STAGED = node("stg_paid", "select * from {{ source('web', 'paid') }}", SOURCE)
ORDERS = node("orders", "select order_id, Total from {{ ref('stg_paid') }}", "model.x.stg_paid")


def derived_from(sql: str) -> DerivedTable:
    return DerivedTable(origin=ORIGIN, sql=sql)


def lookml(table: str, sql: str, **facts: Any) -> Project:
    dimension = Dimension(name="d", type=DimensionType.STRING, sql=sql, label="D", origin=ORIGIN)
    view = View(
        name="v", label="V", origin=ORIGIN, **{"sql_table_name": table, **facts}, dimensions={"d": dimension}
    )
    explore = Explore(name="e", label="E", alias="v", view="v", origin=ORIGIN)
    return Project(
        models={
            "m": Model(
                name="m",
                label="M",
                connection=None,
                origin=ORIGIN,
                views={"v": view},
                explores={"e": explore},
            )
        }
    )


def test_a_model_that_reads_a_source_uses_its_table() -> None:
    usage = Usage(manifest(stg_paid=STAGED, orders=ORDERS), None)
    assert usage.of_event("website.order_paid") == ("model stg_paid",)
    assert usage.of_event("website.other") == ()


def test_a_column_is_used_where_a_model_or_one_built_on_it_names_it() -> None:
    usage = Usage(manifest(stg_paid=STAGED, orders=ORDERS), None)
    assert usage.of_column("website.order_paid", "total") == ("model stg_paid",)
    assert usage.of_column("website.order_paid", "coupon") == ()


def test_a_table_may_be_named_without_being_a_source() -> None:
    compiled = node("raw", "…", compiled_code='select id from "lake"."website"."pages" as p')
    usage = Usage(manifest(raw=compiled), None)
    assert usage.of_event("website.pages") == ("model raw",)


def test_tests_are_no_users() -> None:
    test = node("unique_id", "select 1", SOURCE, resource_type="test")
    assert Usage(manifest(test=test), None).of_event("website.order_paid") == ()


def test_an_explore_uses_the_table_of_its_view_and_the_columns_it_names() -> None:
    usage = Usage(manifest(), lookml("lake.website.pages", "${TABLE}.path"))
    assert usage.of_event("website.pages") == ("explore m.e",)
    assert usage.of_column("website.pages", "path") == ("explore m.e",)
    assert usage.of_column("website.pages", "title") == ()


def test_an_explore_over_a_model_uses_what_the_model_is_built_on() -> None:
    usage = Usage(manifest(stg_paid=STAGED, orders=ORDERS), lookml("analytics.orders", "${TABLE}.total"))
    assert usage.of_event("website.order_paid") == ("explore m.e", "model stg_paid")


def test_a_derived_view_uses_the_tables_in_its_sql() -> None:
    derived = lookml(
        "", "${TABLE}.x", sql_table_name=None, derived_table=derived_from("SELECT x FROM website.pages")
    )
    assert Usage(manifest(), derived).of_event("website.pages") == ("explore m.e",)


def test_without_a_manifest_only_what_is_used_is_known() -> None:
    usage = Usage(None, lookml("website.pages", "${TABLE}.path"))
    assert usage.of_event("website.pages") == ("explore m.e",)
    assert usage.of_event("website.other") is None
    assert usage.of_column("website.pages", "title") is None


def test_a_manifest_that_is_none_is_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        read_dbt_manifest(b"{}")
