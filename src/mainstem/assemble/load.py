"""`mainstem load`: the one loader, from the project's log into its warehouse."""

from __future__ import annotations

import logging
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

from mainstem.assemble.archive import archive_once, archiving
from mainstem.assemble.erased import LedgerWatch
from mainstem.assemble.log import ConsumedMarks, project_log
from mainstem.assemble.logs import log_process
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import lake_location
from mainstem.assemble.watch import LiveProject
from mainstem.errors import LogUnavailable
from mainstem.events import asked_namespace
from mainstem.load.erased import WithoutErased
from mainstem.load.run import Loader
from mainstem.load.settings import LoadSettings
from mainstem.supervise import notify_ready, on_signals
from mainstem.warehouse.ducklake import DuckLake, LoaderFence

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.events import Source

logger = logging.getLogger("mainstem.load")


def run_loader(folder: Path, once: bool) -> None:
    """Load the project's events: all there are, with `once`; else until SIGTERM or SIGINT.

    Raises EnvironmentFailure when another loader is at work.
    """
    project = open_project(folder)
    log_process(project.config, "load")
    location = lake_location(project).for_appends()
    fence = LoaderFence(location.catalog)
    fence.ensure()
    lake = DuckLake(location, fence=fence)
    live = LiveProject(project)
    log = project_log(project, "events")
    loader = Loader(
        WithoutErased(log, LedgerWatch(project).judge),
        lake,
        live.sources,
        project.config.section("load", LoadSettings),
        changed_sources=partial(changed_sources, live),
        consumed=ConsumedMarks(log).tell,
    )
    try:
        if once:
            logger.info("%s", loader.run_once())
            archive_once(project)
            if log.unreached:
                raise LogUnavailable(f"not everything was loaded: {'; '.join(log.unreached)}")
        else:
            stop = threading.Event()
            with on_signals((signal.SIGTERM, signal.SIGINT), stop.set), archiving(project, stop):
                notify_ready("loading")
                loader.run_forever(stop)
    finally:
        log.close()
        lake.close()
        fence.close()


def changed_sources(live: LiveProject) -> tuple[Source, ...] | None:
    """The project's sources, if its settings are other ones than when last asked. Says which of them go to
    another schema from now on; what they have loaded stays where it is."""
    before = {source.id: asked_namespace(source) for source in live.sources}
    if not live.look_again():
        return None
    for source in live.sources:
        old, new = before.get(source.id), asked_namespace(source)
        if old is not None and old != new:
            logger.warning("events of source %s go to schema %s from now on, not to %s", source.id, new, old)
    return live.sources
