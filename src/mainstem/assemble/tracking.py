"""Tracking plans of a project: the plan that a source names, read, checked and compiled into its step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.feature import Feature
from mainstem.errors import ConfigError, Place
from mainstem.tracking import Budgets, TrackingSettings, TrackingStep, planned_names

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.feature import FeatureOf
    from mainstem.assemble.project import Project
    from mainstem.events import Source
    from mainstem.tracking import Plan

SUFFIX = ".yml"
EVERY_SOURCE = "*"


def tracking(project: Project) -> FeatureOf:
    """The step of every source that has a plan or is watched.

    Raises ConfigError for settings that are not valid; so does what it returns, and TrackingPlanError, with
    everything that is wrong, for a plan.
    """
    settings = tracking_settings(project)

    def feature_of(source: Source) -> Feature:
        plan = plan_of(project, source)
        watched = EVERY_SOURCE in settings.watch or source.id in settings.watch
        if plan is None and not watched:
            return Feature()
        _check_surplus(project, source, settings)
        step = TrackingStep(source.id, plan, budgets(settings, plan), settings.over_budget)
        files = (plan_file(project, plan.id),) if plan else ()
        return Feature(steps=(step,), files=files, copied=files)

    return feature_of


def tracking_settings(project: Project) -> TrackingSettings:
    """Raises ConfigError, also for a source in `watch` that there is not."""
    settings = project.config.section("tracking", TrackingSettings)
    known = {EVERY_SOURCE, *(source.id for source in project.sources())}
    for name in settings.watch:
        if name not in known:
            raise ConfigError(
                project.config.place("tracking", "watch"),
                f"tracking.watch names the source {name!r}, which there is not",
                ", ".join(sorted(known)),
            )
    return settings


def plan_of(project: Project, source: Source) -> Plan | None:
    """The plan that `source` names; None where it names none. Raises TrackingPlanError, and ConfigError
    where there is no such file: at the file's place, so that whoever watches sees it come."""
    if source.tracking_plan is None:
        return None
    from mainstem.tracking.read import read_plan  # YAML is 1.5 MB that a gateway without plans is spared

    file = plan_file(project, source.tracking_plan)
    if not file.is_file():
        raise ConfigError(
            Place(file),
            f"there is no such tracking plan; source {source.id!r} names it at {_place(project, source)}",
            ", ".join(plan_names(project)) or "a file to be written; `mainstem tracking infer` makes a start",
        )
    return project.once(f"tracking plan {file}", lambda: read_plan(file))


def planned_properties(project: Project, source: Source) -> frozenset[str]:
    """What the plan of `source` lets its events hold, as paths of privacy rules (`planned_names`); empty
    where it has none. Raises as `plan_of`."""
    plan = plan_of(project, source)
    return frozenset() if plan is None else planned_names(plan)


def plan_file(project: Project, name: str) -> Path:
    file = plan_folder(project) / (name + SUFFIX)
    return project.config.stand_ins.get(file, file)


def plan_folder(project: Project) -> Path:
    return project.config.path(project.config.section("tracking", TrackingSettings).project_dir)


def plan_names(project: Project) -> list[str]:
    """Of all plan files, sorted."""
    return sorted(file.stem for file in plan_folder(project).glob("*" + SUFFIX))


def budgets(settings: TrackingSettings, plan: Plan | None) -> Budgets:
    """A plan's own where it says so."""
    events = plan.max_events_per_source if plan else None
    properties = plan.max_properties_per_event if plan else None
    return Budgets(
        events=events or settings.max_events_per_source,
        properties=properties or settings.max_properties_per_event,
        total=settings.max_properties_per_source,
    )


def _check_surplus(project: Project, source: Source, settings: TrackingSettings) -> None:
    if settings.over_budget == "surplus" and source.privacy != "none":
        raise ConfigError(
            project.config.place("tracking", "over_budget"),
            f'over_budget = "surplus" would hide properties of source {source.id!r} from its privacy rules '
            f"({source.privacy})",
            '"quarantine", or privacy = "none" for that source',
        )


def _place(project: Project, source: Source) -> Place:
    number = next(n for n, one in enumerate(project.sources()) if one.id == source.id)
    return project.config.place("sources", "tracking_plan", number)
