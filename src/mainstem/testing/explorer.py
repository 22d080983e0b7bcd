"""An Explorer that gives prepared answers and records what it was asked.

For tests of what stands above `mainstem.query`: pages, deliveries, commands. It compiles no SQL and knows
no field's meaning.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.explorer import Explorer, Explorers
from mainstem.query.facts import ElementFacts, FieldFacts, FieldKind, ViewFacts
from mainstem.query.request import Request
from mainstem.query.result import Compiled
from mainstem.query.streaming import RowStream
from mainstem.semantics.fields import fields_of
from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Dimension, DimensionType, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mainstem.query.composed import Composed
    from mainstem.query.context import Asking
    from mainstem.query.result import QueryResult
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project


class CannedExplorer(Explorer, Explorers):
    """The same for whoever asks.

    `answers` gives the result for a tuple of fields; it may raise as a warehouse would.
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

    def of(self, asking: Asking) -> CannedExplorer:
        return self

    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        models = self._project.models.values()
        return tuple((model, explore) for model in models for explore in model.explores.values())

    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        found = self._project.models[model]
        return fields_of(found, found.explores[explore])

    def field(self, model: str, explore: str, name: str) -> ViewField:
        """Of a model that the project has, its own; else a dimension of the type that was given."""
        if model in self._project.models:
            found = self.fields(model, explore).get(name)
            if found is None:
                raise QueryError(f"explore {explore}: unknown field {name}")
            return found
        view, _, field = name.partition(".")
        return Dimension(
            name=field,
            type=DimensionType(self._field_types.get(name, "string")),
            sql=f"${{TABLE}}.{field}",
            label=label_of(field),
            origin=Origin(f"{view}.view.lkml", 1),
        )

    def compile(self, request: Request) -> Compiled:
        answer = self._answers(request)
        return Compiled(sql=answer.sql, columns=answer.columns, limit=request.limit)

    def run(self, request: Request, *, tile: tuple[str, str] | None = None) -> QueryResult:
        self.asked.append(request)
        return self._answers(request)

    def compile_composed(self, composed: Composed) -> Compiled:
        """That of its first part."""
        return self.compile(next(iter(composed.parts.values())))

    def run_composed(self, composed: Composed) -> QueryResult:
        """The answer to its first part, which is noted as asked."""
        first = next(iter(composed.parts.values()))
        return self.run(first)

    @contextmanager
    def stream(self, request: Request) -> Iterator[RowStream]:
        answer = self.run(request)
        yield RowStream(answer.columns, iter([answer.rows]), answer.sql)

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
