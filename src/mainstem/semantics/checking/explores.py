"""Names in explores: views, joins, fields in conditions, guards and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.checking.assertions import check_assertions
from mainstem.semantics.checking.expressions import check_expression
from mainstem.semantics.checking.references import fields_in
from mainstem.semantics.fields import UnknownField, expand, find_any_field, left_out, views_of
from mainstem.semantics.model import Measure
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.semantics.checking.uses import Used
    from mainstem.semantics.model import (
        DataTest,
        Explore,
        ExploreSource,
        FieldFilter,
        Model,
        Origin,
        View,
        ViewField,
    )
    from mainstem.semantics.problems import Problems

_SHOWN = 12


def check_explore(model: Model, explore: Explore, problems: Problems) -> None:
    _check_view_exists(model, explore.view, f"explore {explore.name}", explore.origin, problems)
    for join in explore.joins.values():
        _check_view_exists(model, join.view, f"join {join.name}", join.origin, problems)
        _check_joins(
            explore, join.required_joins, f"required_joins of join {join.name}", join.origin, problems
        )
        _check_grants(model, join.required_access_grants, join.origin, problems)
    _check_joins(
        explore, explore.always_join, f"always_join of explore {explore.name}", explore.origin, problems
    )
    _check_grants(model, explore.required_access_grants, explore.origin, problems)
    views = views_of(model, explore)
    if len(views) < len(explore.views()):
        return
    for join in explore.joins.values():
        for key, sql in (("sql_on", join.sql_on), ("sql_where", join.sql_where), ("sql", join.sql)):
            _check_condition(views, explore, sql, f"{key} of join {join.name}", join.origin, problems)
        _check_names(
            views, join.fields or (), join.name, f"fields of join {join.name}", join.origin, problems
        )
    where = f"sql_always_where of explore {explore.name}"
    _check_condition(views, explore, explore.sql_always_where, where, explore.origin, problems)
    having = f"sql_always_having of explore {explore.name}"
    _check_condition(
        views, explore, explore.sql_always_having, having, explore.origin, problems, measures=True
    )
    _check_names(
        views, explore.fields or (), None, f"fields of explore {explore.name}", explore.origin, problems
    )
    _check_guards(views, explore, problems)
    for query in explore.queries.values():
        names = (*query.dimensions, *query.measures, *query.pivots)
        _check_names(views, names, explore.alias, f"query {query.name}", query.origin, problems)


def check_source(used: Used, source: ExploreSource, problems: Problems) -> None:
    """A native derived table's explore and fields, in one of the models that have the explore. A view that no
    explore of a model reads may stand in it without."""
    for model in (use.model for use in used.uses):
        if source.explore not in model.explores:
            _report_unknown(model, source, problems)
    model_with = next((model for model in used.models if source.explore in model.explores), None)
    if model_with is None:
        _report_unknown(used.models[0], source, problems)
        return
    explore = model_with.explores[source.explore]
    views = views_of(model_with, explore)
    names = tuple(column.field for column in source.columns)
    what = f"explore_source {source.explore}"
    _check_names(views, names, explore.alias, what, source.origin, problems)
    _check_filters(views, explore, source.filters, what, problems)


def _report_unknown(model: Model, source: ExploreSource, problems: Problems) -> None:
    hint = did_you_mean(source.explore, model.explores)
    message = f"explore_source reads unknown explore {source.explore}{hint} of model {model.name}"
    if source.explore in model.omitted:
        message = f"explore_source reads explore {source.explore}: {model.omitted[source.explore]}"
    problems.error(source.origin, message)


def check_data_test(models: Iterable[Model], test: DataTest, problems: Problems) -> None:
    """In one of the models that have its explore; others may include its file for something else."""
    known = [model for model in models if test.explore in model.explores]
    if not known:
        hint = did_you_mean(test.explore, {name for model in models for name in model.explores})
        problems.error(test.query.origin, f"test {test.name} reads unknown explore {test.explore}{hint}")
        return
    explore = known[0].explores[test.explore]
    views = views_of(known[0], explore)
    what = f"test {test.name}"
    _check_names(views, test.query.dimensions, explore.alias, what, test.query.origin, problems)
    _check_filters(views, explore, test.query.filters, what, problems)
    check_assertions(test, explore, problems)


def _check_guards(views: dict[str, View], explore: Explore, problems: Problems) -> None:
    for access in explore.access_filters:
        _find(
            views, explore, access.field, f"access_filter of explore {explore.name}", access.origin, problems
        )
    always = explore.always_filter.filters if explore.always_filter else ()
    _check_filters(views, explore, always, f"always_filter of explore {explore.name}", problems)
    conditional = explore.conditionally_filter
    if conditional:
        what = f"conditionally_filter of explore {explore.name}"
        _check_filters(views, explore, conditional.filters, what, problems)
        for name in conditional.unless:
            _find(views, explore, name, f"unless of {what}", explore.origin, problems)


def _check_filters(
    views: dict[str, View], explore: Explore, filters: tuple[FieldFilter, ...], what: str, problems: Problems
) -> None:
    for one in filters:
        field = _find(views, explore, one.field, what, one.origin, problems)
        if field is not None:
            check_expression(field, f"{what}, {one.field}", one.expression, one.origin, problems)


def _find(
    views: dict[str, View], explore: Explore, name: str, what: str, origin: Origin, problems: Problems
) -> ViewField | None:
    """A name without a view is of the base view."""
    try:
        return find_any_field(views, name if "." in name else f"{explore.alias}.{name}")[1]
    except UnknownField as e:
        problems.error(origin, f"{what}: {e}")
        return None


def _check_view_exists(model: Model, name: str, what: str, origin: Origin, problems: Problems) -> None:
    if name in model.views:
        return
    if name in model.omitted:
        problems.error(origin, f"{what} reads view {name}: {model.omitted[name]}")
        return
    hint = did_you_mean(name, model.views)
    names = sorted(model.views)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    valid = ", ".join(names[:_SHOWN]) + more or "none: does an include bring them in?"
    problems.error(
        origin, f"{what} reads unknown view {name}{hint}; the views of model {model.name} are {valid}"
    )


def _check_joins(
    explore: Explore, names: tuple[str, ...], what: str, origin: Origin, problems: Problems
) -> None:
    for name in names:
        if name not in explore.joins and name != explore.alias:
            hint = did_you_mean(name, explore.joins)
            problems.error(origin, f"{what} names unknown join {name}{hint}")


def _check_grants(model: Model, names: tuple[str, ...], origin: Origin, problems: Problems) -> None:
    for name in names:
        if name not in model.access_grants:
            problems.error(origin, f"unknown access_grant {name}{did_you_mean(name, model.access_grants)}")


def _check_condition(
    views: dict[str, View],
    explore: Explore,
    sql: str | None,
    what: str,
    origin: Origin,
    problems: Problems,
    measures: bool = False,
) -> None:
    for reference in fields_in(sql):
        if reference.view is None:
            field = _find(views, explore, reference.name, what, origin, problems)
            if field is not None:
                full = f"${{{explore.alias}.{reference.name}}}"
                problems.warning(origin, f"{what} has ${{{reference}}}, which is read as {full}")
        else:
            field = _find(views, explore, str(reference), what, origin, problems)
        if isinstance(field, Measure) and not measures:
            message = f"{what} refers to the measure {reference}; only dimensions can stand there"
            problems.error(origin, message)


def _check_names(
    views: dict[str, View],
    names: tuple[str, ...],
    alias: str | None,
    what: str,
    origin: Origin,
    problems: Problems,
) -> None:
    """Lists of fields and sets. Names that mean nothing offer nothing: a warning."""
    for written in names:
        name = written.removeprefix("-").strip()
        if expand((name,), views, alias) or name.endswith("ALL_FIELDS*") or _is_empty_set(views, name, alias):
            continue
        owner, _, local = name.rpartition(".")
        view = views.get(owner or alias or "")
        if view is None:
            hint = did_you_mean(owner, views)
            problems.warning(
                origin, f"{what} names {written}, but no view {owner or '?'} is joined here{hint}"
            )
            continue
        known = [*view.dimensions, *view.measures, *view.sets]
        kind = "set" if local.endswith("*") else "field"
        reason = left_out(view.omitted[local]) if local in view.omitted else ""
        hint = did_you_mean(local.removesuffix("*"), known)
        problems.warning(origin, f"{what} names unknown {kind} {written}{reason or hint}")


def _is_empty_set(views: dict[str, View], name: str, alias: str | None) -> bool:
    owner, _, local = name.rpartition(".")
    view = views.get(owner or alias or "")
    return view is not None and local.endswith("*") and local[:-1] in view.sets
