"""A folder of LookML → one project and everything wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.semantics.assembly import AssembledModel, assemble, assemble_without_models, model_files
from mainstem.semantics.checking import check_models
from mainstem.semantics.dashboard_checking import check_dashboard
from mainstem.semantics.model import Origin
from mainstem.semantics.problems import Problems
from mainstem.semantics.project import Project
from mainstem.semantics.reading.dashboards import read_dashboards
from mainstem.semantics.reading.whole_model import ModelReader
from mainstem.semantics.sources import Sources, read_sources
from mainstem.semantics.syntax.cache import NodeCache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mainstem.errors import LookmlProblem
    from mainstem.semantics.dashboard import Dashboard
    from mainstem.semantics.model import Model


@dataclass(frozen=True)
class Reading:
    """What a folder holds. `project` is whole only when there are no errors."""

    project: Project
    errors: tuple[LookmlProblem, ...]
    warnings: tuple[LookmlProblem, ...]
    without_effect: dict[str, int] = field(default_factory=dict)
    """Known parameters that change nothing here (`persist_with of explore`) → how often they stand."""


def read_project(folder: Path, cache: Path | None = None) -> Reading:
    """Read a LookML project, problems and all. Raises UsageError when the folder holds no LookML.

    `cache` is a file that keeps what was read of each file that did not change; one that is spoilt is no
    problem.
    """
    problems = Problems()
    project = _read(folder, cache, problems)
    return Reading(project, problems.errors, problems.warnings, problems.without_effect)


def load_project(folder: Path, cache: Path | None = None) -> Project:
    """Read a LookML project that must be right. Raises LookmlError with every error found."""
    problems = Problems()
    project = _read(folder, cache, problems)
    problems.raise_errors()
    return project


def _read(folder: Path, cache: Path | None, problems: Problems) -> Project:
    nodes = NodeCache(cache)
    sources = read_sources(folder, nodes, problems)
    nodes.save()
    assembled = _assembled(folder, sources, problems)
    reader = ModelReader(problems)
    models: dict[str, Model] = {}
    for one in assembled:
        model = reader.read(one.own, one.views, one.explores, one.rest, one.templates)
        if model.name in models:
            message = f"model {model.name} is defined twice; first in {models[model.name].origin.file}"
            problems.error(model.origin, message)
        models.setdefault(model.name, model)
    check_models(models, problems)
    _note_unreached(sources, assembled, problems)
    return Project(
        files=sources.main.files,
        models=models,
        dashboards=_dashboards(sources, assembled, models, problems),
    )


def _assembled(folder: Path, sources: Sources, problems: Problems) -> tuple[AssembledModel, ...]:
    models = model_files(sources.main)
    if models or not sources.documents:
        return assemble(sources.documents, models, sources.files, sources.absent, problems)
    name = sources.project_name or folder.resolve().name
    found = assemble_without_models(name, sources.documents, sources.files, problems)
    names = ", ".join(model.name for model in found)
    what = f"all of it is read as one model, {name}" if len(found) == 1 else f"its folders are: {names}"
    problems.warning(found[0].origin, f"this project has no *.model.lkml; {what}")
    return found


def _note_unreached(sources: Sources, assembled: tuple[AssembledModel, ...], problems: Problems) -> None:
    reached = {file for model in assembled for file in model.files}
    for file in sources.main.files:
        if sources.documents.get(file) and file not in reached:
            problems.warning(Origin(file, 1), "no model includes this file, so nothing in it exists")


def _dashboards(
    sources: Sources,
    assembled: tuple[AssembledModel, ...],
    models: Mapping[str, Model],
    problems: Problems,
) -> dict[str, Dashboard]:
    texts: dict[str, str] = {}
    default: dict[str, str | None] = {}
    for file, content in sources.dashboards.items():
        including = [model.name for model in assembled if file in model.files]
        if not including:
            problems.warning(Origin(file, 1), "no model includes this dashboard; Looker would not show it")
        default[file] = (
            including[0] if len(including) == 1 else next(iter(models)) if len(models) == 1 else None
        )
        texts[file] = _text(content, file, problems)
    found = {one.name: one for one in read_dashboards(texts, default, problems)}
    for dashboard in found.values():
        check_dashboard(dashboard, models, problems)
    return found


def _text(content: bytes, file: str, problems: Problems) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        problems.error(Origin(file, 1), f"not UTF-8 at byte {e.start}")
        return ""
