from __future__ import annotations

import pytest

from mainstem.events import snake_case
from mainstem.load.schema.names import Naming, blendo_column, namespace, transformed
from mainstem.load.schema.provider import DUCKLAKE, POSTGRES, REDSHIFT, SNOWFLAKE


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("HTTPServer2xx", "http_server2_xx"),
        ("isISO8601", "is_iso8601"),
        ("walk500Miles", "walk500_miles"),
        ("12ft", "12ft"),
        ("enable 24H format", "enable_24h_format"),
        ("abc123def456", "abc123_def456"),
        ("x1y2Z3", "x1_y2_z3"),
        ("LETTERSAeiouAreVowels", "letters_aeiou_are_vowels"),
        ("path to $1,00,000", "path_to_1_00_000"),
    ],
)
def test_digits_stay_with_the_letters_they_stand_by(name: str, column: str) -> None:
    assert snake_case(name) == column


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("omega v2", "omega_v_2"),
        ("CamelCase123Key", "camel_case_123_key"),
        ("1CComega", "1_c_comega"),
        ("9mega________-________90", "9_mega_90"),
        ("enable 6h format", "enable_6_h_format"),
        ("1st2nd", "1_st_2nd"),
        ("4TH", "4th"),
        ("11th", "11_th"),
        ("XmlHTTP", "xml_http"),
    ],
)
def test_digits_stand_apart_where_a_destination_asks_for_it(name: str, column: str) -> None:
    assert snake_case(name, divide_numbers=True) == column


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("ÉTÉ", "t"),
        ("日本", ""),
        ("@#$%", ""),
        ("___", "___"),
        ("É_", ""),
        ("Cízǔ", "c_z"),
        ("9lives", "_9lives"),
        ("__timestamp", "__timestamp"),
        ("&4yasdfa(84224_fs9##_____*3q", "_4yasdfa_84224_fs9_3q"),
    ],
)
def test_what_is_not_ascii_vanishes_and_a_leading_digit_gets_an_underscore(name: str, column: str) -> None:
    assert transformed(name) == column


def test_postgres_cuts_names_at_63_before_it_looks_for_reserved_words() -> None:
    assert Naming(POSTGRES).column("a" * 70) == "a" * 63
    assert Naming(POSTGRES).column("order") == "_order"


def test_ducklake_names_follow_postgres_without_its_cut() -> None:
    assert Naming(DUCKLAKE).column("a" * 70) == "a" * 70
    assert Naming(DUCKLAKE).column("order") == "_order"
    assert len(Naming(DUCKLAKE).column("a" * 300)) == 127


def test_snowflake_names_are_upper_case() -> None:
    assert Naming(SNOWFLAKE).column("userAgent") == "USER_AGENT"
    assert Naming(SNOWFLAKE).column("select") == "_SELECT"


def test_reserved_words_stay_bare_where_escaping_is_skipped() -> None:
    assert Naming(REDSHIFT, escape_reserved=False).column("select") == "select"


def test_an_event_never_takes_a_table_made_for_every_source() -> None:
    naming = Naming(DUCKLAKE)
    assert naming.event_table(naming.event("Users")) == "_users"
    assert naming.event_table(naming.event("User")) == "_user"


@pytest.mark.parametrize(
    ("source", "schema"),
    [("My Website", "my_website"), ("9mega", "_9mega"), ("group", "_group"), ("___", "stringempty")],
)
def test_a_source_name_becomes_a_legal_namespace(source: str, schema: str) -> None:
    assert namespace(source, DUCKLAKE) == schema


def test_blendo_casing_keeps_names_but_for_odd_characters() -> None:
    assert blendo_column("column@Name$1") == "column_name$1"
    assert blendo_column("1CComega") == "_1ccomega"
    assert blendo_column("Cízǔ") == "c_z_"


def test_a_nul_hides_no_reserved_table_and_reaches_no_identifier() -> None:
    naming = Naming(DUCKLAKE, blendo=True)
    assert naming.event("a\0b") == "ab"
    assert naming.event_table(naming.event("users\0")) == "_users"
    assert naming.event(" \0 ") == ""
    assert naming.column("a\0b") == "a_b"
