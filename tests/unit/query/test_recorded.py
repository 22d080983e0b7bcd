from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.config import Secret
from mainstem.errors import QueryError, WarehouseBusy
from mainstem.query.recorded import Asker, RecordedExplorer
from mainstem.query.request import Request
from mainstem.query.result import QueryResult
from mainstem.semantics.dashboard import Dashboard, Element, ElementType
from mainstem.semantics.model import Origin
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer

if TYPE_CHECKING:
    from mainstem.store.queries import QueryRun

REQUEST = Request(model="company", explore="visits", fields=("visits.visitors",))
RESULT = QueryResult(columns=(), rows=[(1,), (2,)], sql="SELECT 1", seconds=0.25, bytes=16)
ELEMENT = Element(
    name="visitors",
    title="Visitors",
    type=ElementType.SINGLE_VALUE,
    model="company",
    explore="visits",
    fields=("visits.visitors",),
    origin=Origin("health.dashboard.lookml", 1),
)
DASHBOARD = Dashboard(
    name="health", title="Health", layout="newspaper", origin=Origin("x", 1), elements=(ELEMENT,)
)


class House:
    def __init__(self, answer: QueryResult | Exception) -> None:
        self.answer = answer
        self.noted: list[QueryRun] = []
        inner = CannedExplorer(Project(dashboards={"health": DASHBOARD}), self._answered)
        asker = Asker("web", "ann", "/dashboards/health/tiles/visitors")
        self.explorer = RecordedExplorer(inner, self.noted.append, lambda: asker)

    def _answered(self, request: Request) -> QueryResult:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_tile_is_noted_with_its_dashboard_who_asked_and_what_it_took() -> None:
    house = House(RESULT)
    assert house.explorer.run_element(DASHBOARD, ELEMENT, {}) is RESULT
    [run] = house.noted
    assert (run.via, run.login, run.page) == ("web", "ann", "/dashboards/health/tiles/visitors")
    assert (run.dashboard, run.tile, run.model, run.explore) == ("health", "visitors", "company", "visits")
    assert (run.sql, run.rows, run.bytes, run.seconds, run.cached) == ("SELECT 1", 2, 16, 0.25, False)
    assert run.error is None


def test_a_request_is_noted_without_a_dashboard() -> None:
    house = House(RESULT)
    house.explorer.run(REQUEST)
    [run] = house.noted
    assert (run.dashboard, run.tile, run.model, run.explore) == (None, None, "company", "visits")


@pytest.mark.parametrize(
    "failure", [WarehouseBusy("no answer"), QueryError("no such field"), ValueError("odd")]
)
def test_a_failure_is_noted_and_stays_what_it_was(failure: Exception) -> None:
    house = House(failure)
    with pytest.raises(type(failure)) as raised:
        house.explorer.run(REQUEST)
    assert raised.value is failure
    [run] = house.noted
    assert (run.error, run.rows) == (str(failure), None)


def test_no_secret_gets_into_the_log() -> None:
    Secret("hunter2hunter2")
    house = House(ValueError("connecting with password=hunter2hunter2"))
    with pytest.raises(ValueError, match="hunter2"):
        house.explorer.run(REQUEST)
    assert "hunter2" not in (house.noted[0].error or "")


def test_what_only_describes_is_not_noted() -> None:
    house = House(RESULT)
    house.explorer.element_request(DASHBOARD, ELEMENT, {})
    house.explorer.describe_element(ELEMENT)
    assert house.noted == []
