"""Where the events of a source go: its namespace, and what its rows say about their origin.

A source that the configuration no longer knows keeps its events: they go to a namespace named by its id.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from mainstem.events import RESERVED_NAMESPACES, full_name
from mainstem.load.schema import EventMetadata, Provider, namespace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.events import Source

BOOKKEEPING = "mainstem"
"""Namespace of the loader's own tables."""

_REMEMBERED = 4096


class Placement(msgspec.Struct, frozen=True):
    """What a source's id decides."""

    namespace: str
    metadata: EventMetadata


def namespace_of(source: Source, provider: Provider) -> str:
    """The schema that holds the tables of `source`: the one it names, or else its name and environment."""
    if source.namespace is not None:
        return _free(source.namespace)
    return _free(namespace(full_name(source), provider))


def _free(schema: str) -> str:
    return f"_{schema}" if schema.lower() in RESERVED_NAMESPACES else schema


class Placements:
    """Finds the placement of a source by its id."""

    def __init__(self, sources: Sequence[Source], provider: Provider, destination_id: str) -> None:
        self._sources = {source.id: source for source in sources}
        self._provider = provider
        self._destination_id = destination_id
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, source_id: str) -> Placement:
        source = self._sources.get(source_id)
        metadata = EventMetadata(
            source_id=source_id,
            source_type=source.type if source else None,
            source_category=source.category if source else None,
            destination_id=self._destination_id,
            destination_type=self._provider.integration,
        )
        if source is None:
            return Placement(_free(namespace(source_id, self._provider)), metadata)
        return Placement(namespace_of(source, self._provider), metadata)
