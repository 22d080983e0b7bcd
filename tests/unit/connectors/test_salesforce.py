"""Names, ids and parts of Salesforce as the connector reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mainstem.connectors import Deletes
from mainstem.connectors.names import columns, snake
from mainstem.connectors.salesforce.objects import described
from mainstem.connectors.salesforce.rows import row_of
from mainstem.connectors.salesforce.soql import changed
from mainstem.warehouse import ColumnType


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Id", "id"),
        ("BillingPostalCode", "billing_postal_code"),
        ("Product2Id", "product_2_id"),
        ("Product2", "product_2"),
        ("CallDurationInSeconds", "call_duration_in_seconds"),
        ("Health_Score__c", "health_score_c"),
        ("ARR__c", "arr_c"),
        ("acme__Total_ARR__c", "acme_total_arr_c"),
        ("SystemModstamp", "system_modstamp"),
    ],
)
def test_a_name_is_written_as_packages_for_its_tables_read_it(name: str, column: str) -> None:
    assert snake(name) == column


def test_two_fields_never_share_a_column() -> None:
    assert columns(["FooC", "Foo__c"]) == {"FooC": "foo_c", "Foo__c": "foo__c"}


def test_an_object_without_a_stamp_is_listed() -> None:
    found = described(described_body(("Id", "id"), ("Name", "string")))
    assert (found.stream.deletes, found.stream.ranges) == (Deletes.LISTING, False)
    assert changed(found, None) == "SELECT Id, Name FROM Thing__c ORDER BY Id"


def test_a_field_that_is_not_one_value_is_no_column() -> None:
    body = described_body(
        ("Id", "id"), ("BillingAddress", "address"), ("Body", "base64"), ("CreatedDate", "datetime")
    )
    found = described(body)
    assert list(found.columns) == ["Id", "CreatedDate"]
    assert found.stream.table("thing_c").columns["created_date"] is ColumnType.DATETIME


def test_changes_are_asked_for_from_a_moment_to_another() -> None:
    found = described(described_body(("Id", "id"), ("SystemModstamp", "datetime")))
    begin, end = datetime(2026, 1, 1, 12, 0, 0, 7000, UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert changed(found, begin, end).endswith(
        " WHERE SystemModstamp >= 2026-01-01T12:00:00.007Z AND SystemModstamp < 2026-02-01T00:00:00.000Z"
        " ORDER BY SystemModstamp, Id"
    )


def test_json_and_csv_give_the_same_row() -> None:
    fields = (("Id", "id"), ("IsDeleted", "boolean"), ("Name", "string"), ("SystemModstamp", "datetime"))
    found = described(described_body(*fields))
    told = {"Id": "001A0000006Vm9r", "IsDeleted": True, "Name": None}
    json = row_of(found, {**told, "SystemModstamp": "2026-01-01T00:00:00.000+0000", "attributes": {}})
    csv = row_of(
        found, {**told, "IsDeleted": "true", "Name": "", "SystemModstamp": "2026-01-01T00:00:00.000Z"}
    )
    assert {**json, "is_deleted": True} == {**csv, "is_deleted": True}
    assert json["_fivetran_deleted"] is True


def described_body(*fields: tuple[str, str]) -> dict[str, Any]:
    return {"name": "Thing__c", "fields": [{"name": name, "type": kind} for name, kind in fields]}
