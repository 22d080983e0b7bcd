from __future__ import annotations

import pytest

from mainstem.connectors.files.places import Pattern


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("*.csv", "a.csv", True),
        ("*.csv", "x/a.csv", False),
        ("**/*.csv", "a.csv", True),
        ("**/*.csv", "x/y/a.csv", True),
        ("logs/**/*.gz", "logs/a.gz", True),
        ("logs/**/*.gz", "logs/2026/01/a.gz", True),
        ("logs/**/*.gz", "other/a.gz", False),
        ("a?.csv", "ab.csv", True),
        ("a?.csv", "a/.csv", False),
        ("a+b.csv", "a+b.csv", True),
        ("a+b.csv", "aab.csv", False),
        ("**/*", "x/.hidden", False),
    ],
)
def test_a_pattern_means_paths(pattern: str, path: str, is_meant: bool) -> None:
    assert (path in Pattern(pattern)) is is_meant


def test_no_more_is_listed_than_the_folder_that_a_pattern_names() -> None:
    assert Pattern("logs/2026/*.gz").prefix == "logs/2026"
    assert Pattern("logs/20*/*.gz").prefix == "logs"
    assert Pattern("*.gz").prefix == ""
