"""Whether every name a dashboard uses means something in the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.checking import check_expression
from mainstem.semantics.fields import UnknownField, find_field, views_of
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.dashboard import Dashboard, DashboardFilter, Element
    from mainstem.semantics.model import Model, Origin, View
    from mainstem.semantics.problems import Problems


def check_dashboard(dashboard: Dashboard, models: Mapping[str, Model], problems: Problems) -> None:
    for element in dashboard.elements:
        _check_element(dashboard, element, models, problems)
    for filter_ in dashboard.filters:
        _check_filter(filter_, models, problems)


def _check_element(
    dashboard: Dashboard, element: Element, models: Mapping[str, Model], problems: Problems
) -> None:
    what = f"element {element.name}"
    _check_listen(dashboard, element, problems)
    views = _views(element.model, element.explore, models, what, element.origin, problems)
    if views is None:
        return
    sorted_by = tuple(sort.split()[0] for sort in element.sorts if sort.split())
    used = {
        "fields": element.fields,
        "filters": tuple(element.filters),
        "pivots": element.pivots,
        "sorts": sorted_by,
        "listen": tuple(element.listen.values()),
    }
    for key, names in used.items():
        where = element.origin_of(key)
        for name in dict.fromkeys(names):
            expression = element.filters[name] if key == "filters" else ""
            _check_field(views, name, expression, what, where, problems)
            if key in ("pivots", "sorts") and name not in element.fields:
                hint = did_you_mean(name, element.fields)
                problems.error(where, f"{what}: {key} has {name}, which is not among its fields{hint}")


def _check_listen(dashboard: Dashboard, element: Element, problems: Problems) -> None:
    names = [f.name for f in dashboard.filters]
    for name in element.listen:
        if name not in names:
            hint = did_you_mean(name, names)
            message = f"element {element.name} listens to unknown filter {name!r}{hint}"
            problems.error(element.origin_of("listen"), message)
    heard = list(element.listen.values())
    for field in sorted({field for field in heard if heard.count(field) > 1}):
        message = f"element {element.name} listens to two filters on {field}, which is not supported yet"
        problems.error(element.origin_of("listen"), message)


def _check_filter(filter_: DashboardFilter, models: Mapping[str, Model], problems: Problems) -> None:
    if not filter_.explore or not filter_.field:
        return
    what = f"filter {filter_.name}"
    model = filter_.model or (next(iter(models)) if len(models) == 1 else "")
    views = _views(model, filter_.explore, models, what, filter_.origin, problems)
    if views is not None:
        _check_field(views, filter_.field, filter_.default_value, what, filter_.origin, problems)


def _check_field(
    views: dict[str, View], name: str, expression: str, what: str, origin: Origin, problems: Problems
) -> None:
    """The field, and the expression it is filtered by."""
    try:
        _, field = find_field(views, name)
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
