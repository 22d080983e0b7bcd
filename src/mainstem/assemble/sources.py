"""The project's sources, read and checked: an id or a write key belongs to one of them.

Two claims on one key would put one company's events into another's tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import ConfigError, Place
from mainstem.events import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.config import Config


_LONGEST_ID = 128  # it stands in every record of the log


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
        if len(source.id.encode()) > _LONGEST_ID:
            raise ConfigError(place, f"source {source.name!r} has an id of more than {_LONGEST_ID} bytes")
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
