"""The web server of a small simulated company, which says what the warehouse took, and who may ask it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.processes import running
from benchmarks.stack import benchmark_project, fill_with_company, project_up
from mainstem.assemble.accounts import open_accounts, own_token
from mainstem.supervise import ChildSpec
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class TimedCompany(NamedTuple):
    url: str
    pid: int
    token: str
    """Of an explorer."""


@contextmanager
def timed_company(scratch: Path) -> Iterator[TimedCompany]:
    project = benchmark_project(scratch / "project")
    with project_up(project) as (supervisor, addresses):
        fill_with_company(project, supervisor, addresses)
        command = (sys.executable, "-m", "benchmarks.timed_web", str(project.folder))
        with (
            running(ChildSpec("timed-web", command), scratch) as web,
            open_accounts(project, "benchmark") as accounts,
            own_token(accounts, "benchmark", Role.EXPLORER) as token,
        ):
            yield TimedCompany(web.status, web.pid, token)
