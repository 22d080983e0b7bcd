"""A log in memory that a test fills and the loader reads."""

from __future__ import annotations

import msgspec

from mainstem.errors import UsageError
from mainstem.events import Received, encode_received
from mainstem.log import Batch

_HEADER = 16


class MemoryLog:
    """Partitions of records; offsets are addresses with gaps, as in a real log."""

    def __init__(self) -> None:
        self._partitions: dict[str, list[tuple[int, bytes]]] = {}

    def append(self, payload: bytes, partition: str = "0") -> None:
        records = self._partitions.setdefault(partition, [])
        records.append((self.end(partition), payload))

    def send(
        self,
        event: dict[str, object] | bytes,
        *,
        source_id: str = "web",
        partition: str = "0",
        received_at: str = "2026-01-02T03:04:05.678Z",
    ) -> None:
        """Append an event as the gateway does."""
        raw = event if isinstance(event, bytes) else msgspec.json.encode(event)
        record = Received(
            received_at=received_at, request_ip="10.0.0.1", source_id=source_id, event=msgspec.Raw(raw)
        )
        self.append(encode_received(record), partition)

    def partitions(self) -> tuple[str, ...]:
        return tuple(sorted(self._partitions))

    def start(self, partition: str) -> int:
        return _HEADER

    def end(self, partition: str) -> int:
        records = self._partitions[partition]
        return records[-1][0] + _HEADER + len(records[-1][1]) if records else _HEADER

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        records = self._partitions[partition]
        if offset not in {_HEADER, self.end(partition), *(at for at, _ in records)}:
            raise UsageError(f"no record of {partition} begins at {offset}")
        found: list[tuple[int, bytes]] = []
        size = 0
        for at, payload in records:
            if at >= offset and (not found or size + len(payload) <= max_bytes):
                found.append((at, payload))
                size += len(payload)
            elif at >= offset:
                return Batch(found, at)
        return Batch(found, self.end(partition) if found else offset)
