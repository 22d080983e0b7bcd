from __future__ import annotations

import msgspec
import pytest

from mainstem.filters import Condition, parse_location, parse_number, parse_string


@pytest.mark.parametrize(
    "condition",
    [
        parse_string("FOO%,-BAR,EMPTY"),
        parse_number("[1,2),NOT 5.5"),
        parse_location("40 miles from 36.97, -122.03"),
        parse_location("inside box from 3, 2 to 1, 4"),
    ],
)
def test_a_condition_is_the_same_after_a_round_trip_through_json(condition: Condition) -> None:
    assert msgspec.json.decode(msgspec.json.encode(condition), type=Condition) == condition
