"""What stands in the log and in the warehouse, counted at the source and not from anybody's report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect.facts import GATEWAY_SOURCE
from mainstem.events import decode_received, enriched
from mainstem.load.bookkeeping import QUARANTINE, read_offsets
from mainstem.load.placement import namespace_of
from mainstem.load.run import STREAM
from mainstem.load.schema import PROVIDERS
from mainstem.log import open_reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mainstem.events import Source
    from mainstem.log import LogReader, Stream
    from mainstem.warehouse import Warehouse

_READ_BYTES = 4 * 1024 * 1024

EVENT_TABLES = ("tracks", "pages", "screens", "identifies", "groups", "aliases")
"""Tables that together hold each event once; the tables named by events repeat `tracks`."""
WITHOUT_ROWS = "merge"
"""The type of event that RudderStack's warehouse rules make no row of."""


@dataclass(frozen=True)
class Counted:
    events: int
    messages: frozenset[str]
    """Message ids."""


def accepted_messages(data_dir: Path) -> Counted:
    """Every event in the log that somebody sent and that is to become rows.

    What the gateway tells of itself is no such event, and neither is a merge.
    """
    sent = [_event(payload) for payload in _records(data_dir, "events") if not _is_fact(payload)]
    kept = [event for event in sent if event is None or event.get("type") != WITHOUT_ROWS]
    return Counted(len(kept), frozenset(str(event["messageId"]) for event in kept if event is not None))


def _is_fact(payload: bytes) -> bool:
    try:
        return decode_received(payload).source_id == GATEWAY_SOURCE
    except msgspec.MsgspecError:
        return False


def _event(payload: bytes) -> dict[str, Any] | None:
    """None for an event that cannot be read, which the loader quarantines; anybody may send one."""
    try:
        return enriched(decode_received(payload))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def loaded_messages(warehouse: Warehouse, sources: Sequence[Source]) -> Counted:
    """Every event in the tables of `sources`."""
    ids: list[str] = []
    for source in sources:
        namespace = namespace_of(source, PROVIDERS[warehouse.capabilities.provider])
        for table in warehouse.columns(namespace):
            if table in EVENT_TABLES:
                name = warehouse.capabilities.qualified(namespace, table)
                ids += warehouse.query(f"SELECT id FROM {name}")["id"].to_pylist()  # noqa: S608 # a quoted name
    return Counted(len(ids), frozenset(ids))


def quarantined_messages(warehouse: Warehouse) -> Counted:
    """Events that the loader held back with a reason."""
    name = warehouse.capabilities.qualified(QUARANTINE.namespace, QUARANTINE.table)
    held = warehouse.query(f"SELECT message_id FROM {name}")["message_id"].to_pylist()  # noqa: S608 # a quoted name
    return Counted(len(held), frozenset(i for i in held if i is not None))


def log_end(data_dir: Path) -> dict[str, int]:
    """Where each partition of accepted events ends."""
    log = open_reader(data_dir, "events")
    return {partition: log.end(partition) for partition in log.partitions()}


def loaded_to(data_dir: Path, warehouse: Warehouse, end: Mapping[str, int]) -> bool:
    """Whether every event before `end`, such as `log_end` gave, has been loaded."""
    log, offsets = open_reader(data_dir, "events"), read_offsets(warehouse, STREAM)
    return all(offsets.get(partition, log.start(partition)) >= at for partition, at in end.items())


def _records(data_dir: Path, stream: Stream) -> Iterator[bytes]:
    log = open_reader(data_dir, stream)
    for partition in log.partitions():
        yield from _partition_records(log, partition)


def _partition_records(log: LogReader, partition: str) -> Iterator[bytes]:
    offset, end = log.start(partition), log.end(partition)
    while offset < end:
        batch = log.read(partition, offset, _READ_BYTES)
        yield from (payload for _, payload in batch.records)
        offset = batch.next_offset
