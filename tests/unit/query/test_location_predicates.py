"""Each predicate is run by DuckDB over a few towns."""

from __future__ import annotations

import duckdb
import pytest

from mainstem.errors import QueryError
from mainstem.filters import Condition, Not, parse_location, parse_number
from mainstem.query.dialects import DIALECTS
from mainstem.query.location_predicates import location_predicate

TOWNS = {
    "Santa Cruz": (36.97, -122.03),
    "San Francisco": (37.7749, -122.4194),
    "New York": (40.7128, -74.006),
    "Suva": (-18.1416, 178.4419),
    "Apia": (-13.8333, -171.7667),
    "Atlantis": (None, None),
    "Half": (1.0, None),
}
KNOWN = set(TOWNS) - {"Atlantis", "Half"}


def towns(condition: Condition) -> set[str]:
    predicate = location_predicate(condition, "lat", "lon", DIALECTS["duckdb"])
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE towns (name TEXT, lat DOUBLE, lon DOUBLE)")
        rows = [(name, *place) for name, place in TOWNS.items()]
        connection.executemany("INSERT INTO towns VALUES (?, ?, ?)", rows)
        found = connection.execute(f"SELECT name FROM towns WHERE {predicate or 'TRUE'}").fetchall()
    return {name for (name,) in found}


CASES = {
    "": set(TOWNS),
    "NULL": {"Atlantis", "Half"},
    "NOT NULL": KNOWN,
    "36.97, -122.03": {"Santa Cruz"},
    "1 feet from 36.97, -122.03": {"Santa Cruz"},
    "59 miles from 36.97, -122.03": {"Santa Cruz"},
    "60 miles from 36.97, -122.03": {"Santa Cruz", "San Francisco"},
    "95 kilometers from 36.97, -122.03": {"Santa Cruz"},
    "96 kilometers from 36.97, -122.03": {"Santa Cruz", "San Francisco"},
    "20100 kilometers from 0, 0": KNOWN,
    "inside box from 38, -123 to 36, -121": {"Santa Cruz", "San Francisco"},
    "inside box from 0, 170 to -30, -170": {"Suva", "Apia"},
}


@pytest.mark.parametrize("expression", CASES)
def test_a_location_filter_finds_the_places_it_names(expression: str) -> None:
    assert towns(parse_location(expression)) == CASES[expression]


def test_a_refused_circle_keeps_what_is_outside_and_what_is_nowhere() -> None:
    circle = parse_location("60 miles from 36.97, -122.03")
    assert towns(Not(circle)) == set(TOWNS) - {"Santa Cruz", "San Francisco"}


def test_a_filter_of_another_type_is_refused() -> None:
    with pytest.raises(QueryError, match="a location has no NumberIs filter"):
        location_predicate(parse_number("5"), "lat", "lon", DIALECTS["duckdb"])
