from __future__ import annotations

import pytest

from mainstem.operate.catalogue.personal import Finding, PersonalData
from mainstem.warehouse import ColumnType

STRING = ColumnType.STRING


@pytest.fixture(scope="module")
def personal() -> PersonalData:
    return PersonalData()


@pytest.mark.parametrize(
    ("column", "kind", "pii"),
    [
        ("email", STRING, "email"),
        ("billing_email_address", STRING, "email"),
        ("phone", ColumnType.INT, "phone"),
        ("api_key", STRING, "token"),
        ("first_name", STRING, "name"),
        ("context_traits_name", STRING, "name"),
        ("shipping_street", STRING, "address"),
        ("context_request_ip", STRING, "ip"),
        ("latitude", ColumnType.FLOAT, "location"),
        ("user_id", STRING, "person_id"),
        ("context_device_advertising_id", STRING, "device_id"),
        ("date_of_birth", ColumnType.DATETIME, "birth"),
        ("email_sent", ColumnType.BOOLEAN, None),
        ("email", ColumnType.BOOLEAN, None),
        ("token_count", ColumnType.INT, None),
        ("tokens", ColumnType.INT, None),
        ("name", STRING, None),
        ("context_app_name", STRING, None),
        ("received_at", ColumnType.DATETIME, None),
        ("zip", STRING, "address"),
        ("total", ColumnType.INT, None),
    ],
)
def test_names_tell_what_a_column_may_hold(
    personal: PersonalData, column: str, kind: ColumnType, pii: str | None
) -> None:
    found = personal.find("paid", column, kind, [])
    assert (found.pii if found else None) == pii


def test_a_bare_name_is_a_persons_among_traits(personal: PersonalData) -> None:
    assert personal.find("users", "name", STRING, []) == Finding("name", "name")


def test_values_tell_it_with_the_share_in_which_it_was_found(personal: PersonalData) -> None:
    found = personal.find("paid", "note", STRING, ["write to ann@example.com", "ok", "fine", "no"])
    assert found == Finding("email", "values", 0.25)


def test_values_that_were_masked_before_are_personal_no_more(personal: PersonalData) -> None:
    found = personal.find("paid", "contact", STRING, ["[email]", "[email]"])
    assert found == Finding("email", "masked")
    assert found.is_masked


def test_one_plain_value_among_masked_ones_is_personal(personal: PersonalData) -> None:
    found = personal.find("paid", "email", STRING, ["[email]", "ann@example.com"])
    assert found == Finding("email", "name and values", 0.5)


def test_a_card_number_is_known_among_integers_and_an_order_number_is_none(personal: PersonalData) -> None:
    found = personal.find("paid", "n", ColumnType.INT, ["4111111111111111"])
    assert found == Finding("card", "values", 1.0)
    assert personal.find("paid", "n", ColumnType.INT, ["20260301123000", "15551234567"]) is None


def test_what_is_shown_is_masked(personal: PersonalData) -> None:
    assert personal.masked("mail ann@example.com") == "mail [email]"
    assert personal.masked("pro") == "pro"
