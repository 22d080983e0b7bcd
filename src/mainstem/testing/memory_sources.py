"""Sources, counts and a log in memory, for tests of the pages that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.counts_file import Minute
from mainstem.events import Quarantined, Source, asked_namespace, encode_quarantined
from mainstem.testing.records import EventLog
from mainstem.web.sources import GatewayAddress, Met, SourcesNow, WrittenSetting, WrittenSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.collect.counts_file import GatewayCounts
    from mainstem.events import Resolved
    from mainstem.log import LogReader
    from mainstem.tracking.catalogue import SourceCatalogue


class MemorySources:
    """A desk whose every answer a test sets. Events are sent to `events` and `quarantine`."""

    def __init__(self, *sources: Source) -> None:
        self.sources = list(sources)
        self.problem: str | None = None
        self.gateways: tuple[GatewayCounts, ...] = ()
        self.met: dict[str, Met] = {}
        self.events = EventLog()
        self.quarantine = EventLog()
        self.catalogues: dict[str, SourceCatalogue] = {}
        self.resolutions: dict[str, Resolved] = {}
        self.gateway = GatewayAddress("https://events.example.com", True)

    def now(self) -> SourcesNow:
        met = {source.id: self.met.get(source.id, Met(Minute(), None)) for source in self.sources}
        written = tuple(_written(source, number) for number, source in enumerate(self.sources))
        return SourcesNow(written, self.gateways, met, self.problem)

    def logs(self) -> Mapping[str, LogReader]:
        return {"events": self.events, "quarantine": self.quarantine}

    def catalogue(self, source_id: str) -> SourceCatalogue | None:
        return self.catalogues.get(source_id)

    def resolved(self) -> Mapping[str, Resolved]:
        return self.resolutions

    def address(self) -> GatewayAddress:
        return self.gateway

    def hold(
        self,
        event: object,
        reason: str,
        source_id: str = "web",
        received_at: str = "2026-01-02T03:04:05.678Z",
    ) -> None:
        """Put an item into quarantine."""
        raw = msgspec.Raw(msgspec.json.encode(event))
        self.quarantine.append(
            encode_quarantined(Quarantined(received_at, "10.0.0.1", source_id, reason, raw))
        )


def _written(source: Source, number: int) -> WrittenSource:
    line = 10 * number + 1
    settings = tuple(
        WrittenSetting(name, str(getattr(source, name)), f"mainstem.toml:{line}")
        for name in ("id", "name", "write_keys")
    )
    return WrittenSource(source, asked_namespace(source), f"mainstem.toml:{line}", settings)
