from __future__ import annotations

import pytest

from mainstem.connectors.plain_names import plain_name, plain_names


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("updated_at", "updated_at"),
        ("address_line1", "address_line1"),
        ("createdAt", "created_at"),
        ("HTTPStatus", "http_status"),
        ("Order ID", "order_id"),
        ("  spaced  out ", "spaced_out"),
        ("cs(User-Agent)", "cs_user_agent"),
        ("50%", "_50"),
        ("größe", "gr_e"),
        ("_key", "_key_"),
        ("_fivetran_deleted", "_fivetran_deleted_"),
        ("_file", "_file_"),
        ("%", "_"),
        ("", ""),
    ],
)
def test_a_name_is_lower_case_letters_digits_and_underscores(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_plain_name_stays_when_it_is_made_plain_again() -> None:
    for name in ("createdAt", "50%", "_key", "Order ID", "cs(Host)"):
        assert plain_name(plain_name(name)) in (plain_name(name), f"{plain_name(name)}_")


def test_two_names_that_would_be_one_are_refused_with_both() -> None:
    assert plain_names(["id", "Name"]) == {"id": "id", "Name": "name"}
    with pytest.raises(ValueError, match="'createdAt' and 'created_at' would both be created_at"):
        plain_names(["createdAt", "created_at"])
