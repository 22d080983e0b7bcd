"""An event that was held back, wherever that was, and finding those that are still open.

The gateway holds back into the log stream `quarantine`, the loader into a table of its warehouse. Both give
the same value here; its id is where it stands, which never changes. Nothing is ever removed: what became of
an event is told by later records of the stream `resolved`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from mainstem.errors import UsageError
from mainstem.events import Resolved, decode_quarantined, decode_resolved, format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.log import LogReader

Stage = Literal["gateway", "loader"]
STAGES: tuple[Stage, ...] = get_args(Stage)

_READ_BYTES = 4 * 1024 * 1024
_ID = re.compile(rf"({'|'.join(STAGES)})/([A-Za-z0-9][A-Za-z0-9_.@-]*):(\d{{1,19}})")


class HeldEvent(msgspec.Struct, frozen=True):
    """One event that became no row, or no record."""

    stage: Stage
    partition: str
    """Of the quarantine log for the gateway's, of the log of accepted events for the loader's."""
    offset: int
    received_at: str
    """RFC 3339, UTC; "" where the record did not yield it."""
    request_ip: str
    source_id: str
    reason: str
    event: bytes
    """Any JSON value, or the text of what could not be read."""

    @property
    def id(self) -> str:
        """Stable, and unique in a project: `gateway/gateway-0:4096`."""
        return f"{self.stage}/{self.partition}:{self.offset}"


def parse_id(text: str) -> tuple[Stage, str, int]:
    """Raises UsageError for what is no id."""
    found = _ID.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text!r} is no id of an event in quarantine; `mainstem quarantine list` shows them, such as "
            "gateway/gateway-0:4096"
        )
    stage: Stage = "gateway" if found[1] == "gateway" else "loader"
    return stage, found[2], int(found[3])


class Selection(msgspec.Struct, frozen=True):
    """Which events are meant; what is None or empty leaves all."""

    ids: frozenset[str] = frozenset()
    source: str | None = None
    reason: str | None = None
    """A part of the reason, in any case."""
    since: datetime | None = None
    stage: Stage | None = None

    @property
    def stages(self) -> frozenset[Stage]:
        """Where what is meant can be."""
        named = frozenset(parse_id(one)[0] for one in self.ids) or frozenset(STAGES)
        return named if self.stage is None else named & {self.stage}

    def takes(self, held: HeldEvent) -> bool:
        return (
            (not self.ids or held.id in self.ids)
            and self.source in (None, held.source_id)
            and (self.reason is None or self.reason.lower() in held.reason.lower())
            and (self.since is None or held.received_at >= format_time(self.since))
            and self.stage in (None, held.stage)
        )


def gateway_held(reader: LogReader) -> Iterator[HeldEvent]:
    """Every event in the quarantine log, partition after partition, up to its end now."""
    for partition in reader.partitions():
        for offset, payload in _records(reader, partition):
            yield _of_gateway(partition, offset, payload)


def last_resolutions(reader: LogReader) -> dict[str, Resolved]:
    """By the event's id, the last that was said of it."""
    last: dict[str, Resolved] = {}
    for partition in reader.partitions():
        for _, payload in _records(reader, partition):
            said = decode_resolved(payload)
            before = last.get(said.id)
            if before is None or before.at <= said.at:
                last[said.id] = said
    return last


def still_open(held: Iterable[HeldEvent], resolutions: Mapping[str, Resolved]) -> Iterator[HeldEvent]:
    """Those that nothing was done about, each with the reason that holds now."""
    for one in held:
        said = resolutions.get(one.id)
        if said is None:
            yield one
        elif said.is_open:
            yield msgspec.structs.replace(one, reason=said.reason or one.reason)


def _records(reader: LogReader, partition: str) -> Iterator[tuple[int, bytes]]:
    offset, end = reader.start(partition), reader.end(partition)
    while offset < end:
        batch = reader.read(partition, offset, _READ_BYTES)
        yield from batch.records
        offset = batch.next_offset


def _of_gateway(partition: str, offset: int, payload: bytes) -> HeldEvent:
    try:
        record = decode_quarantined(payload)
    except msgspec.MsgspecError as e:
        return HeldEvent("gateway", partition, offset, "", "", "", f"the record cannot be read: {e}", payload)
    return HeldEvent(
        "gateway",
        partition,
        offset,
        record.received_at,
        record.request_ip,
        record.source_id,
        record.reason,
        bytes(record.event),
    )
