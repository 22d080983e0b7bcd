"""Objects become rows as their declaration says, and values what their columns hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mainstem.connectors.rest.cursors import anchor, before, read_cursor, write_cursor
from mainstem.connectors.rest.declaration import Child, Column, Endpoint, Incremental, Resource
from mainstem.connectors.rest.rows import ResourceShape
from mainstem.connectors.rest.templates import filled, placeholders
from mainstem.connectors.rest.values_at import holds
from mainstem.errors import ApiRefused

FOUND = {
    "id": 7,
    "createdAt": 1_700_000_000,
    "address": {"city": "Ulm", "geo": {"lat": 48.4}},
    "meta": {"a": 1},
    "who": {"mail": "a@b.example", "age": 40},
    "tags": ["x", "y"],
    "secret": "no",
}


def resource(**fields: Any) -> Resource:
    return Resource(name="things", endpoint=Endpoint(path="/things"), primary_key=("id",), **fields)


def row(**fields: Any) -> dict[str, Any]:
    return ResourceShape(resource(**fields)).row(FOUND, {"id": 3})


def test_fields_nobody_speaks_of_are_columns_in_snake_case() -> None:
    assert row()["created_at"] == 1_700_000_000
    assert row()["meta"] == {"a": 1}


def test_an_object_is_flattened_where_that_is_said() -> None:
    found = row(flatten=("address",))
    assert (found["address_city"], found["address_geo_lat"]) == ("Ulm", 48.4)
    assert "address" not in found


def test_a_declared_column_has_its_type_and_takes_its_field_along() -> None:
    found = row(
        columns={
            "created": Column(type="epoch", from_="createdAt"),
            "email": Column(from_="who.mail"),
            "id": Column(type="string"),
            "parent_id": Column(type="int", from_parent="id"),
            "is_tagged": Column(type="present", from_="tags"),
            "nothing": Column(),
        },
        flatten=("who",),
        exclude=("secret", "tags"),
    )
    assert found["created"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert (found["id"], found["email"], found["parent_id"], found["is_tagged"]) == (
        "7",
        "a@b.example",
        3,
        True,
    )
    assert found["nothing"] is None
    assert found["who_age"] == 40
    assert not {"created_at", "secret", "who_mail", "tags"} & found.keys()


def test_rows_of_a_list_know_whom_they_belong_to_and_where_they_stood() -> None:
    child = Child(
        table="thing_tag",
        path="tags",
        primary_key=("thing_id", "tag"),
        owner="thing_id",
        index="place",
        columns={"tag": Column(from_="$"), "created": Column(type="int", from_parent="createdAt")},
    )
    shape = ResourceShape(resource(children=(child,)))
    [(_, rows)] = shape.children(FOUND, 7)
    assert rows == [
        {"tag": "x", "created": 1_700_000_000, "thing_id": 7, "place": 0},
        {"tag": "y", "created": 1_700_000_000, "thing_id": 7, "place": 1},
    ]
    assert "tags" not in shape.row(FOUND)


def test_what_holds_a_list_and_nothing_else_is_no_column() -> None:
    child = Child(table="item", path="items.data", primary_key=("id",), owner="thing_id")
    found = {"id": 1, "items": {"data": [{"id": 2}], "has_more": False}}
    assert ResourceShape(resource(children=(child,))).row(found) == {"id": 1}
    kept = ResourceShape(resource(children=(child,), flatten=("items",))).row(found)
    assert kept == {"id": 1, "items_has_more": False}


@pytest.mark.parametrize(
    ("kind", "value", "kept", "written"),
    [
        ("datetime", "2026-01-31T10:00:00+01:00", 1769850000.0, "2026-01-31T09:00:00Z"),
        ("datetime", "2026-01-31", 1769817600.0, "2026-01-31T00:00:00Z"),
        ("epoch", 1769850000, 1769850000.0, 1769850000),
        ("epoch_ms", 1769850000500, 1769850000.5, 1769850000500),
        ("number", "12", 12.0, 12),
        ("text", "b7", "b7", "b7"),
    ],
)  # fmt: skip
def test_a_cursor_is_kept_and_written_as_the_service_has_it(
    kind: Any, value: Any, kept: Any, written: Any
) -> None:
    by = Incremental(cursor_path="at", type=kind, lag=60)
    assert read_cursor(by, value) == kept
    assert write_cursor(by, kept) == written
    is_moment = kind not in ("number", "text")
    assert before(by, kept) == (kept - 60 if is_moment else kept)
    assert anchor(by, kept) == (kept - 1 if is_moment else None)


def test_a_cursor_that_is_none_is_told() -> None:
    with pytest.raises(ApiRefused, match="at is 'soon', which is no datetime"):
        read_cursor(Incremental(cursor_path="at"), "soon")


def test_placeholders_keep_the_type_of_what_they_stand_for() -> None:
    known = {"parameters": {"size": 5, "name": "a"}, "resources": {"repos": {"full": "x/y"}}}
    assert filled({"limit": "{parameters.size}", "q": ["{{{parameters.name}}}"]}, known) == {
        "limit": 5,
        "q": ["{a}"],
    }
    assert filled("/repos/{resources.repos.full}/issues", known) == "/repos/x/y/issues"
    assert list(placeholders({"a": ["{x.y}", {"b": "{{z}}"}]})) == ["x.y"]
    with pytest.raises(ApiRefused, match=r"\{resources.repos.id\} has no value here"):
        filled("/{resources.repos.id}", known)


def test_a_condition_takes_true_for_no_number() -> None:
    assert holds({"a": {"b": 1}}, {("a", "b"): (1, 2)})
    assert not holds({"a": {"b": True}}, {("a", "b"): (1,)})
    assert not holds({}, {("a",): ("x",)})
