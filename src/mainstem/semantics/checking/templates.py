"""Liquid in a model: whether each text can be read, and each parameter and filter its tags name exists.

A tag that names nothing renders to a condition that every row fulfils, or to NULL, so a slip of the pen shows
in no number. What the members and filters of Liquid come to is known only when a question is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.liquid import LiquidProblem, has_liquid, parse, tagged_names
from mainstem.semantics.model import Dimension, FilterField, Measure
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.checking.uses import Used
    from mainstem.semantics.model import Explore, Origin, View, ViewField
    from mainstem.semantics.problems import Problems


def check_templates(used: Used, problems: Problems) -> None:
    view = used.view
    for what, text, origin in _of_view(view):
        if _is_read(what, text, origin, problems):
            for name in dict.fromkeys(tagged_names(text)):
                _check_name(used, name, what, origin, problems)


def check_explore_templates(explore: Explore, problems: Problems) -> None:
    for what, text, origin in _of_explore(explore):
        _is_read(what, text, origin, problems)


def _is_read(what: str, text: str, origin: Origin, problems: Problems) -> bool:
    try:
        parse(text)
    except LiquidProblem as e:
        problems.error(origin, f"Liquid of {what}: {e}")
        return False
    return True


def _of_view(view: View) -> Iterator[tuple[str, str, Origin]]:
    """What has Liquid, its text, and where it is written."""
    tables = [(view.sql_table_name, view.origin)]
    if view.derived_table is not None:
        tables.append((view.derived_table.sql, view.derived_table.origin))
    for text, origin in tables:
        if text and has_liquid(text):
            yield f"the table of view {view.name}", text, origin
    for field in (*view.fields, *view.inputs):
        for text in dict.fromkeys(_texts(field)):
            if text and has_liquid(text):
                yield f"{view.name}.{field.name}", text, field.origin


def _texts(field: ViewField) -> Iterator[str | None]:
    yield from (field.label, field.html, field.description)
    for link in field.links:
        yield from (link.label, link.url)
    if isinstance(field, Dimension | Measure | FilterField):
        yield field.sql
    if isinstance(field, Dimension):
        yield from (field.sql_start, field.sql_end, field.sql_latitude, field.sql_longitude)
        yield from (when.sql for when in field.case)
    if isinstance(field, Measure):
        yield field.sql_distinct_key


def _of_explore(explore: Explore) -> Iterator[tuple[str, str, Origin]]:
    for text in (explore.label, explore.sql_always_where, explore.sql_always_having, explore.sql_table_name):
        if text and has_liquid(text):
            yield f"explore {explore.name}", text, explore.origin
    for join in explore.joins.values():
        for text in (join.sql_on, join.sql, join.sql_where, join.sql_table_name):
            if text and has_liquid(text):
                yield f"join {join.name}", text, join.origin


def _check_name(used: Used, name: str, what: str, origin: Origin, problems: Problems) -> None:
    """A bare name is the view's own; of another view, any that stands beside it will do."""
    owner, _, field = name.removesuffix("._parameter_value").rpartition(".")
    beside = {id(use.views[owner]): use.views[owner] for use in used.uses if owner in use.views}
    beside |= {id(view): view for model in used.models if (view := model.views.get(owner))}
    known = [used.view] if owner in ("", used.view.name) else list(beside.values())
    if any(view.any_field(field) or field in view.omitted or _is_group(view, field) for view in known):
        return
    fields = {f"{owner}.{one.name}" if owner else one.name for view in known for one in view.inputs}
    hint = did_you_mean(name, fields)
    thing = "field" if known else f"view {owner} in"
    problems.warning(origin, f"Liquid of {what} names unknown {thing} {name}{hint}; it filters nothing")


def _is_group(view: View, name: str) -> bool:
    return any(dimension.dimension_group == name for dimension in view.dimensions.values())
