"""What pages may know of connectors: the seam to settings and to the records of their runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta


@dataclass(frozen=True)
class SyncRun:
    id: int
    asked: str
    """`incremental`, `full`, or a range such as `2024-01-01 to 2024-02-01`."""
    began_at: datetime
    ended_at: datetime | None
    state: str
    """`running`, `success`, `partial`, `failed` or `broken_off`."""
    problem: str = ""


@dataclass(frozen=True)
class StreamReading:
    """One stream in one run."""

    run_id: int
    stream: str
    state: str
    """`running`, `success`, `failed` or `broken_off`."""
    began_at: datetime
    ended_at: datetime | None
    rows: int = 0
    deleted: int = 0
    bytes: int = 0
    calls: int = 0
    repeats: int = 0
    waited_seconds: float = 0.0
    quota_remaining: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class SchemaChange:
    at: datetime
    stream: str
    change: str
    """`new_table`, `new_column`, `new_variant`, `gone_column` or `changed_type`."""
    column_name: str
    """`table.column`, or the table alone."""
    column_type: str


@dataclass(frozen=True)
class SeenConnector:
    """A connector as the settings have it, and what became of it."""

    name: str
    kind: str
    """Its type in the settings: `zendesk`."""
    title: str
    """What people call the service."""
    schema: str
    dag_id: str
    fresh_within: timedelta | None = None
    """How old what is known of a stream may be; None where nothing is said."""
    streams: tuple[str, ...] = ()
    """Those that settings name; empty for all there are."""
    without: tuple[str, ...] = ()
    runs: tuple[SyncRun, ...] = ()
    """The newest first."""
    readings: tuple[StreamReading, ...] = ()
    """Of those runs, the newest first."""
    last: tuple[StreamReading, ...] = ()
    """The newest of every stream that was ever read, by its name."""
    through: Mapping[str, datetime | None] = field(default_factory=dict)
    """Up to when every change of the source is in the warehouse, by stream."""
    first_began: Mapping[str, datetime] = field(default_factory=dict)
    """When each stream was first begun to be read."""


@dataclass(frozen=True)
class ConnectorsNow:
    connectors: tuple[SeenConnector, ...]
    kinds: tuple[str, ...] = ()
    """Types that may be written into the settings."""
    problem: str = ""
    """Why settings as they are written are not followed, and those of before are; empty while they are."""


class ConnectorDesk(Protocol):
    """Every method may wait for Postgres, and raises StoreUnavailable when it is away."""

    def now(self, runs: int) -> ConnectorsNow:
        """Every connector with its newest `runs` runs."""

    def changes(self, name: str, limit: int) -> Sequence[SchemaChange]:
        """How tables of a connector changed, the newest first."""

    def names(self) -> Sequence[tuple[str, str]]:
        """Name and title of every connector; waits for nothing."""
