"""What can only be judged once a whole model is read: whether every name in it means something."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.semantics.fields import UnknownField, find_field, views_of, why_missing
from mainstem.semantics.filtering import condition_of
from mainstem.semantics.model import Dimension, Measure, MeasureType
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.references import Field, TableName, parts

if TYPE_CHECKING:
    from mainstem.semantics.model import Explore, Model, Origin, View
    from mainstem.semantics.problems import Problems


_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 -- only whether an expression can be read is asked


def check_model(model: Model, problems: Problems) -> None:
    for view in model.views.values():
        _check_view(model, view, problems)
    for explore in model.explores.values():
        _check_explore(model, explore, problems)


def _check_view(model: Model, view: View, problems: Problems) -> None:
    _check_tables(model, view.derived_sql or "", view.origin, problems)
    for field in view.fields:
        _check_field(model, view, field, problems)
        _check_drill_fields(model, view, field, problems)
    _check_cycles(view, problems)


def _check_field(model: Model, view: View, field: Dimension | Measure, problems: Problems) -> None:
    for reference in _fields(field.sql):
        found = _local(model, view, reference, field.origin, problems)
        if found is None:
            continue
        if isinstance(field, Dimension) and isinstance(found, Measure):
            message = (
                f"dimension {field.name} refers to the measure {reference}; dimensions come before measures"
            )
            problems.error(field.origin, message)
        if isinstance(field, Measure) and field.type is not MeasureType.NUMBER and isinstance(found, Measure):
            message = (
                f"measure {field.name} aggregates the measure {reference}; only type: number may refer to one"
            )
            problems.error(field.origin, message)
    for condition in field.filters if isinstance(field, Measure) else ():
        name = condition.field.rpartition(".")
        found = _local(model, view, Field(name[0] or None, name[2]), condition.origin, problems)
        if isinstance(found, Measure):
            problems.error(condition.origin, f"{condition.field} is a measure; filters take dimensions")
        elif found is not None:
            check_expression(found, condition.field, condition.expression, condition.origin, problems)


def check_expression(
    field: Dimension | Measure, name: str, expression: str, origin: Origin, problems: Problems
) -> None:
    """Whether a filter expression belongs to its field's grammar."""
    try:
        condition_of(field, expression, _ANY_TIME)
    except QueryError as e:
        problems.error(origin, f"{name}: {e}")


def _local(
    model: Model, view: View, reference: Field, origin: Origin, problems: Problems
) -> Dimension | Measure | None:
    """The field a reference in a view means. One to another view is found only where an explore joins it,
    so here it must merely exist in the model, under a view's name or an explore's alias."""
    if reference.view in (None, view.name):
        return _existing(view, reference, origin, problems)
    other = model.views.get(reference.view or "") or _by_alias(model, reference.view or "")
    if other is None:
        hint = did_you_mean(reference.view or "", model.views)
        problems.error(origin, f"unknown view {reference.view} in ${{{reference}}}{hint}")
        return None
    return _existing(other, reference, origin, problems)


def _existing(view: View, reference: Field, origin: Origin, problems: Problems) -> Dimension | Measure | None:
    found = view.field(reference.name)
    if found is None:
        reason = why_missing(view, reference.view or view.name, reference.name)
        problems.error(origin, f"unknown field ${{{reference}}}{reason}")
    return found


def _by_alias(model: Model, alias: str) -> View | None:
    for explore in model.explores.values():
        name = explore.views().get(alias)
        if name in model.views:
            return model.views[name]
    return None


def _check_explore(model: Model, explore: Explore, problems: Problems) -> None:
    _check_view_exists(model, explore.view, f"explore {explore.name}", explore.origin, problems)
    for join in explore.joins.values():
        _check_view_exists(model, join.view, f"join {join.name}", join.origin, problems)
    views = views_of(model, explore)
    if len(views) < 1 + len(explore.joins):
        return
    for join in explore.joins.values():
        _check_condition(views, join.sql_on, f"sql_on of join {join.name}", join.origin, problems)
    where = f"sql_always_where of explore {explore.name}"
    _check_condition(views, explore.sql_always_where, where, explore.origin, problems)


def _check_view_exists(model: Model, name: str, what: str, origin: Origin, problems: Problems) -> None:
    if name in model.views:
        return
    if name in model.omitted:
        problems.error(origin, f"{what} reads view {name}, which was left out")
        return
    hint = did_you_mean(name, model.views)
    valid = ", ".join(sorted(model.views)) or "none: does an include bring them in?"
    problems.error(
        origin, f"{what} reads unknown view {name}{hint}; the views of model {model.name} are {valid}"
    )


def _check_condition(
    views: dict[str, View], sql: str | None, what: str, origin: Origin, problems: Problems
) -> None:
    for reference in _fields(sql):
        if reference.view is None:
            problems.error(origin, f"{what} has ${{{reference}}}; name the view: ${{view.{reference.name}}}")
            continue
        try:
            _, field = find_field(views, str(reference))
        except UnknownField as e:
            problems.error(origin, f"{what}: {e}")
            continue
        if isinstance(field, Measure):
            problems.error(
                origin, f"{what} refers to the measure {reference}; only dimensions can stand there"
            )


def _check_tables(model: Model, sql: str, origin: Origin, problems: Problems) -> None:
    for part in parts(sql):
        if isinstance(part, TableName) and part.view not in model.views:
            hint = did_you_mean(part.view, model.views)
            problems.error(origin, f"unknown view {part.view} in ${{{part.view}.SQL_TABLE_NAME}}{hint}")


def _check_drill_fields(model: Model, view: View, field: Dimension | Measure, problems: Problems) -> None:
    for name in field.drill_fields:
        if name.endswith("*"):
            continue
        owner, _, local = name.rpartition(".")
        target = view if owner in ("", view.name) else model.views.get(owner) or _by_alias(model, owner)
        groups = {d.dimension_group for d in target.dimensions.values()} if target else set()
        if target is None or (target.field(local) is None and local not in groups):
            problems.warning(field.origin, f"{view.name}.{field.name} drills into unknown field {name}")


def _check_cycles(view: View, problems: Problems) -> None:
    for field in view.fields:
        path = _cycle(view, field.name, ())
        if path and min(path) == field.name:
            problems.error(field.origin, f"{' → '.join([*path, path[0]])}: these fields refer to each other")


def _cycle(view: View, name: str, path: tuple[str, ...]) -> tuple[str, ...]:
    if name in path:
        return path if path[0] == name else ()
    field = view.field(name)
    for reference in _fields(field.sql if field else None):
        if reference.view in (None, view.name):
            found = _cycle(view, reference.name, (*path, name))
            if found:
                return found
    return ()


def _fields(sql: str | None) -> list[Field]:
    return [part for part in parts(sql or "") if isinstance(part, Field)]
