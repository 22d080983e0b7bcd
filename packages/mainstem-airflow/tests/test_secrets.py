"""Secrets of local programs: where they are looked for, and how they are struck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem_airflow.manifest import SecretRef
from mainstem_airflow.secrets import Mask, SecretMissing, resolve

if TYPE_CHECKING:
    from pathlib import Path

_REF = {"TOKEN": SecretRef("stripe-live", "api.key")}


def test_a_secret_is_the_variable_of_its_name_and_key() -> None:
    found = resolve(_REF, environment={"STRIPE_LIVE_API_KEY": "s3cret"}, folder=None)

    assert found == {"TOKEN": "s3cret"}


def test_a_secret_is_else_the_file_of_its_name_and_key(tmp_path: Path) -> None:
    (tmp_path / "stripe-live").mkdir()
    (tmp_path / "stripe-live" / "api.key").write_text("s3cret\n")

    assert resolve(_REF, environment={}, folder=tmp_path) == {"TOKEN": "s3cret"}


def test_a_secret_that_is_nowhere_is_told_by_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match=r"no STRIPE_LIVE_API_KEY for TOKEN \(or the file .*api\.key\)"):
        resolve(_REF, environment={}, folder=tmp_path)


@pytest.mark.parametrize(
    "written",
    [
        "c4n4ry/+ \"q' s3cret",
        "c4n4ry/%2B%20%22q%27%20s3cret",
        "c4n4ry%2F%2B+%22q%27+s3cret",
        "c4n4ry/+ \\\"q' s3cret",
        "c4n4ry/+ \"q\\' s3cret",
    ],
)
def test_a_value_is_struck_however_it_was_quoted(written: str) -> None:
    mask = Mask()
    mask.learn(["c4n4ry/+ \"q' s3cret"])

    assert mask.strike(f"it is {written}!") == "it is ***!"


def test_of_two_values_the_longer_is_struck_whole() -> None:
    mask = Mask()
    mask.learn(["abc"])
    mask.learn(["abcdef"])

    assert mask.strike("abcdef abc") == "*** ***"


def test_a_line_of_a_long_secret_is_struck_alone() -> None:
    mask = Mask()
    mask.learn(["-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----"])

    assert mask.strike("read MIIEvQIBADAN") == "read ***"
