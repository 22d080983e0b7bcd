"""`mainstem web`: the project's dashboards, over its LookML and its warehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem import __version__
from mainstem.assemble.accounts import open_accounts
from mainstem.assemble.activation_desk import ProjectActivations
from mainstem.assemble.asset_uses import AssetUses
from mainstem.assemble.changes import ProjectChanges
from mainstem.assemble.connections import open_connections
from mainstem.assemble.connector_desk import ProjectConnectors
from mainstem.assemble.event_catalogue import WarehouseCatalogue
from mainstem.assemble.kept_versions import KeptArtifacts, KeptLookml
from mainstem.assemble.lake_desk import open_lake_desk
from mainstem.assemble.live_lookml import LiveLookml, following
from mainstem.assemble.logs import log_process
from mainstem.assemble.lookml import LatestDbt
from mainstem.assemble.postgres import open_records
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_desk, open_published, readers_location, shows_published
from mainstem.assemble.query import lookml_folder
from mainstem.assemble.query_log import QueryLogDesk, noting_in, web_asker
from mainstem.assemble.runs import runs_desk
from mainstem.assemble.runs_folder import runs_folder
from mainstem.assemble.source_desk import ProjectSources
from mainstem.assemble.truth import ProjectTruth
from mainstem.assemble.watch import LiveProject
from mainstem.cohorts.keeping import Keeper, ShelvedCohorts
from mainstem.load.bookkeeping import last_commit
from mainstem.query.answers import Answers
from mainstem.query.connections import Connections
from mainstem.query.recorded import RecordedExplorers
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics.settings import SemanticsSettings
from mainstem.store.cohorts import Cohorts
from mainstem.store.questions import UserQuestions
from mainstem.store.versions import Versions
from mainstem.supervise import notify_ready
from mainstem.web import Services, WebSettings, build_app, load_assets, serve

if TYPE_CHECKING:
    from pathlib import Path


def run_web(folder: Path, host: str | None, port: int | None) -> None:
    """Serve the project in `folder` until SIGTERM or SIGINT; `host` and `port` win over its settings.

    Problems of its LookML are told, and the sound part of it is served. Raises EnvironmentFailure for a port
    in use.
    """
    project = open_project(folder)
    log_process(project.config, "web")
    named = {"host": host, "port": port}
    settings = msgspec.structs.replace(
        project.config.section("web", WebSettings),
        **{name: value for name, value in named.items() if value is not None},
    )
    settings.checked()
    semantics = project.config.section("semantics", SemanticsSettings)
    lookml = LiveLookml(
        lookml_folder(project),
        project.data_dir / "lookml.cache",
        LatestDbt(project),
        others=semantics.connections,
    )
    with (
        following(lookml),
        open_connections(project) as others,
        open_accounts(project, "web") as accounts,
        open_desk(project, "web") as desk,
        open_published(project, desk) as warehouse,
        open_records(project, "web-queries") as records,
        noting_in(project, records) as note,
        open_lake_desk(project, records, desk.publisher) as lake,
    ):
        versions = Versions(records)
        kept_lookml = KeptLookml(lookml_folder(project), versions)
        lookml.tell(kept_lookml.keep)
        published = desk if shows_published(project) else None
        artifacts = KeptArtifacts(versions)
        cohorts = Cohorts(records)
        services = Services(
            RecordedExplorers(
                WarehouseExplorers(
                    lambda: lookml.project,
                    Connections(warehouse, others),
                    lambda: datetime.now(UTC),
                    Answers(
                        settings.cache_megabytes * 1024 * 1024,
                        at_once=settings.queries_at_once,
                        seconds=settings.cache_seconds,
                    ),
                    ShelvedCohorts(cohorts),
                ),
                note,
                web_asker,
            ),
            __version__,
            cohorts=Keeper(cohorts),
            events_loaded_at=lambda: last_commit(warehouse),
            publications=published,
            sources=ProjectSources(LiveProject(project)),
            connectors=ProjectConnectors(LiveProject(project), records),
            activations=ProjectActivations(LiveProject(project), records),
            catalogue=WarehouseCatalogue(project),
            queries=QueryLogDesk(records),
            questions=UserQuestions(records),
            lake=lake,
            lookml=lookml,
            orchestration=runs_desk(
                records,
                runs_folder(project),
                project,
                AssetUses(project.data_dir / "dbt" / "target" / "manifest.json", lambda: lookml.project),
            ),
            changes=None
            if published is None
            else ProjectChanges(
                readers_location(project),
                published,
                artifacts,
                kept_lookml,
                lambda: lookml.project,
                semantics.connections,
            ),
            truth=ProjectTruth(artifacts, versions, published, warehouse, semantics.connections),
            accounts=accounts,
        )
        serve(build_app(services, settings, load_assets(project.data_dir / "assets")), settings, notify_ready)
