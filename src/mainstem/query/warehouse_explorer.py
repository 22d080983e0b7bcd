"""The Explorer over one project and one warehouse."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from mainstem.query.compilation import compile_request
from mainstem.query.context import Context
from mainstem.query.describe import field_facts, request_facts
from mainstem.query.elements import request_of
from mainstem.query.execute import run
from mainstem.query.explorer import Explorer
from mainstem.query.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.result import Compiled, QueryResult
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.project import Project
    from mainstem.warehouse import Warehouse


class WarehouseExplorer(Explorer):
    """`clock` gives the present with its time zone; filters like `7 days` are counted from it, in UTC.

    `attributes` gives the user attributes of who asks, at the moment of asking; None: access filters and
    grants do not hold for them.
    """

    def __init__(
        self,
        project: Project,
        warehouse: Warehouse,
        clock: Callable[[], datetime],
        attributes: Callable[[], dict[str, str] | None] = lambda: None,
    ) -> None:
        self.project = project
        self._warehouse = warehouse
        self._clock = clock
        self._attributes = attributes

    def compile(self, request: Request) -> Compiled:
        return compile_request(self.project, request, self._dialect, self._context())

    def run(self, request: Request) -> QueryResult:
        return run(self.compile(request), self._warehouse)

    def element_request(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> Request:
        return request_of(dashboard, element, filter_values)

    def run_element(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> QueryResult:
        return self.run(request_of(dashboard, element, filter_values))

    def describe_field(self, model: str, explore: str, field: str) -> FieldFacts:
        return field_facts(self.project, model, explore, field, self._dialect)

    def describe_element(self, element: Element) -> ElementFacts:
        request = Request(
            model=element.model,
            explore=element.explore,
            fields=element.fields,
            filters=element.filters,
            pivots=element.pivots,
            dynamic_fields=element.dynamic_fields,
        )
        return request_facts(self.project, request, self._dialect, self._now())

    @property
    def _dialect(self) -> str:
        return self._warehouse.capabilities.dialect

    def _context(self) -> Context:
        given = self._attributes()
        return Context(now=self._now(), user_attributes=given or {}, sees_everything=given is None)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)
