"""Whether every name a dashboard uses means something in the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.calculations import depends_on, parse
from mainstem.semantics.checking import check_expression
from mainstem.semantics.dynamic import CustomMeasure
from mainstem.semantics.fields import UnknownField, find_any_field, find_field, views_of
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.dashboard import Dashboard, DashboardFilter, Element
    from mainstem.semantics.dynamic import DynamicField, TableCalculation
    from mainstem.semantics.model import Model, Origin, View
    from mainstem.semantics.problems import Problems


def check_dashboard(dashboard: Dashboard, models: Mapping[str, Model], problems: Problems) -> None:
    for element in dashboard.elements:
        for one in (element, *(query.element for query in element.merged)):
            _check_element(dashboard, one, models, problems)
        for calculation in element.merged_fields:
            _check_expression(calculation, f"element {element.name}", element, problems)
    for filter_ in dashboard.filters:
        _check_filter(filter_, models, problems)


def _check_element(
    dashboard: Dashboard, element: Element, models: Mapping[str, Model], problems: Problems
) -> None:
    what = f"element {element.name}"
    if not element.asks:
        return
    _check_listen(dashboard, element, problems)
    views = _views(element.model, element.explore, models, what, element.origin, problems)
    if views is None:
        return
    sorted_by = tuple(sort.split()[0] for sort in element.sorts if sort.split())
    own = {one.name for one in element.dynamic_fields}
    for one in element.dynamic_fields:
        _check_dynamic_field(one, views, own, what, element.origin_of("dynamic_fields"), problems)
    used = {
        "fields": element.fields,
        "filters": tuple(element.filters),
        "pivots": element.pivots,
        "sorts": sorted_by,
        "listen": tuple(element.listen.values()),
        "subtotals": element.subtotals,
        "fill_fields": element.fill_fields,
    }
    for key, names in used.items():
        where = element.origin_of(key)
        for name in dict.fromkeys(names):
            if name in own:
                continue
            expression = element.filters[name] if key == "filters" else ""
            selected = key not in ("filters", "listen")
            _check_field(views, name, expression, what, where, problems, selected=selected)
            if key in ("pivots", "sorts", "subtotals") and name not in element.fields:
                hint = did_you_mean(name, element.fields)
                problems.error(where, f"{what}: {key} has {name}, which is not among its fields{hint}")


def _check_expression(one: TableCalculation, what: str, element: Element, problems: Problems) -> None:
    """What it reads is known when the rows are merged; that it can be read at all is known here."""
    try:
        parse(one.expression)
    except QueryError as e:
        problems.error(element.origin_of("dynamic_fields"), f"{what}, {one.name}: {e}")


def _check_listen(dashboard: Dashboard, element: Element, problems: Problems) -> None:
    names = [f.name for f in dashboard.filters]
    for name in element.listen:
        if name not in names:
            hint = did_you_mean(name, names)
            message = f"element {element.name} listens to unknown filter {name!r}{hint}"
            problems.error(element.origin_of("listen"), message)
    heard = [element.listen[name] for name in names if name in element.listen]
    for field in sorted({field for field in heard if heard.count(field) > 1}):
        message = (
            f"element {element.name} listens to two filters on {field}; the later one with a value holds"
        )
        problems.warning(element.origin_of("listen"), message)


def _check_dynamic_field(
    one: DynamicField, views: dict[str, View], own: set[str], what: str, origin: Origin, problems: Problems
) -> None:
    if isinstance(one, CustomMeasure):
        if one.based_on not in own:
            _check_field(views, one.based_on, "", f"{what}, {one.name}", origin, problems)
        for name, expression in one.filters.items():
            _check_field(views, name, expression, f"{what}, {one.name}", origin, problems, selected=False)
        return
    try:
        tree = parse(one.expression)
    except QueryError as e:
        problems.error(origin, f"{what}, {one.name}: {e}")
        return
    for name in depends_on(tree).fields:
        if name not in own:
            _check_field(views, name, "", f"{what}, {one.name}", origin, problems)


def _check_filter(filter_: DashboardFilter, models: Mapping[str, Model], problems: Problems) -> None:
    if not filter_.explore or not filter_.field:
        return
    what = f"filter {filter_.name}"
    model = filter_.model or (next(iter(models)) if len(models) == 1 else "")
    views = _views(model, filter_.explore, models, what, filter_.origin, problems)
    if views is not None:
        where, default = filter_.origin, filter_.default_value
        _check_field(views, filter_.field, default, what, where, problems, selected=False)


def _check_field(
    views: dict[str, View],
    name: str,
    expression: str,
    what: str,
    origin: Origin,
    problems: Problems,
    *,
    selected: bool = True,
) -> None:
    """The field, and the expression it is filtered by; what is not `selected` may be a parameter."""
    try:
        _, field = (find_field if selected else find_any_field)(views, name)
    except UnknownField as e:
        problems.error(origin, f"{what}: {e}")
        return
    check_expression(field, f"{what}, {name}", expression, origin, problems)


def _views(
    model: str, explore: str, models: Mapping[str, Model], what: str, origin: Origin, problems: Problems
) -> dict[str, View] | None:
    found = models.get(model)
    if found is None:
        hint = did_you_mean(model, models)
        valid = ", ".join(models) or "none"
        problems.error(origin, f"{what} names unknown model {model!r}{hint}; models are {valid}")
        return None
    if explore in found.explores:
        views = views_of(found, found.explores[explore])
        if len(views) == len(found.explores[explore].views()):
            return views
        problems.error(origin, f"{what} reads explore {explore}, which lacks a view; mend that first")
        return None
    if explore in found.omitted:
        problems.error(origin, f"{what} reads explore {explore}, which was left out")
        return None
    hint = did_you_mean(explore, found.explores)
    valid = ", ".join(found.explores) or "none"
    problems.error(origin, f"{what} reads unknown explore {explore}{hint}; explores of {model} are {valid}")
    return None
