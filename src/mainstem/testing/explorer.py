"""An Explorer that gives prepared answers and records what it was asked.

For tests of what stands above `mainstem.query`: pages, deliveries, commands. It compiles no SQL and knows
no field's meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.explorer import Explorer
from mainstem.query.facts import ElementFacts, FieldFacts, FieldKind, ViewFacts
from mainstem.query.request import Request
from mainstem.query.result import Compiled
from mainstem.semantics.fields import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.query.result import QueryResult
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project


class CannedExplorer(Explorer):
    """`answers` gives the result for a tuple of fields; it may raise as a warehouse would.

    `field_types` is LookML's type of each field a dashboard filters on; string where it says nothing.
    """

    def __init__(
        self,
        project: Project,
        answers: Callable[[Request], QueryResult],
        field_types: Mapping[str, str] | None = None,
    ) -> None:
        self._project = project
        self.asked: list[Request] = []
        self._answers = answers
        self._field_types = field_types or {}

    @property
    def project(self) -> Project:
        return self._project

    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        models = self._project.models.values()
        return tuple((model, explore) for model in models for explore in model.explores.values())

    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        found = self._project.models[model]
        return fields_of(found, found.explores[explore])

    def compile(self, request: Request) -> Compiled:
        answer = self._answers(request)
        return Compiled(sql=answer.sql, columns=answer.columns, limit=request.limit)

    def run(self, request: Request) -> QueryResult:
        self.asked.append(request)
        return self._answers(request)

    def element_request(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> Request:
        for name in filter_values:
            if dashboard.filter_named(name) is None:
                raise QueryError(f"dashboard {dashboard.name!r} has no filter {name!r}")
        heard = {field: filter_values.get(name, "") for name, field in element.listen.items()}
        return Request(
            model=element.model,
            explore=element.explore,
            fields=element.fields,
            filters={**element.filters, **heard},
            pivots=element.pivots,
            sorts=element.sorts,
            limit=element.limit,
        )

    def run_element(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> QueryResult:
        return self.run(self.element_request(dashboard, element, filter_values))

    def describe_field(self, model: str, explore: str, field: str) -> FieldFacts:
        view, _, name = field.partition(".")
        return FieldFacts(
            name=field,
            label=name.replace("_", " ").capitalize(),
            kind=FieldKind.DIMENSION,
            type=self._field_types.get(field, "string"),
            view=view,
            description=None,
            sql=f"${{TABLE}}.{name}",
            defined_at=f"{view}.view.lkml:1",
        )

    def describe_element(self, element: Element) -> ElementFacts:
        return self.describe_request(
            Request(model=element.model, explore=element.explore, fields=element.fields)
        )

    def describe_request(self, request: Request) -> ElementFacts:
        views = dict.fromkeys(field.partition(".")[0] for field in request.fields)
        return ElementFacts(
            model=request.model,
            explore=request.explore,
            explore_label=request.explore.replace("_", " ").capitalize(),
            explore_defined_at=f"{request.model}.model.lkml:1",
            views=tuple(
                ViewFacts(
                    alias=view,
                    view=view,
                    label=view.replace("_", " ").capitalize(),
                    sql_table_name=f"lake.analytics.{view}",
                    derived_sql=None,
                    defined_at=f"{view}.view.lkml:1",
                )
                for view in views
            ),
            fields=tuple(
                self.describe_field(request.model, request.explore, field) for field in request.fields
            ),
        )
