"""Pass 1, names → fields: every name of a request is found, or the error says what is near it.

What applies without being asked for is added here: standing filters, access filters, required fields,
values of parameters, Looker's order and limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.clock import zone
from mainstem.query.grants import Grants
from mainstem.query.plan import FieldUse, FilterUse, Resolved
from mainstem.query.request import DEFAULT_LIMIT
from mainstem.query.resolving.dynamic import CustomFields
from mainstem.query.resolving.guards import access_filters, standing_filters
from mainstem.query.resolving.inputs import inputs
from mainstem.query.resolving.offer import Offer
from mainstem.query.resolving.sorting import sorts
from mainstem.semantics.fields import views_of
from mainstem.semantics.model import Dimension, FilterField, Measure, Parameter
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.query.context import Context
    from mainstem.query.request import Request
    from mainstem.semantics.model import Explore, Model, View, ViewField
    from mainstem.semantics.project import Project


def resolve(project: Project, request: Request, context: Context) -> Resolved:
    """Raises QueryError for the first name that means nothing or that the asker may not see, and for a
    request that asks for nothing."""
    model = _model(project, request.model, context)
    grants = Grants(model, context)
    explore = _explore(model, request.explore, grants)
    return _Request(request, model, explore, grants, context).resolved()


def find_field(
    project: Project, model_name: str, explore_name: str, name: str, context: Context
) -> tuple[str, View, ViewField]:
    """Alias, view and field of a `view.field` of any kind. Raises QueryError as `resolve` does."""
    model = _model(project, model_name, context)
    grants = Grants(model, context)
    explore = _explore(model, explore_name, grants)
    views = views_of(model, explore)
    alias, field = Offer(model, explore, views, grants).field(name)
    return alias, views[alias], field


def seen_fields(
    project: Project, model_name: str, explore_name: str, context: Context
) -> dict[str, ViewField]:
    """`view.field` → every field of any kind that the asker may see. Raises QueryError as `resolve` does."""
    model = _model(project, model_name, context)
    grants = Grants(model, context)
    explore = _explore(model, explore_name, grants)
    return Offer(model, explore, views_of(model, explore), grants).seen(model)


class _Request:
    def __init__(
        self, request: Request, model: Model, explore: Explore, grants: Grants, context: Context
    ) -> None:
        self.request = request
        self.model = model
        self.context = context
        self.grants = grants
        self.offer = Offer(model, explore, views_of(model, explore), grants)
        self.custom = CustomFields(request, self.offer)

    def resolved(self) -> Resolved:
        request, explore = self.request, self.offer.explore
        uses = self._selected()
        dimensions = tuple(use for use in uses if isinstance(use.field, Dimension))
        measures = tuple(use for use in uses if isinstance(use.field, Measure))
        pivots = _pivots(request, dimensions)
        asked = self._asked()
        standing = standing_filters(self.offer, request.filters)
        values = {name: expression for name, (_, _, expression) in standing.items()}
        if request.filter_expression and request.filter_expression.strip():
            self.custom.checked(request.filter_expression, "filter_expression")
        return Resolved(
            explore=explore,
            views=self.offer.views,
            model_views=self.model.views,
            dimensions=dimensions,
            measures=measures,
            pivots=pivots,
            filters=(*asked, *_filters(standing)),
            sorts=sorts(request.sorts, dimensions, measures, pivots, self.custom.calculated),
            limit=_limit(request),
            model=self.model,
            inputs=inputs(self.offer.views, values, request.filters),
            access=access_filters(self.offer, self.context),
            timezone=_timezone(request, self.context),
            case_sensitive=(
                self.model.case_sensitive if explore.case_sensitive is None else explore.case_sensitive
            ),
            expressions=self.custom.expressions,
            held_grants=self.grants.all_held,
            filter_expression=(request.filter_expression or "").strip() or None,
        )

    def _selected(self) -> tuple[FieldUse, ...]:
        """With the fields they require after them."""
        names = [name for name in dict.fromkeys(self.request.fields) if name not in self.custom.calculated]
        if not names:
            explore = self.offer.explore.name
            raise QueryError(f"a query of {explore} selects no field; name at least one dimension or measure")
        uses = {name: self.custom.use(name) for name in names}
        waiting = list(uses.values())
        while waiting:
            use = waiting.pop(0)
            for required in use.field.required_fields:
                name = required if "." in required else f"{use.alias}.{required}"
                if name not in uses:
                    alias, field = self.offer.of_model(name, use.field.origin)
                    uses[name] = FieldUse(alias, _selectable(field, name))
                    waiting.append(uses[name])
        return tuple(uses.values())

    def _asked(self) -> tuple[FilterUse, ...]:
        """The request's filters, but for those that are inputs of LookML."""
        found: list[FilterUse] = []
        for name, expression in self.request.filters.items():
            if name in self.custom:
                found.append(FilterUse(self.custom.use(name), expression))
                continue
            alias, field = self.offer.field(name)
            if not isinstance(field, FilterField | Parameter):
                found.append(FilterUse(FieldUse(alias, field), expression))
        return tuple(found)


def _selectable(field: ViewField, name: str) -> Dimension | Measure:
    if isinstance(field, FilterField | Parameter):
        raise QueryError(f"{field.origin}: required field {name} is only filtered by, never selected")
    return field


def _filters(standing: Mapping[str, tuple[str, ViewField, str]]) -> tuple[FilterUse, ...]:
    return tuple(
        FilterUse(FieldUse(alias, field), expression)
        for alias, field, expression in standing.values()
        if not isinstance(field, FilterField | Parameter)
    )


def _seen_models(project: Project, context: Context) -> Mapping[str, Model]:
    allowed = None if context.sees_everything else context.models
    if allowed is None:
        return project.models
    return {name: model for name, model in project.models.items() if name in allowed}


def _model(project: Project, name: str, context: Context) -> Model:
    """One the asker may not see is unknown."""
    models = _seen_models(project, context)
    model = models.get(name)
    if model is None:
        hint = did_you_mean(name, models)
        raise QueryError(f"unknown model {name}{hint}; models are {_listed(models)}")
    return model


def _explore(model: Model, name: str, grants: Grants) -> Explore:
    """One the asker may not see is unknown."""
    explore = model.explores.get(name)
    if explore is None or not grants.held(explore.required_access_grants):
        seen = [each.name for each in model.explores.values() if grants.held(each.required_access_grants)]
        hint = did_you_mean(name, seen)
        raise QueryError(f"unknown explore {name}{hint}; explores of {model.name} are {_listed(seen)}")
    return explore


def _pivots(request: Request, dimensions: tuple[FieldUse, ...]) -> tuple[str, ...]:
    names = [use.name for use in dimensions]
    for pivot in request.pivots:
        if pivot not in names:
            hint = did_you_mean(pivot, names)
            raise QueryError(f"pivot {pivot} is not among the selected dimensions{hint}: {_listed(names)}")
    return tuple(dict.fromkeys(request.pivots))


def _limit(request: Request) -> int | None:
    if request.limit is None:
        return DEFAULT_LIMIT
    if request.limit == -1:
        return None
    if request.limit < 1:
        raise QueryError(f"limit is {request.limit}; valid are whole numbers from 1, and -1 for every row")
    return request.limit


def _timezone(request: Request, context: Context) -> str | None:
    """None where people see what the database holds."""
    shown = request.timezone or context.query_timezone
    if shown is None or shown == context.database_timezone:
        return None
    zone(shown)
    return shown


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
