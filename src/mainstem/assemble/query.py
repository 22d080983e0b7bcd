"""Questions to the project's warehouse: through an explore, or as SQL."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.connections import open_connections
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_desk, open_published
from mainstem.assemble.query_log import noting
from mainstem.assemble.warehouse import open_warehouse
from mainstem.query.connections import Connections
from mainstem.query.context import EVERYTHING, Asking
from mainstem.query.recorded import Asker, RecordedExplorer, recorded
from mainstem.query.statement import run_statement
from mainstem.query.warehouse_explorer import WarehouseExplorer
from mainstem.semantics import read_project
from mainstem.semantics.settings import SemanticsSettings
from mainstem.store.queries import QueryRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.query import Explorer, QueryResult
    from mainstem.semantics import Project as Lookml
    from mainstem.warehouse import Warehouse


@contextmanager
def open_explorer(
    folder: Path,
    lookml: Path | None = None,
    login: str | None = None,
    user_attributes: dict[str, str] | None = None,
) -> Iterator[Explorer]:
    """The explores of the project in `folder`, or of other LookML, on what is published; what `login` asks
    of them is noted. `user_attributes`: access filters and grants hold; None: everything is seen.

    What is wrong in the LookML takes no more with it than itself.
    """
    project = open_project(folder)
    model = read_project(lookml or lookml_folder(project)).project
    with explorer_over(project, model, login, "mainstem query", user_attributes) as explorer:
        yield explorer


@contextmanager
def explorer_over(
    project: Project,
    model: Lookml,
    login: str | None,
    command: str,
    user_attributes: dict[str, str] | None = None,
) -> Iterator[Explorer]:
    """The explores of LookML that was read, as `open_explorer`; `command` asks."""
    asker = Asker("command line", login, command)
    with (
        open_desk(project, "query") as desk,
        open_published(project, desk) as warehouse,
        open_connections(project) as others,
        noting(project, "query") as note,
    ):
        asking = EVERYTHING if user_attributes is None else Asking(user_attributes)
        connections = Connections(warehouse, others)
        explorer = WarehouseExplorer(lambda: model, connections, lambda: datetime.now(UTC), asking)
        yield RecordedExplorer(explorer, note, lambda: asker)


def run_sql(folder: Path, statement: str, *, published: bool, login: str) -> QueryResult:
    """One SELECT on the warehouse of the project in `folder`, noted. Raises as `Warehouse.query`."""
    run = QueryRun(datetime.now(UTC), "command line", login, "mainstem sql", statement, 0.0)
    with open_reading(folder, published=published) as warehouse, noting(open_project(folder), "sql") as note:
        return recorded(run, lambda: run_statement(statement, warehouse), lambda: statement, note)


@contextmanager
def open_reading(folder: Path, *, published: bool) -> Iterator[Warehouse]:
    """The warehouse of the project in `folder`, reading only: as it was published, or as it is."""
    if published:
        project = open_project(folder)
        with open_desk(project, "sql") as desk, open_published(project, desk) as warehouse:
            yield warehouse
        return
    live = open_warehouse(open_project(folder), read_only=True)
    try:
        yield live
    finally:
        live.close()


def lookml_folder(project: Project) -> Path:
    """Where the project's LookML lies."""
    return project.config.path(project.config.section("semantics", SemanticsSettings).project_dir)
