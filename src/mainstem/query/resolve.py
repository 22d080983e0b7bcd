"""Pass 1, names → fields: every name of a request is found, or the error says what is near it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.clock import zone
from mainstem.query.plan import FieldUse, FilterUse, Resolved, Sort
from mainstem.query.request import DEFAULT_LIMIT
from mainstem.semantics.fields import UnknownField, find_field, views_of
from mainstem.semantics.model import Dimension, DimensionType, Measure
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.query.context import Context
    from mainstem.query.request import Request
    from mainstem.semantics.model import Explore, Model, View
    from mainstem.semantics.project import Project

_OVER_TIME = frozenset({DimensionType.DATE, DimensionType.DATE_TIME})


def resolve(project: Project, request: Request, context: Context) -> Resolved:
    """Raises QueryError for the first name that means nothing, and for a request that asks for nothing."""
    model, explore = find_explore(project, request.model, request.explore)
    views = views_of(model, explore)
    selected = tuple(dict.fromkeys(request.fields))
    if not selected:
        raise QueryError(
            f"a query of {explore.name} selects no field; name at least one dimension or measure"
        )
    uses = [_use(views, explore, name) for name in selected]
    dimensions = tuple(use for use in uses if isinstance(use.field, Dimension))
    measures = tuple(use for use in uses if isinstance(use.field, Measure))
    pivots = _pivots(request, dimensions)
    filters = tuple(
        FilterUse(_use(views, explore, name), expression) for name, expression in request.filters.items()
    )
    return Resolved(
        explore=explore,
        views=views,
        model_views=model.views,
        dimensions=dimensions,
        measures=measures,
        pivots=pivots,
        filters=filters,
        sorts=_sorts(request, dimensions, measures, pivots),
        limit=_limit(request),
        model=model,
        timezone=_timezone(request, context),
        case_sensitive=model.case_sensitive if explore.case_sensitive is None else explore.case_sensitive,
    )


def find_explore(project: Project, model_name: str, explore_name: str) -> tuple[Model, Explore]:
    """Raises QueryError with what there is instead."""
    model = project.models.get(model_name)
    if model is None:
        hint = did_you_mean(model_name, project.models)
        raise QueryError(f"unknown model {model_name}{hint}; models are {_listed(project.models)}")
    explore = model.explores.get(explore_name)
    if explore is None:
        hint = did_you_mean(explore_name, model.explores)
        valid = _listed(model.explores)
        raise QueryError(f"unknown explore {explore_name}{hint}; explores of {model_name} are {valid}")
    return model, explore


def _use(views: dict[str, View], explore: Explore, name: str) -> FieldUse:
    try:
        alias, field = find_field(views, name)
    except UnknownField as e:
        raise QueryError(f"explore {explore.name}: {e}") from e
    return FieldUse(alias, field)


def _pivots(request: Request, dimensions: tuple[FieldUse, ...]) -> tuple[str, ...]:
    names = [use.name for use in dimensions]
    for pivot in request.pivots:
        if pivot not in names:
            hint = did_you_mean(pivot, names)
            raise QueryError(f"pivot {pivot} is not among the selected dimensions{hint}: {_listed(names)}")
    return tuple(dict.fromkeys(request.pivots))


def _sorts(
    request: Request,
    dimensions: tuple[FieldUse, ...],
    measures: tuple[FieldUse, ...],
    pivots: tuple[str, ...],
) -> tuple[Sort, ...]:
    names = [use.name for use in (*dimensions, *measures)]
    measured = [use.name for use in measures]
    written = tuple(_sort(text, names, measured) for text in request.sorts if text.strip())
    if not written:
        return _default_sorts(dimensions, measures, pivots)
    sorted_by = {sort.name for sort in written}
    return (*written, *(Sort(pivot, False) for pivot in pivots if pivot not in sorted_by))


def _sort(text: str, names: list[str], measured: list[str]) -> Sort:
    """`view.field [asc|desc] [n]`, where n is the pivoted column Looker sorts by."""
    name, *rest = text.split()
    column = rest.pop() if rest and rest[-1].isdigit() else None
    direction = rest[0].lower() if rest else "asc"
    if len(rest) > 1 or direction not in ("asc", "desc"):
        raise QueryError(f"sort {text!r} is not understood; write view.field, or view.field desc")
    if name not in names:
        hint = did_you_mean(name, names)
        raise QueryError(
            f"sort by {name} is not possible: it is not selected{hint}; selected are {_listed(names)}"
        )
    if column is not None and name in measured:
        raise QueryError(
            f"sort {text!r}: sorting by one pivoted column is not supported yet; leave out the {column}"
        )
    return Sort(name, direction == "desc")


def _default_sorts(
    dimensions: tuple[FieldUse, ...], measures: tuple[FieldUse, ...], pivots: tuple[str, ...]
) -> tuple[Sort, ...]:
    """Looker's: the first date falling, else the first measure falling, else the first dimension rising."""
    rows = [use for use in dimensions if use.name not in pivots]
    across = tuple(Sort(pivot, False) for pivot in pivots)
    for use in rows:
        if isinstance(use.field, Dimension) and is_over_time(use.field):
            return (Sort(use.name, True), *across)
    if measures and rows:
        return (Sort(measures[0].name, True), *across)
    return (Sort(rows[0].name, False), *across) if rows else across


def is_over_time(dimension: Dimension) -> bool:
    return dimension.timeframe is not None or dimension.type in _OVER_TIME


def _limit(request: Request) -> int | None:
    if request.limit is None:
        return DEFAULT_LIMIT
    if request.limit == -1:
        return None
    if request.limit < 1:
        raise QueryError(f"limit is {request.limit}; valid are whole numbers from 1, and -1 for every row")
    return request.limit


def _timezone(request: Request, context: Context) -> str | None:
    shown = request.timezone or context.query_timezone
    if shown is None or shown == context.database_timezone:
        return None
    zone(shown)
    return shown


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
