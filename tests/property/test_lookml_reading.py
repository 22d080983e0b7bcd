"""However LookML is mistyped, reading it ends in a model or in problems with a place, never otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.semantics import read_project
from mainstem.semantics.fields import fields_of
from mainstem.testing.share import share_of

LOOKML = Path(__file__).parents[1] / "golden" / "semantics" / "lookml"
FILES = {path.relative_to(LOOKML).as_posix(): path.read_text() for path in LOOKML.rglob("*.lkml")} | {
    "d.dashboard.lookml": (
        "- dashboard: d\n  filters:\n  - name: F\n    type: field_filter\n    explore: orders\n"
        "    field: orders.status\n    default_value: a\n  elements:\n  - name: e\n    explore: orders\n"
        "    type: table\n    fields: [orders.status, orders.count]\n    listen: {F: orders.status}\n"
        "    sorts: [orders.count desc]\n    row: 0\n    vis: {a: [1, 2.5, null, yes]}\n"
    )
}
PIECES = [
    "{",
    "}",
    "[",
    "]",
    '"',
    ";",
    ";;",
    ":",
    ",",
    "#",
    "$",
    "${",
    "x",
    " ",
    "\n",
    "- ",
    "!t ",
    "",
    "sql:",
    "@{noun}",
    "+",
    "-",
    "*",
    "extends: [orders]",
    "view: orders {",
    "explore: orders {}",
    "dimension: id {}",
    "type: tier ",
    "timeframes: [",
    "required",
    "${orders.x}",
    "{% if",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lookml")
    for file, sound in FILES.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(sound)
    return folder


@settings(max_examples=share_of(200), deadline=None)
@given(
    name=st.sampled_from(sorted(FILES)),
    at=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 12),
    piece=st.sampled_from(PIECES),
)
def test_a_slip_of_the_pen_is_a_problem_with_a_place_or_nothing(
    folder: Path, name: str, at: float, length: int, piece: str
) -> None:
    text = FILES[name]
    start = int(at * len(text))
    (folder / name).write_text(text[:start] + piece + text[start + length :])
    reading = read_project(folder)
    (folder / name).write_text(text)
    lines = max(sound.count("\n") for sound in FILES.values()) + 3
    for problem in (*reading.errors, *reading.warnings):
        assert problem.where.line is not None
        assert 1 <= problem.where.line <= lines
        assert problem.message
        assert problem.where.file.as_posix() in FILES
    for model in reading.project.models.values():
        for explore in model.explores.values():
            assert all(name.partition(".")[0] in explore.views() for name in fields_of(model, explore))
