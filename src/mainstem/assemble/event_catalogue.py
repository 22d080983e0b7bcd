"""The event catalogue of a project: refreshed from its tables, plans, models and LookML; read for pages.

A plan, a manifest or LookML that does not read is told and left out: what the tables say is still worth it.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.project import open_project
from mainstem.assemble.query import lookml_folder
from mainstem.assemble.tracking import plan_file, plan_of
from mainstem.assemble.warehouse import lake_location
from mainstem.collect.counts_file import counts_folder, read_all_counts
from mainstem.collect.facts import GATEWAY_SOURCE
from mainstem.errors import MainstemError, WarehouseBusy
from mainstem.events import Source, decode_received
from mainstem.load.placement import Placements
from mainstem.load.schema import PROVIDERS
from mainstem.load.settings import LoadSettings
from mainstem.log import open_reader
from mainstem.operate.catalogue import CatalogueSettings, Knowledge, Refresh, Usage, read_catalogue
from mainstem.operate.catalogue.known import KnownSource
from mainstem.operate.catalogue.spelling import Spellings
from mainstem.operate.catalogue.sql import first_query
from mainstem.operate.catalogue.usage import read_dbt_manifest
from mainstem.semantics import read_project
from mainstem.tracking.catalogue_files import read_catalogue as read_seen
from mainstem.warehouse.ducklake import DuckLake
from mainstem.web.catalogue import CatalogueNow
from mainstem.web.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.operate.catalogue import Catalogue, EventEntry, PropertyEntry, RefreshReport
    from mainstem.operate.catalogue.usage import DbtManifest
    from mainstem.semantics.project import Project as LookmlProject
    from mainstem.tracking import Plan
    from mainstem.warehouse import Warehouse
    from mainstem.warehouse.ducklake import LakeLocation

logger = logging.getLogger("mainstem.catalogue")

_READ_MEMORY = "256MB"
_REFRESH_MEMORY = "512MB"
_LOOKED_AT_BYTES = 512 * 1024
"""Of each partition of the log, to see how properties are spelled."""
_REMEMBERED_SECONDS = 15.0
"""A look at the tables costs about 0.4 s, most of it for opening the lake."""


def refresh_project(
    folder: Path, *, full: bool = False, stopping: Callable[[], bool] = lambda: False
) -> RefreshReport:
    """Bring the catalogue of the project in `folder` up to date. Raises WarehouseBusy, EnvironmentFailure."""
    return refresh(open_project(folder), full=full, stopping=stopping)


def refresh(
    project: Project, *, full: bool = False, stopping: Callable[[], bool] = lambda: False
) -> RefreshReport:
    """The lake is open for as long as that takes: who keeps it open keeps every version of its structure."""
    location = replace(lake_location(project), memory_limit=_REFRESH_MEMORY, threads=1)
    lake = DuckLake(location)
    try:
        return refresh_in(project, lake, full=full, stopping=stopping)
    finally:
        lake.close()


def refresh_in(
    project: Project,
    warehouse: Warehouse,
    *,
    full: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> RefreshReport:
    """The same for a warehouse that is open."""
    load = project.config.section("load", LoadSettings)
    provider = PROVIDERS[warehouse.capabilities.provider]
    sources = (*project.sources(), Source(GATEWAY_SOURCE, GATEWAY_SOURCE, ()))
    placements = Placements(sources, provider, load.destination_id)
    seen = read_seen(project.data_dir)
    spelled = _spelled(project)
    namespaces: dict[str, list[str]] = {}
    known = []
    for source in sources:
        placement = placements.of(source.id)
        namespaces.setdefault(placement.namespace, []).append(source.id)
        known.append(
            KnownSource(
                placement.namespace,
                placement.metadata,
                _plan(project, source),
                seen.get(source.id),
                spelled.of(source.id),
            )
        )
    work = Refresh(
        warehouse,
        namespaces,
        Knowledge(known, provider, load.options()),
        Usage(_manifest(project), _lookml(project)),
        project.config.section("catalogue", CatalogueSettings),
        stopping=stopping,
    )
    return work.run(full=full)


@contextmanager
def refreshing(project: Project, stop: threading.Event) -> Iterator[None]:
    """Refresh every `every_s` in a thread, until `stop` is set, while the block runs."""
    every_s = project.config.section("catalogue", CatalogueSettings).every_s
    thread = threading.Thread(
        target=_refresh_forever, args=(project, every_s, stop), name="catalogue", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _refresh_forever(project: Project, every_s: float, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            report = refresh(project, stopping=stop.is_set)
        except MainstemError as e:
            logger.warning("the catalogue is refreshed again in %s s: %s", every_s, e)
        else:
            if report.changed:
                logger.info("catalogue: %s", report)
        stop.wait(every_s)


class WarehouseCatalogue:
    """The catalogue as pages read it: remembered for some seconds, and while the warehouse is away."""

    def __init__(
        self,
        project: Project,
        read: Callable[[], Catalogue] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = project.config.section("catalogue", CatalogueSettings)
        self._plans = {
            source.id: str(plan_file(project, source.tracking_plan).relative_to(project.folder))
            for source in project.sources()
            if source.tracking_plan is not None
            and _is_within(plan_file(project, source.tracking_plan), project)
        }
        self._read = read or (lambda: read_tables(lake_location(project)))
        self._now = now
        self._lock = threading.Lock()
        self._last: Catalogue | None = None
        self._looked_at = 0.0

    def now(self) -> CatalogueNow:
        with self._lock:
            problem = None
            if self._last is None or self._now() - self._looked_at >= _REMEMBERED_SECONDS:
                try:
                    self._last = self._read()
                    self._looked_at = self._now()
                except WarehouseBusy as e:
                    problem = str(e)
            return CatalogueNow(self._last, self._settings.new_days, self._plans, problem)

    def remembered(self) -> Catalogue | None:
        return self._last

    def sql_for(self, event: EventEntry, own: Sequence[PropertyEntry]) -> str:
        return first_query(DuckLake.capabilities, event, own)


def read_tables(location: LakeLocation) -> Catalogue:
    """What stands in the lake now; its DuckDB is closed again. Raises WarehouseBusy."""
    lake = DuckLake(replace(location, memory_limit=_READ_MEMORY, threads=1), read_only=True)
    try:
        return read_catalogue(lake)
    finally:
        lake.close()


def open_catalogue(folder: Path) -> Catalogue:
    """The catalogue of the project in `folder`, for a command. Raises WarehouseBusy, EnvironmentFailure."""
    return read_tables(lake_location(open_project(folder)))


def _is_within(file: Path, project: Project) -> bool:
    return file.is_relative_to(project.folder)


def _plan(project: Project, source: Source) -> Plan | None:
    try:
        return plan_of(project, source)
    except MainstemError as e:
        logger.warning("the catalogue goes without the plan of source %s: %s", source.id, e)
        return None


def _spelled(project: Project) -> Spellings:
    """Of the newest events in the log; of none where it is kept on other machines."""
    spelled = Spellings()
    tail = Tail(
        {"events": open_reader(project.data_dir, "events")}, read_all_counts(counts_folder(project.data_dir))
    )
    try:
        found = tail.last(_LOOKED_AT_BYTES).found
    except (MainstemError, OSError) as e:
        logger.warning("the catalogue does not look into the log: %s", e)
        return spelled
    for one in found:
        try:
            received = decode_received(one.payload)
            spelled.add(received.source_id, msgspec.json.decode(received.event))
        except msgspec.MsgspecError:
            continue  # the loader has put it into quarantine, which tells of it
    return spelled


def _manifest(project: Project) -> DbtManifest | None:
    file = project.data_dir / "dbt" / "target" / "manifest.json"
    if not file.is_file():
        return None
    try:
        return read_dbt_manifest(file.read_bytes())
    except msgspec.MsgspecError as e:
        logger.warning("the catalogue does not know what dbt uses: %s: %s", file, e)
        return None


def _lookml(project: Project) -> LookmlProject | None:
    folder = lookml_folder(project)
    if not folder.is_dir():
        return None
    try:
        return read_project(folder).project
    except MainstemError as e:
        logger.warning("the catalogue does not know what explores use: %s", e)
        return None
