"""What stays of the events that real SDKs were recorded sending, under the profile that `init` writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import Sending
from mainstem.privacy import BUILT_IN, compile_rules
from mainstem.privacy.preview import preview

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.privacy.preview import PathChange

SDKS = (
    "rudder-analytics-js_beacon_v1_batch", "rudder-analytics-js_v1_batch", "rudder-analytics-js_v1_single",
    "rudder-sdk-node_v1_batch", "rudder-sdk-python_v1_batch", "segment-analytics-next_v1_b",
    "segment-analytics-next_v1_single", "segment-analytics-node_v1_batch",
    "segment-analytics-python_v1_batch",
)  # fmt: skip
TAGS, MAIL, SHOWN_MAIL, COMPANY = (
    ("properties.tags.*", "dropped"), ("traits.email", "dropped"), ("context.traits.email", "dropped"),
    ("traits.name", "dropped"),
)  # fmt: skip
ADDRESS = ("context.ip", "shortened")
EXPECTED = {
    "rudder-analytics-js_beacon_v1_batch": set(),
    "rudder-analytics-js_v1_batch": set(),
    "rudder-analytics-js_v1_single": {TAGS, SHOWN_MAIL, COMPANY},
    "rudder-sdk-node_v1_batch": {TAGS, MAIL, SHOWN_MAIL, COMPANY, ADDRESS},
    "rudder-sdk-python_v1_batch": {TAGS, SHOWN_MAIL, COMPANY, ADDRESS},
    "segment-analytics-next_v1_b": set(),
    "segment-analytics-next_v1_single": {TAGS, MAIL, COMPANY},
    "segment-analytics-node_v1_batch": {TAGS, MAIL, COMPANY, ADDRESS},
    "segment-analytics-python_v1_batch": {TAGS, MAIL, COMPANY, ADDRESS},
}


def events_of(file: Path) -> list[dict[str, Any]]:
    found = []
    for entry in json.loads(file.read_text()):
        body = entry["body"]
        for event in body.get("batch", [body]) if isinstance(body, dict) else ():
            found += [event] if "messageId" in event else []
    return found


def changes(file: Path) -> tuple[int, tuple[PathChange, ...]]:
    step = compile_rules(BUILT_IN["product"], None).step
    assert step is not None
    events = events_of(file)
    found = preview("product", [step], [(event, Sending("", "", {})) for event in events])
    return len(events), found.changes


@pytest.mark.parametrize("sdk", SDKS)
def test_of_an_sdks_events_only_unlisted_text_and_persons_are_taken(conformance: Path, sdk: str) -> None:
    count, found = changes(conformance / "sdk_payloads" / f"{sdk}.json")
    assert count >= 4
    assert {(change.path, change.outcome) for change in found} == EXPECTED[sdk]
