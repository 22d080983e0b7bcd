from __future__ import annotations

from decimal import Decimal

import pytest

from mainstem.errors import FilterError
from mainstem.filters import (
    Anything,
    Condition,
    DistanceUnit,
    IsNull,
    LocationInBox,
    LocationIs,
    LocationWithin,
    Not,
    parse_location,
)
from mainstem.testing.conditions import holds

N, E = Decimal("36.97"), Decimal("-122.03")
CASES: dict[str, Condition] = {
    "": Anything(),
    "36.97, -122.03": LocationIs(N, E),
    "36.97,-122.03": LocationIs(N, E),
    "40 miles from 36.97, -122.03": LocationWithin(N, E, Decimal(40), DistanceUnit.MILES),
    "0.5 FEET FROM 36.97, -122.03": LocationWithin(N, E, Decimal("0.5"), DistanceUnit.FEET),
    "inside box from 37, -123 to 36.97, -122.03": LocationInBox(
        north=Decimal(37), west=Decimal(-123), south=N, east=E
    ),
    "null": IsNull(),
    "not null": Not(IsNull()),
    "-NULL": Not(IsNull()),
}


@pytest.mark.parametrize("expression", CASES)
def test_a_location_filter_means_what_looker_says(expression: str) -> None:
    assert parse_location(expression) == CASES[expression]


@pytest.mark.parametrize(
    ("unit", "meters"), [("meters", 1000), ("feet", 304.8), ("kilometers", 1_000_000), ("miles", 1_609_344)]
)
def test_distances_are_in_meters_whatever_their_unit(unit: str, meters: float) -> None:
    found = parse_location(f"1000 {unit} from 0, 0")
    assert isinstance(found, LocationWithin)
    assert found.meters == pytest.approx(meters)


def test_a_degree_of_latitude_is_111_kilometers() -> None:
    assert holds(parse_location("112 kilometers from 10, 20"), (11.0, 20.0)) is True
    assert holds(parse_location("111 kilometers from 10, 20"), (11.0, 20.0)) is False


def test_a_box_may_cross_the_180th_meridian() -> None:
    fiji = parse_location("inside box from -10, 170 to -25, -170")
    assert [holds(fiji, (-18.0, east)) for east in (175.0, -175.0, 0.0)] == [True, True, False]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("90.1, 0", r"a latitude is from -90 to 90, not 90.1"),
        ("0, 181", r"a longitude is from -180 to 180, not 181"),
        ("inside box from 1, 2 to 3, 4", r"lies south of the other"),
        ("-4 miles from 1, 2", r"no form is written like that"),
        ("40 parsecs from 1, 2", r"at character 4, 'parsecs': 'parsecs' is no word of a location filter"),
        ("1, 2, 3", r"valid are 36.97"),
        ("40 mile form 1, 2", r"did you mean '40 miles from 1, 2'\?"),
    ],
)
def test_what_is_no_location_filter_is_an_error_that_says_why(expression: str, reason: str) -> None:
    with pytest.raises(FilterError, match=reason):
        parse_location(expression)
