"""Whether the project's LookML is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.operate.doctor.finding import Finding, fail, ok, warn
from mainstem.semantics import read_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mainstem.errors import LookmlProblem

NAME = "lookml"

_SHOWN = 5


def check_lookml(folder: Path) -> Iterator[Finding]:
    """`folder` is [semantics] project_dir."""
    try:
        reading = read_project(folder)
    except UsageError as e:
        yield fail(NAME, str(e), "name the LookML project's folder in [semantics] project_dir")
        return
    if reading.errors:
        yield fail(
            NAME, _listed(folder, reading.errors), "mend each where it stands; no page is served until then"
        )
    if reading.warnings:
        yield warn(NAME, _listed(folder, reading.warnings), "see `mainstem lookml validate`")
    if not reading.errors and not reading.warnings:
        explores = sum(len(model.explores) for model in reading.project.models.values())
        dashboards = len(reading.project.dashboards)
        yield ok(NAME, f"{explores} explores and {dashboards} dashboards in {folder}")


def _listed(folder: Path, problems: Sequence[LookmlProblem]) -> str:
    lines = [f"{folder}/{problem}" for problem in problems[:_SHOWN]]
    more = len(problems) - len(lines)
    return "\n".join([*lines, *([f"and {more} more"] if more else [])])
