"""What a project says of its connectors: a table `[connectors.NAME]` each, of the type it names.

Each type has a Struct of its own that extends `ConnectorSettings`. Reading them imports no connector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol
from urllib.parse import urlsplit

import msgspec

from mainstem.connectors.registry import KINDS
from mainstem.errors import ConfigError
from mainstem.manifest import cron_problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from mainstem.config import Config

SECTION = KINDS.section


class ConnectorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]`, of every type. NAME is what commands call it, and its schema in the warehouse."""

    type: str
    """Which connector it is; `mainstem connectors` lists the types there are."""
    schema: str = ""
    """Schema of its tables; left out, its name."""
    schedule: str = "*/30 * * * *"
    """When it is synced, in cron's five fields; empty for never by itself."""
    streams: tuple[str, ...] = ()
    """Streams that are read; left out, every one there is."""
    without: tuple[str, ...] = ()
    """Streams that are not."""
    base_url: str = ""
    """Where the service is, in place of its usual address."""
    start: str = "2000-01-01"
    """Day from which history is read, where the service has more."""
    daily_calls: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Calls of the account in any 24 hours, of all that Mainstem does with it; left out, what the service
    allows."""
    reserve_calls: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Calls of the service's own daily quota that are left to others."""
    keep_emails: bool = True
    """Whether columns of e-mail addresses are kept beside their pseudonyms; `false` leaves them empty."""
    fresh_within: float = 0.0
    """Hours after which a stream that has not been read whole counts as stale, and an alert is sent; 0 for
    never."""
    least_rows: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = {}
    """Rows that an incremental run brings at least, by stream: `{ tickets = 1 }`; an alert is sent when it
    brings fewer."""
    most_rows: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = {}
    """Rows that it brings at most, from the second run on: the first brings all there is."""
    unusual_rows: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """How many times more or fewer rows than usual (the median of the last 20 incremental runs) are told of;
    0 for never. Below 8 runs, or for less than 100 rows more or fewer, nothing is."""
    rows_a_commit: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    """Rows after which what was read is committed; a sync that dies goes on behind them."""


def read_connectors(config: Config, *, secrets: bool = True) -> dict[str, ConnectorSettings]:
    """Every connector of a project by name, checked. Raises ConfigError with file and line.

    Without `secrets` they are left out and not looked up: a plan is made where nobody has them.
    """
    written = KINDS.tables(config)
    found = {name: _read(config, name, table, secrets=secrets) for name, table in written.items()}
    schemas: dict[str, str] = {}
    for name, settings in found.items():
        other = schemas.setdefault(schema_of(name, settings), name)
        if other != name:
            raise ConfigError(
                config.place(f"{SECTION}.{name}"),
                f"connector {name!r} has the schema of {other!r}, and tables of both would be one",
                "a schema of its own: schema = …",
            )
    return found


def read_connector(config: Config, name: str) -> ConnectorSettings:
    """One of them with its secrets; those of others are not looked up, for its pod does not have them. Raises
    UsageError for one there is not, ConfigError as `read_connectors`."""
    KINDS.ensure_named(name, read_connectors(config, secrets=False))
    return _read(config, name, KINDS.tables(config)[name], secrets=True)


class Choice(Protocol):
    """Which streams are wanted."""

    @property
    def streams(self) -> Collection[str]: ...
    @property
    def without(self) -> Collection[str]: ...


def is_read(stream: str, choice: Choice) -> bool:
    return stream not in choice.without and (not choice.streams or stream in choice.streams)


def schema_of(name: str, settings: ConnectorSettings) -> str:
    return settings.schema or name


def _read(config: Config, name: str, table: object, *, secrets: bool) -> ConnectorSettings:
    section = f"{SECTION}.{name}"
    kind, settings = KINDS.settings(config, name, table, secrets=secrets, names=("schema",))
    if settings.base_url and not _is_address(settings.base_url):
        raise ConfigError(
            config.place(section, "base_url"),
            f"{settings.base_url!r} is no address",
            "one such as https://acme.example.com",
        )
    if settings.schedule and (problem := cron_problem(settings.schedule)):
        raise ConfigError(config.place(section, "schedule"), f"{settings.schedule!r}: {problem}")
    placed: ConnectorSettings = kind.placed(settings, config, section)
    return placed


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.netloc.endswith(":")
    except ValueError:
        return False
