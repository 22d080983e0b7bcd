"""The query log of a project: opened for a process, fed by pages, commands and dbt builds.

A query never fails because it cannot be noted: where the records cannot be opened, that is told and it runs.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import open_records
from mainstem.assemble.project import open_project
from mainstem.errors import EnvironmentFailure, TransientError
from mainstem.query.recorded import Asker
from mainstem.store.queries import QueryLog, QueryRun, QueryRuns, RunFilter
from mainstem.store.queries.settings import QueryLogSettings
from mainstem.transform.results import read_results
from mainstem.web.auth import current_viewer
from mainstem.web.shell import current_shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.store import Database
    from mainstem.store.queries import Grouped, GroupedBy, KeptRun
    from mainstem.transform.builds import Records
    from mainstem.transform.messages import Finished
    from mainstem.web.queries import Wanted

logger = logging.getLogger("mainstem.queries")


@contextmanager
def noting(project: Project, process: str) -> Iterator[Callable[[QueryRun], None]]:
    """What notes the queries of this process, written out when the block ends."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(open_records(project, f"{process}-queries"))
        except (EnvironmentFailure, TransientError) as e:
            logger.warning("queries are not noted: %s", e)
            yield _forget
            return
        yield stack.enter_context(noting_in(project, database))


@contextmanager
def noting_in(project: Project, database: Database) -> Iterator[Callable[[QueryRun], None]]:
    """The same, into records that are open."""
    if not project.config.section("queries", QueryLogSettings).log:
        yield _forget
        return
    log = QueryLog(QueryRuns(database))
    try:
        yield log.note
    finally:
        log.close()


class QueryLogDesk:
    """What the page of administrators asks."""

    def __init__(self, database: Database) -> None:
        self._runs = QueryRuns(database)

    def newest(self, limit: int, wanted: Wanted, before: int | None = None) -> Sequence[KeptRun]:
        return self._runs.newest(limit, RunFilter(**vars(wanted)), before)

    def slowest(self, limit: int, wanted: Wanted) -> Sequence[KeptRun]:
        return self._runs.slowest(limit, RunFilter(**vars(wanted)))

    def grouped(self, by: GroupedBy, limit: int, wanted: Wanted, order: str) -> Sequence[Grouped]:
        return self._runs.grouped(by, limit, RunFilter(**vars(wanted)), order)


def web_asker() -> Asker:
    """Who asks for the page that is being answered; called in its context."""
    viewer = current_viewer()
    is_program = viewer.login is not None and viewer.session_id is None
    path = current_shell().path
    if viewer.seen_by is not None:
        return Asker("web", viewer.seen_by, f"{path} as {viewer.login}")
    return Asker("api" if is_program else "web", viewer.login, path)


def prune_queries(project: Project, database: Database, now: datetime) -> int:
    """Forget what settings no longer keep; how many runs it was."""
    settings = project.config.section("queries", QueryLogSettings)
    return QueryRuns(database).prune(
        now - timedelta(days=settings.keep_days), now - timedelta(days=settings.keep_sql_days)
    )


class NotedBuilds:
    """Records of dbt builds, whose every model is noted too, from dbt's own `run_results.json`."""

    def __init__(self, inner: Records, results: Path, note: Callable[[QueryRun], None]) -> None:
        self._inner = inner
        self._results = results
        self._note = note
        self._asked: tuple[str, str, datetime] = ("dbt", "unknown", datetime.now(UTC))

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        self._asked = (f"dbt {' '.join(command)}", asked_by, datetime.now(UTC))
        return self._inner.begin(command, asked_by, run)

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        finished = self._inner.finish(build_id, outcome)
        command, login, began = self._asked
        for result in read_results(self._results, began):
            self._note(
                QueryRun(
                    at=result.at or began,
                    via="dbt",
                    login=login,
                    page=command,
                    sql=result.sql,
                    seconds=result.seconds,
                    model=result.node,
                    rows=result.rows,
                    error=result.error,
                )
            )
        return finished


def _forget(run: QueryRun) -> None:
    """Nothing is noted."""


@contextmanager
def open_query_runs(folder: Path) -> Iterator[QueryRuns]:
    """What was noted in the project in `folder`, for a command. Raises as `open_records`."""
    with open_records(open_project(folder), "queries") as database:
        yield QueryRuns(database)
