"""LookML's `test:` blocks: a query, and what must hold of every row of its answer.

An assertion holds of a row when it is yes there; no and NULL are failures alike. One that cannot be worked
out is a failure that says why, and takes none of the others with it.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import MainstemError, QueryError
from mainstem.query.calculating import calculated
from mainstem.query.grid import grid_of
from mainstem.query.queries import request_of_query
from mainstem.query.request import TableCalculation
from mainstem.query.result import Cell
from mainstem.semantics.model import Origin

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.explorer import Explorer
    from mainstem.query.request import Request
    from mainstem.query.result import QueryResult
    from mainstem.semantics.model import Assertion, DataTest, Model

MOST_ROWS = 100_000
"""Rows a test reads that names no limit of its own."""
_SHOWN = 10
"""Failing rows that an outcome holds; all of them are counted."""


class AssertionOutcome(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    expression: str
    origin: Origin
    failed: int = 0
    """Rows it does not hold of."""
    rows: list[dict[str, Cell]] = []
    """The first of them: `view.field` → value."""
    problem: str | None = None
    """Why it could not be worked out."""

    @property
    def passed(self) -> bool:
        return self.problem is None and self.failed == 0


class TestOutcome(msgspec.Struct, frozen=True, kw_only=True):
    __test__ = False  # pytest takes what is named Test for one of its own

    model: str
    name: str
    explore: str
    origin: Origin
    rows: int = 0
    """Of the answer."""
    cut_off: bool = False
    """Whether there were more rows than were read."""
    seconds: float = 0.0
    sql: str | None = None
    assertions: list[AssertionOutcome] = []
    problem: str | None = None
    """Why the query could not be run; there are no assertions then."""

    @property
    def passed(self) -> bool:
        return self.problem is None and all(one.passed for one in self.assertions)


def run_test(explorer: Explorer, model: Model, test: DataTest) -> TestOutcome:
    """Never raises for what the test, the model or the warehouse does wrong: the outcome says it."""
    told = TestOutcome(model=model.name, name=test.name, explore=test.explore, origin=test.origin)
    try:
        request = _request(model, test)
        now = explorer.compile(request).now
        result = explorer.run(request)
    except MainstemError as e:
        return msgspec.structs.replace(told, problem=str(e))
    return msgspec.structs.replace(
        told,
        rows=len(result.rows),
        cut_off=test.query.limit is None and result.limit_reached,
        seconds=result.seconds,
        sql=result.sql,
        assertions=[_asserted(one, result, now) for one in test.assertions],
    )


def _request(model: Model, test: DataTest) -> Request:
    explore = model.explores.get(test.explore)
    if explore is None:
        known = ", ".join(model.explores) or "none"
        raise QueryError(f"{test.origin}: test {test.name} is of explore {test.explore}; there are {known}")
    request = request_of_query(model.name, explore, test.query)
    return msgspec.structs.replace(request, limit=test.query.limit or MOST_ROWS)


def _asserted(assertion: Assertion, result: QueryResult, now: datetime) -> AssertionOutcome:
    told = AssertionOutcome(name=assertion.name, expression=assertion.expression, origin=assertion.origin)
    calculation = TableCalculation(name=assertion.name, expression=assertion.expression)
    try:
        grid = calculated(grid_of(result, column_limit=-1), (calculation,), now, random.random)
    except QueryError as e:
        return msgspec.structs.replace(told, problem=str(e))
    # Nothing is pivoted, so there is one header, and none where there are no rows.
    values = [value for line in grid.cells[assertion.name][:1] for value in line]
    failing = [number for number, value in enumerate(values) if value is not True]
    names = [column.name for column in result.columns]
    return msgspec.structs.replace(
        told,
        failed=len(failing),
        rows=[dict(zip(names, result.rows[number], strict=True)) for number in failing[:_SHOWN]],
    )
