"""A folder of LookML → one project and everything wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.semantics.checking import check_model
from mainstem.semantics.dashboard_checking import check_dashboard
from mainstem.semantics.files import DASHBOARDS, MODEL, project_files
from mainstem.semantics.model import Origin
from mainstem.semantics.problems import Problems
from mainstem.semantics.project import Project
from mainstem.semantics.reading.dashboard import read_dashboards
from mainstem.semantics.reading.model import check_document, reached_from, read_model
from mainstem.semantics.syntax import parse

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.errors import LookmlProblem
    from mainstem.semantics.dashboard import Dashboard
    from mainstem.semantics.model import Model
    from mainstem.semantics.syntax import Node


@dataclass(frozen=True)
class Reading:
    """What a folder holds. `project` is whole only when there are no errors."""

    project: Project
    errors: tuple[LookmlProblem, ...]
    warnings: tuple[LookmlProblem, ...]


def read_project(folder: Path) -> Reading:
    """Read a LookML project, problems and all. Raises UsageError when the folder holds no LookML."""
    problems = Problems()
    project = _read(folder, problems)
    return Reading(project, problems.errors, problems.warnings)


def load_project(folder: Path) -> Project:
    """Read a LookML project that must be right. Raises LookmlError with every error found."""
    problems = Problems()
    project = _read(folder, problems)
    problems.raise_errors()
    return project


def _read(folder: Path, problems: Problems) -> Project:
    files = project_files(folder)
    documents = _documents(folder, files, problems)
    for file, nodes in documents.items():
        check_document(file, nodes, files, problems)
    models: dict[str, Model] = {}
    for file in (f for f in files if f.endswith(MODEL)):
        model = read_model(file, documents, problems)
        if model.name in models:
            message = f"model {model.name} is defined twice; first in {models[model.name].origin.file}"
            problems.error(model.origin, message)
        models.setdefault(model.name, model)
    for model in models.values():
        check_model(model, problems)
    _note_unreached(documents, models, problems)
    return Project(
        files=files, models=models, dashboards=_dashboards(folder, files, documents, models, problems)
    )


def _note_unreached(
    documents: dict[str, tuple[Node, ...]], models: dict[str, Model], problems: Problems
) -> None:
    reached = {file for model in models.values() for file in reached_from(model.origin.file, documents)}
    for file, nodes in documents.items():
        if nodes and file not in reached and not file.endswith("manifest.lkml"):
            problems.warning(Origin(file, 1), "no model includes this file, so nothing in it exists")


def _documents(folder: Path, files: tuple[str, ...], problems: Problems) -> dict[str, tuple[Node, ...]]:
    """The nodes of every file; those of a dashboard are none, for it is YAML."""
    return {
        file: () if file.endswith(DASHBOARDS) else parse(_text(folder, file, problems), file, problems)
        for file in files
    }


def _dashboards(
    folder: Path,
    files: tuple[str, ...],
    documents: dict[str, tuple[Node, ...]],
    models: dict[str, Model],
    problems: Problems,
) -> dict[str, Dashboard]:
    found: dict[str, Dashboard] = {}
    reached = {name: reached_from(model.origin.file, documents) for name, model in models.items()}
    for file in (f for f in files if f.endswith(DASHBOARDS)):
        including = [name for name, included in reached.items() if file in included]
        if not including:
            problems.warning(Origin(file, 1), "no model includes this dashboard; Looker would not show it")
        default = including[0] if len(including) == 1 else next(iter(models)) if len(models) == 1 else None
        for dashboard in read_dashboards(_text(folder, file, problems), file, default, problems):
            check_dashboard(dashboard, models, problems)
            if dashboard.name in found:
                first = found[dashboard.name].origin
                problems.error(
                    dashboard.origin, f"dashboard {dashboard.name} is defined twice; first in {first}"
                )
            found.setdefault(dashboard.name, dashboard)
    return found


def _text(folder: Path, file: str, problems: Problems) -> str:
    try:
        return (folder / file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        problems.error(Origin(file, 1), f"not UTF-8 at byte {e.start}")
        return ""
