"""Ready-made questions of an explore, and the zone a question is asked in."""

from __future__ import annotations

from datetime import datetime

import pytest

from mainstem.errors import QueryError
from mainstem.query import Request
from mainstem.query.context import Context
from mainstem.query.queries import named_request
from mainstem.query.resolve import resolve
from mainstem.semantics.model import ExploreQuery, FieldFilter
from mainstem.testing.models import ORIGIN, dimension, explore, measure, project, view

TABLE = view("t", dimension("x"), dimension("y"), measure("count"))
ASKED = ExploreQuery(
    name="by_x",
    label="By x",
    origin=ORIGIN,
    dimensions=("x", "t.y"),
    measures=("count",),
    filters=(FieldFilter("y", "-EMPTY", ORIGIN),),
    pivots=("y",),
    sorts=("count desc",),
    limit=7,
    timezone="Asia/Tokyo",
)
READY = explore("t", queries={"by_x": ASKED})


def test_a_ready_made_question_is_a_request_like_any_other() -> None:
    assert named_request("m", READY, "by_x") == Request(
        model="m",
        explore="t",
        fields=("t.x", "t.y", "t.count"),
        filters={"t.y": "-EMPTY"},
        pivots=("t.y",),
        sorts=("t.count desc",),
        limit=7,
        timezone="Asia/Tokyo",
    )
    with pytest.raises(QueryError, match=r"no query by_z \(did you mean by_x\?\); its queries are by_x"):
        named_request("m", READY, "by_z")


@pytest.mark.parametrize(
    ("asked", "usual", "shown"),
    [
        (None, None, None),
        (None, "Asia/Tokyo", "Asia/Tokyo"),
        ("Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"),
        ("UTC", "Asia/Tokyo", None),
        (None, "UTC", None),
    ],
)
def test_a_question_may_choose_its_zone(asked: str | None, usual: str | None, shown: str | None) -> None:
    context = Context(now=datetime(2024, 5, 17), query_timezone=usual)  # noqa: DTZ001 -- naive UTC by contract
    request = Request(model="m", explore="t", fields=("t.x",), timezone=asked)
    assert resolve(project([TABLE]), request, context).timezone == shown


def test_a_zone_that_is_none_is_refused_before_any_sql() -> None:
    context = Context(now=datetime(2024, 5, 17))  # noqa: DTZ001 -- naive UTC by contract
    request = Request(model="m", explore="t", fields=("t.x",), timezone="Europe/Atlantis")
    with pytest.raises(QueryError, match="unknown time zone 'Europe/Atlantis'; valid are names of the IANA"):
        resolve(project([TABLE]), request, context)
