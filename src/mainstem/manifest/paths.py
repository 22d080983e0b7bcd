"""Where in a manifest something stands: `dags[2].tasks[0].retries`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mainstem.errors import ManifestError, ManifestProblem, Place

Path = tuple[str | int, ...]
"""Names of fields and indexes, from the outside in."""
Locate = Callable[[Path], Place | str]
"""Says where a path was written."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a manifest."""

    path: Path
    problem: str
    valid: str = ""
    is_warning: bool = False
    """It can be run, and will hardly do what was meant."""

    def __str__(self) -> str:
        return str(self.located(spelled))

    def located(self, locate: Locate) -> ManifestProblem:
        return ManifestProblem(locate(self.path), self.problem, self.valid)


def spelled(path: Path) -> str:
    """`dags[2].tasks[0].retries`; `manifest` for the whole. A key that is no plain name is in brackets."""
    text = ""
    for step in path:
        if isinstance(step, int) or not step.isidentifier():
            text += f"[{step!r}]"
        else:
            text += f".{step}" if text else step
    return text or "manifest"


def error_of(problems: list[Problem], locate: Locate = spelled) -> ManifestError:
    """All of them in one; there must be one at least."""
    return ManifestError([problem.located(locate) for problem in problems])
