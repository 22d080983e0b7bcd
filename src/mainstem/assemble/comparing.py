"""`mainstem shadow report`: the project's tables against a warehouse that somebody else filled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import open_warehouse
from mainstem.config import PostgresAddress, Secret
from mainstem.errors import UsageError
from mainstem.load.placement import namespace_of
from mainstem.load.schema import PROVIDERS
from mainstem.operate.shadow_report import IGNORED_COLUMNS, Question, make_report
from mainstem.warehouse.attaching import DuckDBFile, ParquetFolder, PostgresDatabase
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from mainstem.assemble.project import Project
    from mainstem.events import Source
    from mainstem.operate.shadow_report import Report
    from mainstem.warehouse.attaching import OtherDatabase

_PLACES = "a Postgres URL or a reference to one (env:NAME, file:PATH), a DuckDB file, or a folder of Parquet"


@dataclass(frozen=True)
class Asked:
    """What the command line says; None leaves it to the project and the data."""

    against: str
    schema: str | None
    source: str | None
    since: datetime | None
    until: datetime | None
    edge: timedelta
    tables: tuple[str, ...]
    ignored: tuple[str, ...]


def compare(folder: Path, asked: Asked) -> Report:
    """Raises UsageError for what cannot be found, EnvironmentFailure for what cannot be read."""
    project = open_project(folder)
    source = _source(project, asked)
    database = other_database(asked.against)
    ours = namespace_of(source, PROVIDERS[DuckLake.capabilities.provider])
    question = Question(
        source_id=source.id,
        ours=ours,
        database=database,
        theirs=asked.schema or ours,
        since=asked.since,
        until=asked.until,
        edge=asked.edge,
        tables=frozenset(asked.tables),
        ignored=frozenset({*IGNORED_COLUMNS, *asked.ignored}),
    )
    warehouse = open_warehouse(project, read_only=True)
    try:
        return make_report(warehouse, question)
    finally:
        warehouse.close()


def other_database(written: str) -> OtherDatabase:
    """What `--against` names. Raises UsageError that repeats no secret."""
    place = written
    if written.startswith(("env:", "file:")):
        try:
            place = Secret.resolve(written).reveal()
        except ValueError as e:
            raise UsageError(f"--against: {e}") from e
    if place.startswith(("postgres://", "postgresql://")):
        try:
            return PostgresDatabase(PostgresAddress.parse(place))
        except ValueError as e:
            raise UsageError(f"--against: {e}") from e
    path = Path(place).expanduser()
    if path.is_dir():
        return ParquetFolder(path)
    if path.is_file():
        return DuckDBFile(path)
    raise UsageError(f"--against names nothing that is there (valid: {_PLACES})")


def _source(project: Project, asked: Asked) -> Source:
    sources = project.sources()
    if asked.source is not None:
        for source in sources:
            if source.id == asked.source:
                return source
        known = ", ".join(source.id for source in sources)
        raise UsageError(f"there is no source {asked.source!r} in {project.config.file}; there are: {known}")
    shadowed = [source for source in sources if source.shadow_url is not None] or list(sources)
    if len(shadowed) != 1:
        ids = ", ".join(source.id for source in shadowed)
        raise UsageError(f"say which source to compare, with --source: {ids}")
    return shadowed[0]
