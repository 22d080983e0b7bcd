"""What an event of each kind of mistake looks like in the log, word for word.

`violations.json` holds the events and what becomes of their context; the names of the violations, the keys
and their places are those of RudderStack's data plane.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mainstem.events import Sending
from mainstem.tracking import TrackingStep
from mainstem.tracking.read import read_plan

FOLDER = Path(__file__).parent


class Case(msgspec.Struct):
    what: str
    event: dict[str, Any]
    context: dict[str, Any]
    """The event's context afterwards."""


CASES = msgspec.json.decode((FOLDER / "violations.json").read_bytes(), type=list[Case])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_violation_is_written_word_for_word(case: Case) -> None:
    event = copy.deepcopy(case.event)
    step = TrackingStep("shop", read_plan(FOLDER / "shop.yml"))
    assert step(event, Sending("", "2026-01-02T03:04:05.678Z", {})) is None
    assert event == {**case.event, "context": case.context}
