from __future__ import annotations

import msgspec
import pytest

from benchmarks.events import generated
from benchmarks.rewriting import rewriting_microseconds


def test_generated_events_are_written_as_they_were_read() -> None:
    # It refuses any that is not.
    events = [msgspec.json.encode(event) for event in generated(1, 100)]
    assert isinstance(rewriting_microseconds(events, seconds=0.01), float)


@pytest.mark.parametrize("event", [b'{"type": 1}', b'{"type": "track", "n": [1]}'])
def test_an_event_that_has_no_form_is_refused(event: bytes) -> None:
    with pytest.raises(ValueError, match="has no form"):
        rewriting_microseconds([event], seconds=0.01)
