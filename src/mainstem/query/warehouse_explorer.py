"""The Explorer over one project and its warehouses."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from mainstem.query.compilation import compile_request
from mainstem.query.context import EVERYTHING, Asking, Context
from mainstem.query.describe import field_facts, request_facts
from mainstem.query.elements import request_of
from mainstem.query.execute import run
from mainstem.query.explorer import Explorer
from mainstem.query.request import Request
from mainstem.query.resolve import seen_explores, seen_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mainstem.query.connections import Connections
    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.result import Compiled, QueryResult
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project
    from mainstem.warehouse import Warehouse


class WarehouseExplorer(Explorer):
    """`projects` gives the project as it is now: each question reads it once, so that it may be replaced at
    any time. `clock` gives the present with its time zone; filters like `7 days` are counted from it, in
    UTC. `asking` says who asks, at the moment of asking and in their thread.
    """

    def __init__(
        self,
        projects: Callable[[], Project],
        connections: Connections,
        clock: Callable[[], datetime],
        asking: Callable[[], Asking] = lambda: EVERYTHING,
    ) -> None:
        self._projects = projects
        self._connections = connections
        self._clock = clock
        self._asking = asking

    @property
    def project(self) -> Project:
        return self._projects()

    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        return seen_explores(self.project, self._context())

    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        return seen_fields(self.project, model, explore, self._context())

    def compile(self, request: Request) -> Compiled:
        return self._compiled(request)[0]

    def run(self, request: Request) -> QueryResult:
        return run(*self._compiled(request))

    def element_request(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> Request:
        return request_of(dashboard, element, filter_values)

    def run_element(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> QueryResult:
        return self.run(request_of(dashboard, element, filter_values))

    def describe_field(self, model: str, explore: str, field: str) -> FieldFacts:
        project = self.project
        return field_facts(project, model, explore, field, self._dialect(project, model), self._context())

    def describe_element(self, element: Element) -> ElementFacts:
        return self.describe_request(
            Request(
                model=element.model,
                explore=element.explore,
                fields=element.fields,
                filters=element.filters,
                pivots=element.pivots,
                dynamic_fields=element.dynamic_fields,
            )
        )

    def describe_request(self, request: Request) -> ElementFacts:
        project = self.project
        dialect = self._dialect(project, request.model)
        return request_facts(project, request, dialect, self._context())

    def _compiled(self, request: Request) -> tuple[Compiled, Warehouse]:
        project = self.project
        warehouse = self._connections.of(project, request.model)
        dialect = warehouse.capabilities.dialect
        return compile_request(project, request, dialect, self._context()), warehouse

    def _dialect(self, project: Project, model: str) -> str:
        return self._connections.of(project, model).capabilities.dialect

    def _context(self) -> Context:
        asking = self._asking()
        return Context(
            now=self._clock().astimezone(UTC).replace(tzinfo=None),
            user_attributes=asking.user_attributes,
            sees_everything=asking.sees_everything,
        )
