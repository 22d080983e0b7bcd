"""LookML from dbt reads back as a sound project with the keys and joins that dbt tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.artifacts import DbtColumn, DbtModel, DbtProject, DbtTest
from mainstem.operate.scaffold import Kind, kind_of, scaffold
from mainstem.semantics import read_project
from mainstem.semantics.model import Relationship

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.semantics import Reading


def unique(column: str) -> tuple[DbtTest, DbtTest]:
    return (
        DbtTest(name=f"unique_{column}", kind="unique", column=column),
        DbtTest(name=f"not_null_{column}", kind="not_null", column=column),
    )


def to(model: str, column: str) -> DbtTest:
    return DbtTest(name=f"{column}_is_there", kind="relationships", column=column, to=model, field="id")


PROJECT = DbtProject(
    {
        "orders": DbtModel(
            name="orders",
            schema="analytics",
            table="fct_orders",
            description='What was "bought".',
            columns={"id": DbtColumn("id", "The key."), "total": DbtColumn("total", data_type="numeric")},
            tests=(*unique("id"), to("people", "buyer_id"), to("people", "seller_id"), to("notes", "id")),
        ),
        "people": DbtModel(name="people", schema="analytics", table="people", tests=unique("id")),
        "notes": DbtModel(name="notes", schema="analytics", table="notes"),
    }
)
TYPES = {
    "orders": {
        "id": "BIGINT", "total": "DECIMAL(18,2)", "buyer_id": "BIGINT", "seller_id": "BIGINT",
        "created_at": "TIMESTAMP", "shipped_date": "DATE", "is_gift": "BOOLEAN", "status": "VARCHAR",
    },
    "people": {"id": "BIGINT"},
    "notes": {"id": "BIGINT"},
}  # fmt: skip


def read(folder: Path) -> Reading:
    for name, text in scaffold(PROJECT, PROJECT.models, TYPES, model="shop", connection="lake").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return read_project(folder)


def test_it_reads_back_without_an_error(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert reading.errors == ()
    model = reading.project.models["shop"]
    assert model.connection == "lake"
    assert sorted(model.explores) == ["notes", "orders", "people"]


def test_keys_types_and_sums_come_from_dbt_and_the_warehouse(tmp_path: Path) -> None:
    view = read(tmp_path).project.models["shop"].views["orders"]
    assert view.sql_table_name == "analytics.fct_orders"
    assert view.primary_key is not None
    assert view.primary_key.name == "id"
    assert view.dimensions["id"].description == "The key."
    assert sorted(view.measures) == ["count", "total_total"]
    assert {"created_date", "created_hour", "shipped_month", "is_gift", "status"} <= set(view.dimensions)
    assert "shipped_hour" not in view.dimensions
    assert view.dimensions["buyer_id"].hidden
    assert not view.dimensions["status"].hidden


def test_relationships_become_joins_each_under_a_name_of_its_own(tmp_path: Path) -> None:
    explore = read(tmp_path).project.models["shop"].explores["orders"]
    assert explore.description == 'What was "bought".'
    assert {name: (join.view, join.relationship) for name, join in explore.joins.items()} == {
        "people": ("people", Relationship.MANY_TO_ONE),
        "seller": ("people", Relationship.MANY_TO_ONE),
        "notes": ("notes", Relationship.ONE_TO_ONE),
    }
    assert explore.joins["seller"].sql_on == "${orders.seller_id} = ${seller.id}"


def test_columns_of_any_name_make_fields_that_are_told_apart(tmp_path: Path) -> None:
    columns = {
        "ID": "BIGINT", "count": "BIGINT", "x": "BIGINT", "total_x": "BIGINT", "created_at": "TIMESTAMP",
        "created_on": "DATE", "sent_at": "TIMESTAMP", "sent_date": "VARCHAR", "Order Total": "BIGINT",
        "paid_at": "TIMESTAMP",
    }  # fmt: skip
    project = DbtProject({"odd": DbtModel(name="odd", schema="main", table="odd")})
    for name, text in scaffold(project, ["odd"], {"odd": columns}, model="shop", connection="lake").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    reading = read_project(tmp_path)
    assert reading.errors == ()
    view = reading.project.models["shop"].views["odd"]
    assert set(view.measures) == {"total_count", "total_x_2", "total_total_x", "total_Order_Total", "count_2"}
    assert {one.dimension_group for one in view.dimensions.values()} - {None} == {
        "created", "created_on", "sent_at", "paid",
    }  # fmt: skip
    assert view.dimensions["Order_Total"].sql == '${TABLE}."Order Total"'


@pytest.mark.parametrize(
    ("data_type", "kind"),
    [
        ("BIGINT", Kind.NUMBER), ("numeric(10,2)", Kind.NUMBER), ("TIMESTAMP WITH TIME ZONE", Kind.TIME),
        ("datetime", Kind.TIME), ("DATE", Kind.DATE), ("BOOLEAN", Kind.YESNO), ("INTERVAL", Kind.STRING),
        ("STRUCT(a INTEGER)", Kind.STRING), (None, Kind.STRING), ("VARCHAR", Kind.STRING),
    ],
)  # fmt: skip
def test_types_of_warehouses_are_kinds_of_fields(data_type: str | None, kind: Kind) -> None:
    assert kind_of(data_type) is kind
