"""`mainstem lookml test`: the tests of LookML, on the project's warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.project import open_project
from mainstem.assemble.query import explorer_over, lookml_folder
from mainstem.errors import UsageError
from mainstem.query.data_tests import run_test
from mainstem.semantics import read_project
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.query.data_tests import TestOutcome
    from mainstem.semantics import Reading


def read_tests(folder: Path, lookml: Path | None) -> Reading:
    """The LookML in `lookml`, or of the project in `folder`."""
    return read_project(lookml or lookml_folder(open_project(folder)))


def run_tests(
    folder: Path, reading: Reading, login: str, models: tuple[str, ...] = (), tests: tuple[str, ...] = ()
) -> Iterator[TestOutcome]:
    """Each in its turn, on the warehouse of the project in `folder`; those of some models and of some names
    alone, where they are given. Raises UsageError for a name that none has."""
    known = reading.project.models
    chosen = [
        (model, test)
        for model in known.values()
        for test in model.tests.values()
        if (not models or model.name in models) and (not tests or test.name in tests)
    ]
    _check("model", models, set(known))
    _check("test", tests, {test.name for model in known.values() for test in model.tests.values()})
    if not chosen:
        return
    with explorer_over(open_project(folder), reading.project, login, "mainstem lookml test") as explorer:
        for model, test in chosen:
            yield run_test(explorer, model, test)


def _check(what: str, named: tuple[str, ...], known: set[str]) -> None:
    for name in named:
        if name not in known:
            valid = ", ".join(sorted(known)) or "none"
            raise UsageError(f"there is no {what} {name}{did_you_mean(name, known)}; there are {valid}")
