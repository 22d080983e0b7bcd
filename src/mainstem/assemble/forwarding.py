"""`mainstem shadow run` and `status`: what the gateway copied, on its way to each source's `shadow_url`."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.logs import log_process
from mainstem.assemble.project import open_project
from mainstem.assemble.watch import LiveProject
from mainstem.errors import UsageError
from mainstem.log import open_reader
from mainstem.shadow import Forwarder, PositionFile, ShadowSettings, Upstream, status_of
from mainstem.supervise import notify_ready, on_signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.events import Source
    from mainstem.shadow import SourceStatus

logger = logging.getLogger("mainstem.shadow")


def shadow_urls(sources: Sequence[Source]) -> dict[str, str]:
    """Of the sources that are shadowed, by id."""
    return {source.id: source.shadow_url for source in sources if source.shadow_url is not None}


def run_shadow(folder: Path, once: bool) -> None:
    """Forward: all that is kept now, with `once`; else until SIGTERM or SIGINT, following changed sources.

    Raises UsageError when no source is shadowed, EnvironmentFailure when another process forwards already.
    """
    project = open_project(folder)
    log_process(project.config, "shadow")
    positions = _positions(project)
    stop = threading.Event()
    urls = _some_urls(project)
    with positions.alone(), on_signals((signal.SIGTERM, signal.SIGINT), stop.set):
        notify_ready("forwarding")
        if once:
            with _forwarder(project, positions, urls) as forwarder:
                forwarder.run_once(stop)
        else:
            _follow(LiveProject(project), positions, stop)


def shadow_status(folder: Path) -> list[SourceStatus]:
    """Of every shadowed source. Raises UsageError when there is none."""
    project = open_project(folder)
    reader = open_reader(project.data_dir, "shadow")
    return status_of(reader, _positions(project), _some_urls(project), datetime.now(UTC))


def is_forwarding(folder: Path) -> bool:
    """Whether a process forwards for the project in `folder`."""
    return _positions(open_project(folder)).is_held


def _follow(live: LiveProject, positions: PositionFile, stop: threading.Event) -> None:
    """Forward to where the sources say now, until `stop`."""
    while not stop.is_set():
        urls = shadow_urls(live.sources)
        logger.info("forwarding %s", ", ".join(f"{one} to {url}" for one, url in urls.items()) or "nothing")

        def is_current(urls: Mapping[str, str] = urls) -> bool:
            live.look_again()
            return shadow_urls(live.sources) == urls

        with _forwarder(live.project, positions, urls) as forwarder:
            forwarder.run_forever(stop, is_current)


@contextmanager
def _forwarder(project: Project, positions: PositionFile, urls: Mapping[str, str]) -> Iterator[Forwarder]:
    settings = project.config.section("shadow", ShadowSettings)
    with ExitStack() as stack:
        upstreams = {}
        for one, url in urls.items():
            upstreams[one] = Upstream(url, timeout_s=settings.timeout_s, connections=settings.connections)
            stack.callback(upstreams[one].close)
        reader = open_reader(project.data_dir, "shadow")
        yield Forwarder(reader, positions, upstreams, settings, reader)


def _positions(project: Project) -> PositionFile:
    return PositionFile(project.data_dir / "shadow")


def _some_urls(project: Project) -> dict[str, str]:
    urls = shadow_urls(project.sources())
    if not urls:
        raise UsageError(
            f"no source of {project.config.file} is shadowed: give one a shadow_url, the data plane that its "
            "requests are to go to as well"
        )
    return urls
