from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import why_a_table
from mainstem.web.charts.geo import points

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer


def test_a_location_is_a_point_where_it_says(answer: Answer) -> None:
    rows = [("52.52,13.40", "Berlin", 40), ("-33.87,151.2", "Sydney", 0), (None, "Nowhere", 3)]
    drawn = points(answer("Location, City, =Servers", rows), {})
    found = [(row["latitude"], row["longitude"], row["size"]) for row in drawn.spec["data"]["values"]]
    assert found == [(52.52, 13.4, 40), (-33.87, 151.2, 0)]
    assert drawn.notes[1] == "1 row left out: without coordinates on the earth."
    assert drawn.description.startswith("Map of 2 points, sized by Servers. Latitude -33.87 to 52.52,")


def test_a_latitude_and_a_longitude_do_as_well_if_they_are_on_the_earth(answer: Answer) -> None:
    drawn = points(answer("Home_latitude:number, Home_longitude:number", [(1, 2), (91, 0), (None, 3)]), {})
    assert [row["label"] for row in drawn.spec["data"]["values"]] == ["1.0000, 2.0000"]
    assert drawn.notes[1].startswith("2 rows left out")


def test_a_place_without_a_number_is_counted_as_missing(answer: Answer) -> None:
    drawn = points(answer("Location, =Servers", [("1,2", None), ("3,4", 1)]), {})
    assert drawn.missing == 1
    assert len(drawn.spec["data"]["values"]) == 1


def test_names_of_countries_are_a_table_that_says_why(answer: Answer) -> None:
    named = answer("Country, =Servers", [("France", 1)])
    assert "their borders, which are not here" in why_a_table(ElementType.MAP, named)
    assert why_a_table(ElementType.GEO_CHOROPLETH, named)
    assert not why_a_table(ElementType.MAP, answer("Location, =Servers", [("1,2", 1)]))
    assert not why_a_table(ElementType.BAR, named)
    with pytest.raises(QueryError, match="of type location"):
        points(named, {})
