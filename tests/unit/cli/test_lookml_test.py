"""What `mainstem lookml test` prints, of outcomes that are given to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.assemble import data_tests
from mainstem.cli.lookml import command
from mainstem.errors import LookmlProblem, Place
from mainstem.query.data_tests import AssertionOutcome, TestOutcome
from mainstem.semantics import Origin, Project, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

WHERE = Origin("m.model.lkml", 7)
FINE = TestOutcome(model="m", name="fine", explore="e", origin=WHERE, rows=1)
BAD = TestOutcome(
    model="m",
    name="bad",
    explore="e",
    origin=WHERE,
    rows=12,
    cut_off=True,
    assertions=[
        AssertionOutcome(
            name="a", expression="${x}  > 0", origin=WHERE, failed=11, rows=[{"e.x": None, "e.y": "z"}]
        ),
        AssertionOutcome(name="b", expression="${x", origin=WHERE, problem="no end"),
        AssertionOutcome(name="c", expression="yes", origin=WHERE),
    ],
)
AWAY = TestOutcome(model="m", name="away", explore="e", origin=WHERE, problem="no such table")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def asked(*outcomes: TestOutcome, errors: int = 0, arguments: tuple[str, ...] = ()) -> Result:
        problem = LookmlProblem(Place(Path("m.model.lkml"), 1), "a typo")
        reading = Reading(Project(), (problem,) * errors, ())
        monkeypatch.setattr(data_tests, "read_tests", lambda folder, lookml: reading)
        monkeypatch.setattr(data_tests, "run_tests", lambda *given: iter(outcomes))
        return CliRunner().invoke(command, ["test", *arguments], catch_exceptions=False)

    return asked


def test_tests_that_pass_exit_0(run: Callable[..., Result]) -> None:
    result = run(FINE)
    assert result.exit_code == 0
    assert result.output == "pass m.fine (m.model.lkml:7): 1 row\n1 test: 1 passed, 0 failed\n"


def test_a_failure_shows_its_rows_and_exits_1(run: Callable[..., Result]) -> None:
    result = run(FINE, BAD, AWAY)
    assert result.exit_code == 1
    assert "FAIL m.bad (m.model.lkml:7): 12 rows" in result.output
    assert "  there are more rows; the first 12 were tested" in result.output
    assert "  a (m.model.lkml:7) does not hold of 11 rows: ${x} > 0" in result.output
    assert "    e.x = NULL, e.y = z\n    and 10 more" in result.output
    assert "  b (m.model.lkml:7) cannot be worked out:\n    no end" in result.output
    assert "    no such table" in result.output
    assert "3 tests: 1 passed, 2 failed" in result.output


def test_lookml_with_errors_fails_since_a_test_may_be_missing(run: Callable[..., Result]) -> None:
    result = run(FINE, errors=2)
    assert result.exit_code == 1
    assert "2 errors, and tests may be left out" in result.output


def test_json_says_of_each_assertion_whether_it_passed(run: Callable[..., Result]) -> None:
    report = json.loads(run(BAD, arguments=("--json",)).output)
    assert (report["passed"], report["failed"], report["lookml_errors"]) == (0, 1, 0)
    assert [one["passed"] for one in report["tests"][0]["assertions"]] == [False, False, True]
    assert report["tests"][0]["assertions"][0]["rows"] == [{"e.x": None, "e.y": "z"}]
