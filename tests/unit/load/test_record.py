from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import msgspec

from mainstem.events import Received, encode_received
from mainstem.load.placement import Placements
from mainstem.load.record import UNFORESEEN, Quarantined, RecordReader, reason_of
from mainstem.load.schema import PROVIDERS, Options

if TYPE_CHECKING:
    import pytest

DUCKLAKE = PROVIDERS["ducklake"]


class _BrokenPlacements(Placements):
    """As a fault in our own rules would be."""

    def __init__(self) -> None:
        super().__init__([], DUCKLAKE, "mainstem")
        self.of = self._broken  # type: ignore[assignment] # a plain function where a cached one stands

    def _broken(self, source_id: str) -> NoReturn:
        raise KeyError(f"no {source_id}")


def test_a_fault_in_the_rules_costs_one_event_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    event = b'{"type":"page","messageId":"m"}'
    payload = encode_received(Received("2026-01-02T03:04:05.678Z", "::1", "web", msgspec.Raw(event)))
    record = RecordReader(_BrokenPlacements(), DUCKLAKE, Options()).read(payload)
    assert isinstance(record, Quarantined)
    assert record.reason == f"{UNFORESEEN}: KeyError: 'no web'"
    assert record.event == event.decode()
    assert record.source_id == "web"
    assert "offered by source web" in caplog.text


def test_a_reason_is_text_a_warehouse_can_hold() -> None:
    assert reason_of(ValueError("\ud800")) == "ValueError: \\ud800"
    assert len(reason_of(ValueError("x" * 10_000))) == 2000
