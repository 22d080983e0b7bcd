"""A LookML project held against the warehouse and the dbt project it is about; new LookML from dbt."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from mainstem.artifacts import read_manifest
from mainstem.assemble.connections import open_connections
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import open_warehouse
from mainstem.assemble.watch import FileWatch
from mainstem.errors import QueryError, UsageError
from mainstem.operate.lookml_tables import missing_in_warehouse, untested_views
from mainstem.operate.scaffold import scaffold
from mainstem.query.connections import OWN, Connections
from mainstem.semantics.problems import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mainstem.artifacts import DbtProject
    from mainstem.assemble.project import Project
    from mainstem.errors import LookmlProblem
    from mainstem.semantics import Model, Reading
    from mainstem.semantics import Project as Lookml
    from mainstem.warehouse import Warehouse


def check_against(folder: Path, reading: Reading) -> tuple[list[LookmlProblem], list[LookmlProblem]]:
    """Errors and warnings of that LookML on the warehouse and dbt project of the project in `folder`.

    Raises UsageError where dbt was never built; what the warehouse raises where it cannot be reached.
    """
    project = open_project(folder)
    with (
        closing(open_warehouse(project, read_only=True)) as warehouse,
        open_connections(project) as others,
    ):
        dbt = dbt_project(project)
        errors: list[LookmlProblem] = []
        warnings: list[LookmlProblem] = []
        for one, models in _by_warehouse(reading.project, Connections(warehouse, others), errors):
            errors += missing_in_warehouse(models, _Columns(one))
            warnings += untested_views(models, dbt) if one is warehouse else ()
    return errors, warnings


def _by_warehouse(
    project: Lookml, connections: Connections, errors: list[LookmlProblem]
) -> list[tuple[Warehouse, Lookml]]:
    """Each warehouse with the models that are asked of it; a connection that is none is one of `errors`."""
    found: dict[int, tuple[Warehouse, dict[str, Model]]] = {}
    for name, model in project.models.items():
        try:
            warehouse = connections.of(project, name)
        except QueryError as e:
            message = str(e).removeprefix(f"{model.origin}: ")
            errors.append(problem_at(model.origin, message))
            continue
        found.setdefault(id(warehouse), (warehouse, {}))[1][name] = model
    return [
        (warehouse, msgspec.structs.replace(project, models=models)) for warehouse, models in found.values()
    ]


def scaffold_from(folder: Path, names: tuple[str, ...], model: str) -> dict[str, str]:
    """File → text of LookML for dbt models of the project in `folder`: those named, or all that have a
    table. Raises UsageError for a name dbt does not have."""
    project = open_project(folder)
    dbt = dbt_project(project)
    unknown = [name for name in names if name not in dbt.models]
    if unknown:
        raise UsageError(f"dbt has no model {', '.join(unknown)}; it has {', '.join(sorted(dbt.models))}")
    with closing(open_warehouse(project, read_only=True)) as warehouse:
        columns = _Columns(warehouse)
        found = {
            name: columns((one.schema, one.table))
            for name, one in dbt.models.items()
            if not names or name in names
        }
    types: dict[str, Mapping[str, str]] = {
        name: {column: str(kind) for column, kind in known.items()}
        for name, known in found.items()
        if known is not None
    }
    chosen: Iterable[str] = names or types
    return scaffold(dbt, chosen, types, model=model, connection=OWN)


def dbt_project(project: Project) -> DbtProject:
    """What dbt wrote when it was last run. Raises UsageError where it never was."""
    file = manifest_file(project)
    if not file.is_file():
        raise UsageError(f"{file}: dbt has not been run in this project; run mainstem build first")
    return read_manifest(file.read_bytes(), str(file))


class LatestDbt:
    """What dbt wrote last, read again when it has written; None where it never was run."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._watch = FileWatch()
        self._known: DbtProject | None = None
        self._turn = threading.Lock()

    def __call__(self) -> DbtProject | None:
        with self._turn:
            file = manifest_file(self._project)
            if self._watch.changed([file]):
                self._known = dbt_project(self._project) if file.is_file() else None
            return self._known


def manifest_file(project: Project) -> Path:
    return project.data_dir / "dbt" / "target" / "manifest.json"


class _Columns:
    """The columns of a table, by its path; each schema is asked for once."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: dict[str, Mapping[str, Mapping[str, object]]] = {}

    def __call__(self, path: tuple[str, ...]) -> Mapping[str, object] | None:
        default = "public" if self._warehouse.capabilities.dialect == "postgres" else "main"
        schema, table = path[-2] if len(path) > 1 else default, path[-1]
        if schema not in self._known:
            self._known[schema] = self._warehouse.columns(schema)
        found = {name.lower(): columns for name, columns in self._known[schema].items()}
        return found.get(table.lower())
