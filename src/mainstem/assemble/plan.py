"""The project's manifest: what its stages offer, as its settings change it, and its own DAGs.

It needs no database and nothing that runs: the same files give the same plan on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.project import open_project
from mainstem.errors import ConfigError, EnvironmentFailure
from mainstem.manifest import CronSchedule, Manifest, Pool, dump, ensure_sound, spelled
from mainstem.manifest.derive import with_data_dependencies
from mainstem.manifest.offers import OfferContext, offering_entry_points
from mainstem.manifest.paths import error_of
from mainstem.manifest.reading import manifest_of
from mainstem.orchestrate.dag_files import read_dags
from mainstem.orchestrate.overrides import overridden
from mainstem.orchestrate.settings import DagSettings, OrchestrateSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.errors import ManifestProblem, Place
    from mainstem.manifest import Dag, Problem
    from mainstem.manifest.offers import Offer
    from mainstem.manifest.paths import Path as FieldPath
    from mainstem.orchestrate.dag_files import WrittenDag


@dataclass(frozen=True)
class Origin:
    """Where a DAG comes from."""

    by: str
    """The stage that offers it; empty for one of the project's own."""
    place: Place | None = None
    """Where it is written, or changed."""

    replaced: str = ""
    """Of one of the project's own: the stage whose DAG of the same name it stands in for."""

    def __str__(self) -> str:
        if not self.by:
            return str(self.place) + (f", in place of what {self.replaced} offers" if self.replaced else "")
        return f"offered by {self.by}" + (f", changed in {self.place}" if self.place else "")


@dataclass(frozen=True)
class LeftOut:
    """A DAG that is offered and not run."""

    dag_id: str
    by: str
    why: str


@dataclass(frozen=True)
class Plan:
    """The manifest and how it came about."""

    manifest: Manifest
    origins: dict[str, Origin]
    """By DAG."""
    left_out: tuple[LeftOut, ...]
    warnings: tuple[ManifestProblem, ...]


@dataclass(frozen=True)
class _Found:
    dag: Dag
    origin: Origin
    written: WrittenDag | None = None

    def located(self, path: FieldPath) -> str:
        """Where something of the DAG stands, and what it is called there."""
        if self.written is not None:
            return f"{self.written.place(path)}: {spelled(path)}"
        return f"{self.origin.place or self.origin}: {self.dag.dag_id}: {spelled(path)}"


def make_plan(folder: Path) -> Plan:
    """Of the project in `folder`. Raises ManifestError with all that is wrong, ConfigError for settings."""
    return plan_of(open_project(folder))


def plan_of(project: Project, offering: Sequence[EntryPoint] | None = None) -> Plan:
    """As `make_plan`; `offering` are the entry points of stages, by default the installed ones."""
    settings = project.config.section("orchestrate", OrchestrateSettings)
    context = OfferContext(project.config, project.data_dir)
    entry_points = offering_entry_points() if offering is None else offering
    offers = {entry.name: _ask(entry, context) for entry in entry_points}
    left_out: list[LeftOut] = []
    own = read_dags(project.config.path(settings.dags_dir), settings.timezone)
    _refuse_unknown(settings, offers, own, project)
    own_ids = {one.dag.dag_id for one in own}
    found = [
        _Found(one.dag, Origin("", one.place(()), replaced=_offering(one.dag.dag_id, offers)), one)
        for one in own
    ]
    found += (one for one in _offered(offers, settings, project, left_out) if one.dag.dag_id not in own_ids)
    found.sort(key=lambda one: one.dag.dag_id)
    manifest = Manifest(
        project.settings.name,
        tuple(with_data_dependencies(one.dag) for one in found),
        image=settings.image,
        pools=_pools(offers.values(), settings),
    )
    return _checked(manifest, found, tuple(left_out), project)


def _ask(entry: EntryPoint, context: OfferContext) -> Offer:
    try:
        offering = entry.load()
    except (ImportError, AttributeError) as e:
        raise EnvironmentFailure(
            f"{entry.name} offers tasks by the entry point {entry.value}, which cannot be imported: {e}; "
            "install its package again, or remove it"
        ) from e
    offer: Offer = offering(context)
    return offer


def _offered(
    offers: dict[str, Offer], settings: OrchestrateSettings, project: Project, left_out: list[LeftOut]
) -> Iterable[_Found]:
    for by, offer in offers.items():
        for offered in offer.dags:
            dag_id = offered.dag.dag_id
            said = settings.dags.get(dag_id, DagSettings())
            if said.enabled is False:
                left_out.append(LeftOut(dag_id, by, str(project.config.place(f"orchestrate.dags.{dag_id}"))))
            elif offered.why_off and not said.enabled:
                left_out.append(LeftOut(dag_id, by, offered.why_off))
            else:
                is_said = dag_id in settings.dags
                place = project.config.place(f"orchestrate.dags.{dag_id}") if is_said else None
                dag = overridden(
                    _in_zone(offered.dag, settings.timezone), said, settings.timezone, project.config
                )
                yield _Found(dag, Origin(by, place))


def _in_zone(dag: Dag, timezone: str) -> Dag:
    """Offers know no time zone but the project's."""
    if not isinstance(dag.schedule, CronSchedule):
        return dag
    return msgspec.structs.replace(dag, schedule=msgspec.structs.replace(dag.schedule, timezone=timezone))


def _offering(dag_id: str, offers: dict[str, Offer]) -> str:
    """The stage that offers a DAG, empty for none."""
    return next((by for by, offer in offers.items() for one in offer.dags if one.dag.dag_id == dag_id), "")


def _refuse_unknown(
    settings: OrchestrateSettings, offers: dict[str, Offer], own: Sequence[WrittenDag], project: Project
) -> None:
    files = {one.dag.dag_id: one.written.file for one in own}
    for dag_id in settings.dags:
        place = project.config.place(f"orchestrate.dags.{dag_id}")
        if dag_id in files:
            raise ConfigError(place, f"the DAG {dag_id!r} is your own: change it in {files[dag_id]}")
        if not _offering(dag_id, offers):
            known = sorted(offered.dag.dag_id for offer in offers.values() for offered in offer.dags)
            raise ConfigError(place, f"no stage offers a DAG {dag_id!r}", ", ".join(known))


def _pools(offers: Iterable[Offer], settings: OrchestrateSettings) -> tuple[Pool, ...]:
    pools = {pool.name: pool for offer in offers for pool in offer.pools}
    for name, slots in settings.pools.items():
        pools[name] = Pool(name, slots, pools[name].description if name in pools else "")
    return tuple(pools[name] for name in sorted(pools))


def _checked(
    manifest: Manifest, found: Sequence[_Found], left_out: tuple[LeftOut, ...], project: Project
) -> Plan:
    def locate(path: FieldPath) -> str:
        if len(path) > 1 and path[0] == "dags" and isinstance(path[1], int):
            return found[path[1]].located(path[2:])
        return f"{project.config.file}: {spelled(path)}"

    problems: list[Problem] = []
    # Values that were made in code or in settings have not been looked at yet.
    manifest_of(msgspec.json.decode(dump(manifest)), problems)
    if problems:
        raise error_of(problems, locate)
    warnings = ensure_sound(manifest, locate)
    return Plan(
        manifest,
        {one.dag.dag_id: one.origin for one in found},
        left_out,
        tuple(warning.located(locate) for warning in warnings),
    )
