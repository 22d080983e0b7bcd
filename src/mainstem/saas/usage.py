"""What reading from a service cost: counted where it is spent, by whoever holds the counter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Usage:
    calls: int = 0
    """Requests that were sent, the repeated ones too."""
    repeats: int = 0
    """Of them, those sent because another had failed."""
    received_bytes: int = 0
    """Of bodies, decompressed; what was streamed is not among them until its reader adds it."""
    waited_seconds: float = 0.0
    """For limits and between repeats."""

    def minus(self, earlier: Usage) -> Usage:
        return Usage(
            self.calls - earlier.calls,
            self.repeats - earlier.repeats,
            self.received_bytes - earlier.received_bytes,
            self.waited_seconds - earlier.waited_seconds,
        )

    def copy(self) -> Usage:
        return Usage(self.calls, self.repeats, self.received_bytes, self.waited_seconds)
