"""What the pages about LookML ask: what was read, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

import msgspec

from mainstem.semantics import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.errors import LookmlProblem
    from mainstem.semantics.dashboard import Dashboard
    from mainstem.semantics.model import Model


def model_path(model: str) -> str:
    return f"/models/{quote(model, safe='')}"


class LookmlNow(msgspec.Struct, frozen=True):
    reading: Reading
    read_at: datetime
    """UTC."""
    problem: str | None = None
    """Why what stands in the files now is not followed; `reading` is then older than they are."""


class LookmlDesk(Protocol):
    """LookML as it stands. `now` answers at once."""

    def now(self) -> LookmlNow: ...

    def judged(self) -> dict[str, str | None] | None:
        """`file:line` of each view that is about one table → why no test of dbt's says anything of it, None
        where one does; None where dbt was never run. It reads dbt's files."""
        ...


def dashboards_of(model: str, dashboards: Iterable[Dashboard]) -> list[Dashboard]:
    """Those that ask the model something."""
    return [one for one in dashboards if any(element.model == model for element in one.elements)]


def problems_of(
    model: Model, dashboards: Iterable[Dashboard], problems: Iterable[LookmlProblem]
) -> Sequence[LookmlProblem]:
    """Those in files that something of the model, or a dashboard of it, stands in."""
    files = {model.origin.file, *(explore.origin.file for explore in model.explores.values())}
    files |= {view.origin.file for view in model.views.values()}
    files |= {dashboard.origin.file for dashboard in dashboards}
    for view in model.views.values():
        files |= {field.origin.file for field in (*view.fields, *view.inputs)}
    return [problem for problem in problems if problem.where.file.as_posix() in files]
