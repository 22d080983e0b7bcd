"""A log in memory that a test fills with events, as a gateway does."""

from __future__ import annotations

import msgspec

from mainstem.events import Received, encode_received
from mainstem.testing.memory_log import MemoryLog


class EventLog(MemoryLog):
    """Makes partitions as they are named."""

    def append(self, payload: bytes, partition: str = "0") -> None:
        if partition not in self.partitions():
            self.writer(partition)
        self.add(partition, [payload])

    def send(
        self,
        event: dict[str, object] | bytes,
        *,
        source_id: str = "web",
        partition: str = "0",
        received_at: str = "2026-01-02T03:04:05.678Z",
    ) -> None:
        """Append an event inside its envelope; `bytes` are taken as they are, valid JSON or not."""
        raw = event if isinstance(event, bytes) else msgspec.json.encode(event)
        record = Received(
            received_at=received_at, request_ip="10.0.0.1", source_id=source_id, event=msgspec.Raw(raw)
        )
        self.append(encode_received(record), partition)
