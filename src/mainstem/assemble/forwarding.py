"""`mainstem shadow run` and `status`: what the gateway copied, on its way to each source's `shadow_url`."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.logs import log_process
from mainstem.assemble.project import open_project
from mainstem.errors import UsageError
from mainstem.log import open_reader
from mainstem.shadow import Forwarder, PositionFile, ShadowSettings, Upstream, status_of
from mainstem.supervise import notify_ready, on_signals

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.shadow import SourceStatus

logger = logging.getLogger("mainstem.shadow")


def is_shadowed(project: Project) -> bool:
    """Whether any source is."""
    return any(source.shadow_url is not None for source in project.sources())


def run_shadow(folder: Path, once: bool) -> None:
    """Forward: all that is kept now, with `once`; else until SIGTERM or SIGINT.

    Raises UsageError when no source is shadowed, EnvironmentFailure when another process forwards already.
    """
    project = open_project(folder)
    log_process(project.config, "shadow")
    urls = _urls(project)
    settings = project.config.section("shadow", ShadowSettings)
    positions = PositionFile(_folder(project))
    stop = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(positions.alone())
        upstreams = {
            source_id: Upstream(url, timeout_s=settings.timeout_s, connections=settings.connections)
            for source_id, url in urls.items()
        }
        for upstream in upstreams.values():
            stack.callback(upstream.close)
        forwarder = Forwarder(open_reader(project.data_dir, "shadow"), positions, upstreams, settings)
        stack.enter_context(on_signals((signal.SIGTERM, signal.SIGINT), stop.set))
        notify_ready("forwarding")
        if once:
            forwarder.run_once(stop)
        else:
            logger.info("forwarding %s", ", ".join(f"{source} to {url}" for source, url in urls.items()))
            forwarder.run_forever(stop)


def shadow_status(folder: Path) -> list[SourceStatus]:
    """Of every shadowed source. Raises UsageError when there is none."""
    project = open_project(folder)
    positions = PositionFile(_folder(project))
    return status_of(open_reader(project.data_dir, "shadow"), positions, _urls(project), datetime.now(UTC))


def _folder(project: Project) -> Path:
    return project.data_dir / "shadow"


def _urls(project: Project) -> dict[str, str]:
    urls = {source.id: source.shadow_url for source in project.sources() if source.shadow_url is not None}
    if not urls:
        raise UsageError(
            f"no source of {project.config.file} is shadowed: give one a shadow_url, the data plane that its "
            "requests are to go to as well"
        )
    return urls
