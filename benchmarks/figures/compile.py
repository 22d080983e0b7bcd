"""Wall time from a request to its SQL, in a process that has the model loaded.

Every explore of the company's LookML, and of a shop with joins, each with 20 random sets of one to six
fields, filters on some of them. Sets that the compiler refuses, because a join would make a number wrong,
are drawn again. The limit is DuckDB parsing the SQL that came out: what the engine itself pays to read what
we write. Lower is better.
"""

from __future__ import annotations

import random
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.figure import Figure, Outcome, Round, percentile
from benchmarks.rounds import interleaved
from mainstem.company import LOOKML
from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.semantics import DimensionType, load_project, views_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.effort import Effort
    from mainstem.semantics import Explore, Model, Project

SHOP = Path(__file__).parents[2] / "tests" / "golden" / "query" / "lookml"
NOW = datetime(2026, 1, 15, 12)  # noqa: DTZ001 # the compiler takes naive UTC
_PASSES = 20
"""Times each request is compiled in one round."""
_MOST_FIELDS = 6
_DRAWS = 50
"""Draws for one set of fields, before an explore counts as one that offers nothing."""
_FILTERS = {DimensionType.STRING: "-EMPTY", DimensionType.NUMBER: ">= 3", DimensionType.DATE: "7 days"}

Asked = tuple["Project", Request]


def measure(effort: Effort, scratch: Path) -> Outcome:
    asked = [
        found for folder in (LOOKML, SHOP) for found in _requests(load_project(folder), effort.field_sets)
    ]
    sql = [compile_request(project, request, "duckdb", NOW).sql for project, request in asked]
    pairs = interleaved(effort.rounds, lambda: _compiled(asked), lambda: _parsed(sql))
    explores = len({(id(project), request.model, request.explore) for project, request in asked})
    figures = [
        Figure(
            benchmark="compile",
            name=f"compile a query, p{share * 100:.0f}",
            unit="µs",
            limit="DuckDB parsing the SQL",
            better="lower",
            rounds=tuple(Round(percentile(ours, share), percentile(limit, share)) for ours, limit in pairs),
            notes=(f"{len(asked)} queries over {explores} explores",),
        )
        for share in (0.50, 0.99)
    ]
    return Outcome(benchmark="compile", figures=tuple(figures))


def _requests(project: Project, sets: int) -> list[Asked]:
    chance = random.Random(1)  # noqa: S311 # the same requests in every run
    return [
        (project, _request(chance, project, model, explore))
        for model in project.models.values()
        for explore in model.explores.values()
        for _ in range(sets)
    ]


def _request(chance: random.Random, project: Project, model: Model, explore: Explore) -> Request:
    dimensions, measures = _fields(model, explore)
    for _ in range(_DRAWS):
        names = [*dimensions, *measures]
        chosen = chance.sample(names, min(len(names), chance.randint(1, _MOST_FIELDS)))
        filtered = [name for name in chosen if dimensions.get(name) in _FILTERS]
        request = Request(
            model=model.name,
            explore=explore.name,
            fields=tuple(chosen),
            filters={name: _FILTERS[dimensions[name]] for name in filtered[:2]},
        )
        try:
            compile_request(project, request, "duckdb", NOW)
        except QueryError:
            continue
        return request
    raise ValueError(f"no set of fields of {model.name}.{explore.name} compiles")


def _fields(model: Model, explore: Explore) -> tuple[dict[str, DimensionType], list[str]]:
    """`view.field` of each dimension with its type, and of each measure."""
    dimensions: dict[str, DimensionType] = {}
    measures: list[str] = []
    for alias, view in views_of(model, explore).items():
        dimensions |= {f"{alias}.{name}": found.type for name, found in view.dimensions.items()}
        measures += [f"{alias}.{name}" for name in view.measures]
    return dimensions, measures


def _compiled(asked: Sequence[Asked]) -> list[float]:
    return [
        took
        for project, request in asked
        for took in _timed(partial(compile_request, project, request, "duckdb", NOW))
    ]


def _parsed(statements: Sequence[str]) -> list[float]:
    with duckdb.connect(":memory:") as connection:
        return [took for sql in statements for took in _timed(partial(connection.extract_statements, sql))]


def _timed(work: Callable[[], object]) -> list[float]:
    """Microseconds of each of several calls."""
    found: list[float] = []
    for _ in range(_PASSES):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1e6)
    return found
