from __future__ import annotations

import pytest

from mainstem.config import PostgresAddress


def test_a_url_is_read_with_every_part() -> None:
    address = PostgresAddress.parse("postgresql://me:p%40ss@db.example:6432/lake?sslmode=require")
    assert address.libpq() == {
        "host": "db.example",
        "port": 6432,
        "user": "me",
        "dbname": "lake",
        "password": "p@ss",
        "sslmode": "require",
    }


def test_a_socket_folder_stands_in_the_host_option() -> None:
    address = PostgresAddress.parse("postgresql://me@/lake?host=/run/pg")
    assert (address.host, address.port, address.password) == ("/run/pg", 5432, None)


def test_no_text_of_an_address_shows_its_password() -> None:
    assert "hunter2" not in repr(PostgresAddress.parse("postgresql://me:hunter2@h/lake"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://h/x", "postgresql://"),
        ("postgresql://me:hunter2@h", "no database"),
        ("postgresql://me:hunter2@h/x?user=y", "unknown Postgres URL option user"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        PostgresAddress.parse(url)
    assert "hunter2" not in str(caught.value)
