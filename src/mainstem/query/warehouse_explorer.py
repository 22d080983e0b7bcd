"""The Explorer over one project and its warehouses."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from random import random
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import AnswerWithheld, QueryError
from mainstem.query.answers import key_of, stamp_of
from mainstem.query.cohorts import NO_COHORTS, names_in, with_members
from mainstem.query.compilation import compile_request
from mainstem.query.composed import compile_composed
from mainstem.query.context import EVERYTHING, Asking, Context
from mainstem.query.describe import field_facts, request_facts
from mainstem.query.dialects import dialect_of
from mainstem.query.elements import request_of
from mainstem.query.execute import run
from mainstem.query.explorer import Explorer, Explorers
from mainstem.query.facts import facts_of_all
from mainstem.query.interruption import current_interruption
from mainstem.query.merging import compiled_whole, merged, questions_of
from mainstem.query.request import Request
from mainstem.query.resolve import find_field, seen_fields
from mainstem.query.seen import ShownProjects, reads_attributes, sight_of
from mainstem.query.streaming import open_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from mainstem.query.answers import Answers
    from mainstem.query.cohorts import KnownCohorts
    from mainstem.query.composed import Composed
    from mainstem.query.connections import Connections
    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.result import Compiled, QueryResult
    from mainstem.query.streaming import RowStream
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project
    from mainstem.warehouse import Warehouse


class WarehouseExplorers(Explorers):
    """Over one project, one cache and one set of warehouses, for whoever asks. Parameters are those of
    WarehouseExplorer."""

    def __init__(
        self,
        projects: Callable[[], Project],
        connections: Connections,
        clock: Callable[[], datetime],
        answers: Answers | None = None,
        cohorts: KnownCohorts = NO_COHORTS,
    ) -> None:
        self._projects = projects
        self._connections = connections
        self._clock = clock
        self._answers = answers
        self._cohorts = cohorts
        self._shown = ShownProjects()

    @property
    def project(self) -> Project:
        return self._projects()

    def of(self, asking: Asking) -> WarehouseExplorer:
        return WarehouseExplorer(
            self._projects, self._connections, self._clock, asking, self._answers, self._cohorts, self._shown
        )


class WarehouseExplorer(Explorer):
    """`projects` gives the project as it is now: each question reads it once, so that it may be replaced at
    any time. `clock` gives the present with its time zone; filters like `7 days` are counted from it, in
    UTC.
    """

    def __init__(
        self,
        projects: Callable[[], Project],
        connections: Connections,
        clock: Callable[[], datetime],
        asking: Asking = EVERYTHING,
        answers: Answers | None = None,
        cohorts: KnownCohorts = NO_COHORTS,
        shown: ShownProjects | None = None,
    ) -> None:
        """`answers` keeps what was answered; None: the warehouse is asked every time. `cohorts` can be
        filtered by."""
        self._shown = shown or ShownProjects()
        self._projects = projects
        self._connections = connections
        self._clock = clock
        self._asking = asking
        self._answers = answers
        self._cohorts = cohorts

    @property
    def project(self) -> Project:
        project = self._projects()
        return self._shown.of(project, sight_of(project, self._context()))

    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        models = self.project.models.values()
        return tuple((model, explore) for model in models for explore in model.explores.values())

    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        return seen_fields(self._projects(), model, explore, self._context())

    def field(self, model: str, explore: str, name: str) -> ViewField:
        return find_field(self._projects(), model, explore, name, self._context())[2]

    def compile(self, request: Request) -> Compiled:
        if request.merge is not None:
            return compiled_whole([self._compiled(one)[0] for one in questions_of(request)])
        return self._compiled(request)[0]

    def run(self, request: Request, *, tile: tuple[str, str] | None = None) -> QueryResult:
        if request.merge is not None:
            first, *others = [self.run(one, tile=tile) for one in questions_of(request)]
            return merged(
                first, others, request.merge, self._clock().astimezone(UTC).replace(tzinfo=None), random
            )
        return self._answer(request, *self._compiled(request))

    def compile_composed(self, composed: Composed) -> Compiled:
        return self._composed(composed)[0]

    def run_composed(self, composed: Composed) -> QueryResult:
        return self._answer(composed, *self._composed(composed))

    def _composed(self, composed: Composed) -> tuple[Compiled, Warehouse]:
        project = self._projects()
        warehouse = self._connections.of(project, composed.model)
        dialect = warehouse.capabilities.dialect
        expressions = [text for part in composed.parts.values() for text in part.filters.values()]
        context = self._context(expressions)
        return compile_composed(project, composed, dialect, context), warehouse

    def _answer(self, asked: Request | Composed, compiled: Compiled, warehouse: Warehouse) -> QueryResult:
        with self._discreet(asked):
            if self._answers is None:
                return self._run(compiled, warehouse)
            return self._answers.of(
                key_of(compiled, warehouse),
                lambda: stamp_of(warehouse),
                lambda: self._run(compiled, warehouse),
                waiting=current_interruption(),
            )

    def _run(self, compiled: Compiled, warehouse: Warehouse) -> QueryResult:
        result = run(self._executable(compiled, warehouse), warehouse)
        return msgspec.structs.replace(result, sql=compiled.sql) if compiled.cohorts else result

    def _executable(self, compiled: Compiled, warehouse: Warehouse) -> Compiled:
        return with_members(compiled, self._cohorts, dialect_of(warehouse.capabilities.dialect))

    @contextmanager
    def stream(self, request: Request) -> Iterator[RowStream]:
        if request.merge is not None:
            raise QueryError("this question cannot be answered piece by piece: it merges several answers")
        compiled, warehouse = self._compiled(request)
        with (
            self._discreet(request),
            open_stream(self._executable(compiled, warehouse), warehouse) as stream,
        ):
            yield replace(stream, sql=compiled.sql)

    def element_request(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> Request:
        return request_of(dashboard, element, filter_values)

    def run_element(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> QueryResult:
        return self.run(request_of(dashboard, element, filter_values))

    def describe_field(self, model: str, explore: str, field: str) -> FieldFacts:
        project = self._projects()
        return field_facts(project, model, explore, field, self._dialect(project, model), self._context())

    def describe_element(self, element: Element) -> ElementFacts:
        return facts_of_all(
            self.describe_request(
                Request(
                    model=one.model,
                    explore=one.explore,
                    fields=one.fields,
                    filters=one.filters,
                    pivots=one.pivots,
                    dynamic_fields=one.dynamic_fields,
                )
            )
            for one in (element, *(query.element for query in element.merged))
        )

    def describe_request(self, request: Request) -> ElementFacts:
        project = self._projects()
        return facts_of_all(
            request_facts(project, one, self._dialect(project, one.model), self._context())
            for one in questions_of(request)
        )

    def _compiled(self, request: Request) -> tuple[Compiled, Warehouse]:
        project = self._projects()
        warehouse = self._connections.of(project, request.model)
        dialect = warehouse.capabilities.dialect
        context = self._context(request.filters.values())
        return compile_request(project, request, dialect, context), warehouse

    def _dialect(self, project: Project, model: str) -> str:
        return self._connections.of(project, model).capabilities.dialect

    @contextmanager
    def _discreet(self, asked: Request | Composed) -> Iterator[None]:
        """What a warehouse says of a failed query may hold values of any row it read. Errors of expressions
        are ours, and tell of rows that were answered."""
        try:
            yield
        except QueryError as e:
            is_the_warehouse_s = type(e) is QueryError and e.__cause__ is not None
            if not is_the_warehouse_s or self._asking.sees_everything:
                raise
            project, requests = (
                self._projects(),
                [asked] if isinstance(asked, Request) else asked.parts.values(),
            )
            if not any(reads_attributes(project, one.model, one.explore) for one in requests):
                raise
            raise AnswerWithheld from e

    def _context(self, expressions: Iterable[str] = ()) -> Context:
        """`expressions`: filters that may name cohorts."""
        context = self._without_cohorts()
        if not names_in(expressions):
            return context
        seen = {(model.name, explore.name) for model, explore in self.explores()}
        known = {
            name: cohort
            for name, cohort in self._cohorts.standing().items()
            if all((cohort.model, explore) in seen for explore in cohort.explores)
        }
        return msgspec.structs.replace(context, cohorts=known)

    def _without_cohorts(self) -> Context:
        asking = self._asking
        return Context(
            now=self._clock().astimezone(UTC).replace(tzinfo=None),
            user_attributes=asking.user_attributes,
            chosen_attributes=asking.chosen_attributes,
            plain_attributes=asking.plain_attributes,
            sees_everything=asking.sees_everything,
            models=asking.models,
        )
