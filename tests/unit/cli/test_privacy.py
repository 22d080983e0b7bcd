"""`mainstem privacy`, as a person and as a pipe meet it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.cli.privacy import command
from mainstem.errors import UsageError
from mainstem.privacy import PseudonymKeys, pseudonyms

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

KEYS = PseudonymKeys("k2", {"k1": b"0123456789abcdef", "k2": b"fedcba9876543210"})
ROTATED = '[privacy]\ncurrent = "k2"\n[privacy.keys]\nk1 = "0123456789abcdef"\nk2 = "fedcba9876543210"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mainstem.toml").write_text(ROTATED)
    return tmp_path


def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(command, [*map(str, arguments)], input=stdin, catch_exceptions=False)


def test_a_pseudonym_is_printed_for_an_argument_or_each_line(project: Path) -> None:
    made = pseudonyms(KEYS, "ana@shop.example")
    assert run("pseudonym", "--project", project, "Ana@shop.example").stdout.split() == [made["k2"]]
    assert run("pseudonym", "--project", project, stdin="ana@shop.example\n\nu1\n").stdout.split() == [
        made["k2"], pseudonyms(KEYS, "u1")["k2"],
    ]  # fmt: skip
    assert run("pseudonym", "--project", project, "--all", "ana@shop.example").stdout.split() == [
        *made.values()
    ]


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        ((), "u1\nu2\n"),
        (("--column", "who"), "name,who\nAna,u1\nEva,u2\nNobody,\n"),
        (("--field", "id"), '{"id":"u1"}\n{"id":"u2"}\n{"id":null}\n{}\n'),
    ],
)
def test_a_mapping_leads_from_old_pseudonyms_to_new_ones(
    project: Path, arguments: tuple[str, ...], stdin: str
) -> None:
    found = run("mapping", "--project", project, *arguments, stdin=stdin).stdout
    expected = [f"{pseudonyms(KEYS, user)['k1']},{pseudonyms(KEYS, user)['k2']}" for user in ("u1", "u2")]
    assert found.splitlines() == ["old,new", *expected]


@pytest.mark.parametrize(
    ("arguments", "stdin", "problem"),
    [
        (("--column", "gone"), "name\nana-secret\n", "no column 'gone' .valid: name"),
        (("--field", "id"), "ana-secret\n", "line 1 of stdin is no JSON"),
        (("--field", "id", "--column", "id"), "", "give one of them"),
    ],
)
def test_an_error_names_no_value(project: Path, arguments: tuple[str, ...], stdin: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        run("mapping", "--project", project, *arguments, stdin=stdin)
    assert "ana-secret" not in str(caught.value)


def test_without_a_key_it_says_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text("")
    with pytest.raises(UsageError, match=r"mainstem privacy key privacy\.key"):
        run("pseudonym", "--project", tmp_path, "x")


def test_a_scan_of_a_file_prints_places_and_no_values(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text('{"type":"page","properties":{"title":"ana@shop.example"}}\n\n{"type":"page"}\n')
    shown = run("scan", file).stdout
    assert "1 finds in 2 events" in shown
    assert "properties.title" in shown
    assert "ana@" not in shown
    found = json.loads(run("scan", "--json", "-", stdin=file.read_text()).stdout)
    assert found == {
        "events": 2,
        "found": [
            {"source": "-", "event": "page", "path": "properties.title", "detector": "email", "count": 1}
        ],
    }


def test_a_line_that_is_no_json_is_named_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 2 of - is no JSON$"):
        run("scan", "-", stdin="{}\nana-secret\n")


def test_a_new_key_is_said_how_to_use(tmp_path: Path) -> None:
    shown = run("key", tmp_path / "k").stdout
    assert f'key = "file:{tmp_path}/k"' in shown
    assert (tmp_path / "k").read_text().strip() not in shown
