"""The catalogue on disk: `<data>/catalogue/<partition>.json`, one file a gateway, replaced whole.

A file is never changed in place: what is there is one whole catalogue, and after a crash the one before. It
holds names and counts, and of no event a value. A name that looks like data is not written at all.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure
from mainstem.tracking.catalogue import SeenEvent, SeenProperty, SourceCatalogue, merged
from mainstem.tracking.paths import is_regular

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORMAT = 1
SUFFIX = ".json"

logger = logging.getLogger("mainstem.tracking")


class PropertyLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One name in an event."""

    path: tuple[str, ...]
    """From the section on: `["properties", "plan"]`."""
    types: tuple[str, ...]
    """JSON types, sorted."""
    first_seen: str
    last_seen: str
    count: int = 0
    """Events that held it."""
    planned: bool = False


class EventLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event, or the context of all."""

    type: str
    name: str | None
    first_seen: str
    last_seen: str
    count: int = 0
    planned: bool = False
    properties: tuple[PropertyLine, ...] = ()


class CatalogueFile(msgspec.Struct, frozen=True):
    """What a file holds."""

    format: int
    sources: dict[str, tuple[EventLine, ...]]


def catalogue_folder(data_dir: Path) -> Path:
    return data_dir / "catalogue"


def encode_catalogues(catalogues: Iterable[SourceCatalogue]) -> bytes:
    """A file's bytes, without names that look like data."""
    sources = {
        catalogue.source_id: tuple(
            _event_line(event)
            for event in catalogue.events.values()
            if event.key[1] is None or is_regular(event.key[1])
        )
        for catalogue in catalogues
    }
    return msgspec.json.encode(CatalogueFile(FORMAT, sources))


def write_catalogue(data_dir: Path, partition: str, content: bytes) -> None:
    """Replace the file of `partition`, durably. Raises OSError."""
    folder = catalogue_folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{partition}.unfinished"
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / (partition + SUFFIX))
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_catalogue(data_dir: Path) -> dict[str, SourceCatalogue]:
    """What all gateways that share a data folder have seen, by source; empty where nothing was written.

    Raises EnvironmentFailure for a folder that cannot be read.
    """
    return merged(one for catalogues in read_partitions(data_dir).values() for one in catalogues)


def read_partitions(data_dir: Path) -> dict[str, list[SourceCatalogue]]:
    """The same, gateway by gateway.

    A file that does not read is named in a warning and left out: it is a memory of what the log holds, and
    is written anew. Raises EnvironmentFailure.
    """
    try:
        files = sorted(catalogue_folder(data_dir).glob("*" + SUFFIX))
        contents = [(file, file.read_bytes()) for file in files]
    except OSError as e:
        raise EnvironmentFailure(f"cannot read the catalogue {e.filename or data_dir}: {e.strerror}") from e
    found = {}
    for file, content in contents:
        try:
            found[file.stem] = decode_catalogues(content)
        except msgspec.MsgspecError as e:
            logger.warning("the catalogue %s is left out, it does not read: %s", file, e)
    return found


def decode_catalogues(content: bytes) -> list[SourceCatalogue]:
    """Raises msgspec.MsgspecError."""
    read = msgspec.json.decode(content, type=CatalogueFile)
    if read.format != FORMAT:
        raise msgspec.ValidationError(f"the format is {read.format}, not {FORMAT}")
    return [_catalogue(source_id, lines) for source_id, lines in read.sources.items()]


def event_lines(catalogue: SourceCatalogue) -> tuple[EventLine, ...]:
    """A catalogue as plain data, for pages and JSON."""
    return tuple(_event_line(event) for event in catalogue.events.values())


def _event_line(event: SeenEvent) -> EventLine:
    return EventLine(
        event.key[0],
        event.key[1],
        event.first_seen,
        event.last_seen,
        event.count,
        event.is_planned,
        tuple(
            PropertyLine(
                path,
                tuple(sorted(seen.types)),
                seen.first_seen,
                seen.last_seen,
                seen.count,
                seen.is_planned,
            )
            for path, seen in event.properties.items()
            if all(map(is_regular, path))
        ),
    )


def _catalogue(source_id: str, lines: Iterable[EventLine]) -> SourceCatalogue:
    catalogue = SourceCatalogue(source_id)
    for line in lines:
        event = SeenEvent((line.type, line.name), line.first_seen, line.planned)
        event.last_seen, event.count = line.last_seen, line.count
        for one in line.properties:
            event.properties[one.path] = SeenProperty(
                set(one.types), one.first_seen, one.last_seen, one.count, one.planned
            )
        catalogue.events[event.key] = event
    return catalogue
