"""Which source a write key belongs to, worked out once at start.

A write key names exactly one source: two claims on one key or one id are an error before anything is
served. Keys are looked up as they arrive (`by_authorization` holds whole header values), so that a
request costs one dictionary look-up.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.checks import Check, Item, checks_of
from mainstem.errors import ConfigError, Place
from mainstem.events import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.config import Config


class CompiledSource(msgspec.Struct, frozen=True):
    """A source with everything decided that does not depend on the request."""

    source: Source
    checks: tuple[Check, ...]

    @property
    def id(self) -> str:
        return self.source.id

    def objection(self, item: Item) -> str | None:
        """Why this source does not accept `item`; None when it does."""
        for check in self.checks:
            reason = check(item)
            if reason is not None:
                return reason
        return None


class SourceTable:
    """Every source, by what its senders send."""

    def __init__(self, sources: Iterable[Source]) -> None:
        compiled = [CompiledSource(source, checks_of(source)) for source in sources]
        self.by_key: Mapping[str, CompiledSource] = {
            key: entry for entry in compiled for key in entry.source.write_keys
        }
        # Enabled sources only: the rest take the long way, to the answer that says so.
        self.by_authorization: Mapping[bytes, CompiledSource] = {
            basic_authorization(key): entry for key, entry in self.by_key.items() if entry.source.enabled
        }


def basic_authorization(write_key: str) -> bytes:
    """The `Authorization` header an SDK sends: the key as user name, with an empty password."""
    return b"Basic " + b64encode(f"{write_key}:".encode())


def sources_of(config: Config) -> tuple[Source, ...]:
    """The `[[sources]]` of a project, checked.

    Raises ConfigError, with file and line, for a source without an id or a write key, a key that Basic
    authorization cannot carry, and an id or key that two sources claim.
    """
    sources = config.tables("sources", Source)
    check_sources(sources, [config.place("sources", nth=number) for number in range(len(sources))])
    return sources


def check_sources(sources: Iterable[Source], places: Iterable[Place | str]) -> None:
    """`places` says, source by source, where each was written; ConfigError as for `sources_of`."""
    ids: dict[str, str] = {}
    keys: dict[str, str] = {}
    for source, place in zip(sources, places, strict=True):
        label = f"source {source.id!r} ({source.name})"
        if not source.id.strip():
            raise ConfigError(place, f"source {source.name!r} has a blank id")
        if source.id in ids:
            raise ConfigError(place, f"two sources have the id {source.id!r}: {ids[source.id]} is the first")
        ids[source.id] = str(place)
        if not source.write_keys:
            raise ConfigError(place, f"{label} has no write key", 'write_keys = ["…"]')
        for key in source.write_keys:
            _check_key(key, label, place)
            # A write key is no secret (browsers carry it), but a message needs only its owner.
            if key in keys:
                raise ConfigError(place, f"{label} has a write key that {keys[key]} has already")
            keys[key] = f"{label} at {place}"


def _check_key(key: str, label: str, place: Place | str) -> None:
    if not key.strip() or key != key.strip() or ":" in key:
        raise ConfigError(
            place,
            f"{label} has a write key that SDKs cannot send",
            "text that is not blank, with no space around it and no colon in it",
        )
