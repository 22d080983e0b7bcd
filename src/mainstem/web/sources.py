"""What pages may know of the project's sources: the seam, and the values that come through it.

Everything here is read from files (the settings, the gateways' counts, the log), never from the warehouse:
these pages work when it is down, and no number on them comes from a query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.collect.counts_file import GatewayCounts, Minute
    from mainstem.events import Resolved, Source
    from mainstem.log import LogReader
    from mainstem.tracking.catalogue import SourceCatalogue


@dataclass(frozen=True)
class WrittenSetting:
    """One setting of a source, as it holds."""

    name: str
    value: str
    where: str | None
    """`mainstem.toml:12`; None for a default, which nobody wrote."""


@dataclass(frozen=True)
class WrittenSource:
    """A source as the settings have it now."""

    source: Source
    namespace: str
    """The schema its name or settings ask for."""
    where: str
    settings: tuple[WrittenSetting, ...]

    @property
    def id(self) -> str:
        return self.source.id


@dataclass(frozen=True)
class Met:
    """What a source has met at every gateway together."""

    hour: Minute
    """In the past sixty minutes."""
    last_event_at: str | None
    """RFC 3339, UTC; None where no gateway has seen one."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Since the gateways started, by reason."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Requests since the gateways started, by what their senders were told."""


@dataclass(frozen=True)
class SourcesNow:
    """All that is known at one moment."""

    sources: tuple[WrittenSource, ...]
    """In the order they are written."""
    gateways: tuple[GatewayCounts, ...]
    met: Mapping[str, Met]
    """By id, of every source."""
    problem: str | None = None
    """Why the settings as they stand do not check, so that older ones hold; with file and line."""

    def named(self, source_id: str) -> WrittenSource | None:
        return next((written for written in self.sources if written.id == source_id), None)


class SourceDesk(Protocol):
    """Every method may read files; none raises for what stands in the settings."""

    def now(self) -> SourcesNow: ...

    def logs(self) -> Mapping[str, LogReader]:
        """The streams `events` and `quarantine`, by name."""

    def catalogue(self, source_id: str) -> SourceCatalogue | None:
        """What gateways have noted of its events since they watch it; None where none does. Raises
        EnvironmentFailure for files that cannot be read."""

    def resolved(self) -> Mapping[str, Resolved]:
        """What became of events in quarantine, by their ids. Raises what the log raises."""

    def address(self) -> GatewayAddress:
        """Where SDKs send to."""


@dataclass(frozen=True)
class GatewayAddress:
    url: str
    """Without a slash at its end."""
    is_public: bool
    """Whether the settings name it. If not, it is the address the gateway listens on, which others may not
    reach."""
    sdk_url: str | None = None
    """Of RudderStack's browser SDK, where the gateway hosts it."""
