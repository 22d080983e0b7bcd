"""The catalogue beside the gateway: brought along from before, told of, kept on disk, off the hot path.

The steps of the sources remember what they see. Once a second what is new is taken from them and told, as a
warning and as facts; every now and then all of it is written by a thread. When sources are compiled anew,
the new steps are given what the old ones knew. No event is refused because this cannot be done.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mainstem.collect.alongside import alongside
from mainstem.tracking import SourceCatalogue, TrackingStep
from mainstem.tracking.catalogue_files import encode_catalogues, read_partitions, write_catalogue
from mainstem.tracking.telling import fact_of, warnings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from mainstem.collect import Companion, Parts, SourceTable
    from mainstem.collect.facts import Facts

LOOK_SECONDS = 1.0

logger = logging.getLogger("mainstem.tracking")


class Cataloguer:
    """The catalogues of one gateway process."""

    def __init__(self, data_dir: Path, partition: str, facts: Facts | None) -> None:
        self._data_dir = data_dir
        self._partition = partition
        self._facts = facts
        self._table: SourceTable | None = None
        self._steps: dict[str, TrackingStep] = {}
        self._memory: dict[str, SourceCatalogue] = {}
        """Of every source, also of those that are not watched any more: what goes into the file."""
        self._written = b""
        self._failed = ""

    def recall(self) -> None:
        """Take up what this gateway saw before, and the names that others did. Raises EnvironmentFailure."""
        for partition, catalogues in read_partitions(self._data_dir).items():
            for catalogue in catalogues:
                mine = self._memory.setdefault(catalogue.source_id, SourceCatalogue(catalogue.source_id))
                mine.absorb(catalogue, counted=partition == self._partition)

    def look(self, table: SourceTable) -> None:
        """Give what is known to steps that are new, and tell what they saw for the first time."""
        if table is not self._table:
            self._table = table
            self._hand_over(table)
        news = [one for step in self._steps.values() for one in step.catalogue.take_news()]
        for line in warnings_of(news):
            logger.warning("%s", line)
        if self._facts is not None:
            for one in news:
                fact = fact_of(one)
                self._facts.report(fact.event, fact.properties, once=fact.once)

    def encoded(self) -> bytes | None:
        """What is to be written; None where it stands on disk already."""
        catalogues = {**self._memory, **{name: step.fold() for name, step in self._steps.items()}}
        content = encode_catalogues(catalogues.values())
        return None if content == self._written or not any(c.events for c in catalogues.values()) else content

    def write(self, content: bytes) -> None:
        """From any thread. What fails is told once, and tried again the next time."""
        try:
            write_catalogue(self._data_dir, self._partition, content)
        except OSError as e:
            if str(e) != self._failed:
                logger.error("the catalogue cannot be written, trying again later: %s", e)
            self._failed = str(e)
        else:
            self._written, self._failed = content, ""

    def _hand_over(self, table: SourceTable) -> None:
        for name, step in self._steps.items():
            self._memory[name] = step.fold()
        self._steps = {
            step.source_id: step
            for entry in table.compiled
            for step in entry.steps
            if isinstance(step, TrackingStep)
        }
        for name, step in self._steps.items():
            known = self._memory.get(name)
            if known is not None and known is not step.catalogue:
                step.catalogue.absorb(known)


def cataloguing(data_dir: Path, partition: str, facts: Facts | None, save_every: float) -> Companion:
    """Keeps the catalogue while the gateway serves."""

    @asynccontextmanager
    async def beside(parts: Parts) -> AsyncIterator[None]:
        cataloguer = Cataloguer(data_dir, partition, facts)
        cataloguer.recall()
        cataloguer.look(parts.handler.sources)
        try:
            async with alongside(_keep_forever(cataloguer, parts, save_every)):
                yield
        finally:
            cataloguer.look(parts.handler.sources)
            if (content := cataloguer.encoded()) is not None:
                cataloguer.write(content)

    return beside


async def _keep_forever(cataloguer: Cataloguer, parts: Parts, save_every: float) -> None:
    loop = asyncio.get_running_loop()
    saved_at = loop.time()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        cataloguer.look(parts.handler.sources)
        if loop.time() - saved_at >= save_every:
            saved_at = loop.time()
            if (content := cataloguer.encoded()) is not None:
                await asyncio.to_thread(cataloguer.write, content)
