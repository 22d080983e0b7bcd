from __future__ import annotations

import pytest

from mainstem.errors import QueryError
from mainstem.query.elements import request_of
from mainstem.semantics import Dashboard, DashboardFilter, Element, ElementType, FilterType, Origin

WHERE = Origin("d.dashboard.lookml", 1)


def filter_named(name: str, default: str = "", required: bool = False) -> DashboardFilter:
    return DashboardFilter(
        name=name, title=name, type=FilterType.STRING, origin=WHERE, default_value=default, required=required
    )


TILE = Element(
    name="tile",
    title="Tile",
    type=ElementType.TABLE,
    model="m",
    explore="a",
    fields=("a.b", "a.c"),
    origin=WHERE,
    filters={"a.b": "own", "a.d": "kept"},
    listen={"Name": "a.b"},
    limit=7,
)
BOARD = Dashboard(
    name="board",
    title="Board",
    layout="newspaper",
    origin=WHERE,
    filters=(filter_named("Name", "default"), filter_named("Other", "x")),
    elements=(TILE,),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, "default"), ({"Name": "chosen"}, "chosen"), ({"Name": ""}, ""), ({"Other": "y"}, "default")],
)
def test_a_filter_that_is_listened_to_takes_the_place_of_the_tiles_own(
    given: dict[str, str], expected: str
) -> None:
    request = request_of(BOARD, TILE, given)
    assert request.filters == {"a.b": expected, "a.d": "kept"}
    assert (request.model, request.explore, request.fields, request.limit) == ("m", "a", TILE.fields, 7)


def test_a_filter_the_dashboard_lacks_is_an_error() -> None:
    with pytest.raises(
        QueryError, match=r"no filter 'Nam' \(did you mean Name\?\); its filters are Name, Other"
    ):
        request_of(BOARD, TILE, {"Nam": "x"})


def test_a_required_filter_needs_a_value() -> None:
    board = Dashboard(
        name="b", title="B", layout="newspaper", origin=WHERE, filters=(filter_named("Name", required=True),)
    )
    with pytest.raises(QueryError, match="filter Name of dashboard b needs a value"):
        request_of(board, TILE, {})
