"""What pages are told of the project's sources: out of its settings, its gateways' counts and its log."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.collect.counts_file import Minute, counts_folder, read_all_counts
from mainstem.collect.settings import CollectSettings
from mainstem.events import Source, asked_namespace
from mainstem.log import LogReader, open_reader
from mainstem.replay import last_resolutions
from mainstem.tracking.catalogue_files import read_catalogue
from mainstem.web.sources import GatewayAddress, Met, SourcesNow, WrittenSetting, WrittenSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mainstem.assemble.project import Project
    from mainstem.assemble.watch import LiveProject
    from mainstem.collect.counts_file import GatewayCounts
    from mainstem.config import Config
    from mainstem.events import Resolved
    from mainstem.tracking.catalogue import SourceCatalogue

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 # read, not bound
_SDK_NAMES = ("rsa", "rudder")
"""What RudderStack's browser SDK is called, wherever it is hosted."""


class ProjectSources:
    """Of a project that may be edited meanwhile. Safe to ask from any thread."""

    def __init__(self, live: LiveProject, now: Callable[[], float] = time.time) -> None:
        self._live = live
        self._now = now
        self._lock = threading.Lock()
        data_dir = live.project.data_dir
        self._folder = counts_folder(data_dir)
        self._logs: dict[str, LogReader] = {
            "events": open_reader(data_dir, "events"),
            "quarantine": open_reader(data_dir, "quarantine"),
        }

    def now(self) -> SourcesNow:
        with self._lock:
            self._live.look_again()
            project, sources, problem = self._live.project, self._live.sources, self._live.problem
        gateways = read_all_counts(self._folder)
        minute = int(self._now() // 60)
        return SourcesNow(
            tuple(_written(project.config, source, number) for number, source in enumerate(sources)),
            gateways,
            {source.id: met(source.id, gateways, minute) for source in sources},
            problem,
        )

    def logs(self) -> Mapping[str, LogReader]:
        return self._logs

    def catalogue(self, source_id: str) -> SourceCatalogue | None:
        return read_catalogue(self._live.project.data_dir).get(source_id)

    def resolved(self) -> Mapping[str, Resolved]:
        return last_resolutions(open_reader(self._live.project.data_dir, "resolved"))

    def address(self) -> GatewayAddress:
        return gateway_address(self._live.project)


def met(source_id: str, gateways: Iterable[GatewayCounts], minute: int) -> Met:
    """What all `gateways` together have counted of a source, seen from `minute` (since 1970)."""
    found = [counts.sources[source_id] for counts in gateways if source_id in counts.sources]
    hour = Minute()
    dropped: dict[str, int] = {}
    refused: dict[str, int] = {}
    for figures in found:
        hour = hour.plus(figures.past_hour(minute))
        _add(dropped, figures.totals.dropped)
        _add(refused, figures.totals.refused)
    last = max((figures.last_event_at or "" for figures in found), default="")
    return Met(hour, last or None, dropped, refused)


def gateway_address(project: Project) -> GatewayAddress:
    """Where the settings say that SDKs find the gateway; else where it listens."""
    settings = project.config.section("collect", CollectSettings)
    host = _EVERYWHERE.get(settings.host, f"[{settings.host}]" if ":" in settings.host else settings.host)
    url = settings.public_url.rstrip("/") if settings.public_url else f"http://{host}:{settings.port}"
    hosted = (path for path in settings.hosted_files if path.endswith((".js", ".mjs")))
    sdk = next((path for path in hosted if any(name in path.rpartition("/")[2] for name in _SDK_NAMES)), None)
    return GatewayAddress(url, settings.public_url is not None, None if sdk is None else url + sdk)


def _written(config: Config, source: Source, number: int) -> WrittenSource:
    table = config.values["sources"][number]
    settings = []
    for name in source.__struct_fields__:
        place = config.place("sources", name, number)
        where = f"{place.file.name}:{place.line}" if name in table else None
        settings.append(WrittenSetting(name, _as_text(name, getattr(source, name)), where))
    whole = config.place("sources", nth=number)
    return WrittenSource(source, asked_namespace(source), f"{whole.file.name}:{whole.line}", tuple(settings))


def _as_text(name: str, value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return without_credentials(str(value)) if name.endswith("_url") else str(value)


def without_credentials(url: str) -> str:
    """A URL that may be shown: neither its user and password nor its query."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _add(into: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        into[name] = into.get(name, 0) + count
