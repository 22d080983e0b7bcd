"""`mainstem web`: the project's dashboards, over its LookML and its warehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem import __version__
from mainstem.assemble.accounts import open_accounts
from mainstem.assemble.attributes import web_asking
from mainstem.assemble.connections import open_connections
from mainstem.assemble.event_catalogue import WarehouseCatalogue
from mainstem.assemble.lake_desk import open_lake_desk
from mainstem.assemble.live_lookml import LiveLookml, following
from mainstem.assemble.logs import log_process
from mainstem.assemble.lookml import LatestDbt
from mainstem.assemble.postgres import open_records
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_desk, open_published, shows_published
from mainstem.assemble.query import lookml_folder
from mainstem.assemble.query_log import QueryLogDesk, noting_in, web_asker
from mainstem.assemble.source_desk import ProjectSources
from mainstem.assemble.watch import LiveProject
from mainstem.load.bookkeeping import last_commit
from mainstem.query.connections import Connections
from mainstem.query.recorded import RecordedExplorer
from mainstem.query.warehouse_explorer import WarehouseExplorer
from mainstem.semantics.settings import SemanticsSettings
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
        services = Services(
            RecordedExplorer(
                WarehouseExplorer(
                    lambda: lookml.project,
                    Connections(warehouse, others),
                    lambda: datetime.now(UTC),
                    lambda: web_asking(semantics.user_attributes),
                ),
                note,
                web_asker,
            ),
            __version__,
            events_loaded_at=lambda: last_commit(warehouse),
            publications=desk if shows_published(project) else None,
            sources=ProjectSources(LiveProject(project)),
            catalogue=WarehouseCatalogue(project),
            queries=QueryLogDesk(records),
            lake=lake,
            lookml=lookml,
            accounts=accounts,
        )
        serve(build_app(services, settings, load_assets(project.data_dir / "assets")), settings, notify_ready)
