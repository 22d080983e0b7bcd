"""Finding fields in an explore: one by its name, with an answer that helps when it is not there; all that it
offers; and those that a list of names means, sets and exclusions settled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.semantics.model import Dimension, Explore, Measure, Model, View, ViewField

_SHOWN = 12
"""Names listed at most where a name is not found."""
_ALL = "ALL_FIELDS"
_VALID = re.compile(r"; valid (?:are|is) .*(?= \([^()]*:\d+\)$)", re.DOTALL)


class UnknownField(Exception):
    """The name means nothing in the explore; the text says what is near it."""


def views_of(model: Model, explore: Explore) -> dict[str, View]:
    """Alias → view, base first; aliases whose view is missing are left out."""
    return {alias: model.views[name] for alias, name in explore.views().items() if name in model.views}


def find_field(views: Mapping[str, View], name: str) -> tuple[str, Dimension | Measure]:
    """`(alias, field)` of a `view.field` that can be selected. Raises UnknownField."""
    alias, view, field_name = _split(views, name)
    field = view.field(field_name)
    if field is None:
        if view.any_field(field_name):
            raise UnknownField(f"{name} can only be filtered by: it is a filter or a parameter")
        raise UnknownField(f"unknown field {name}{why_missing(view, alias, field_name)}")
    return alias, field


def find_any_field(views: Mapping[str, View], name: str) -> tuple[str, ViewField]:
    """As `find_field`, but filter-only fields and parameters are found too."""
    alias, view, field_name = _split(views, name)
    field = view.any_field(field_name)
    if field is None:
        raise UnknownField(f"unknown field {name}{why_missing(view, alias, field_name)}")
    return alias, field


def fields_of(model: Model, explore: Explore) -> dict[str, ViewField]:
    """`alias.field` → every field the explore offers, base view first, each in the order it was written.

    `fields` of joins and of the explore, with their sets and exclusions, have been applied. Hidden fields
    are among them: they can be addressed, though nothing shows them.
    """
    views = views_of(model, explore)
    offered: dict[str, ViewField] = {}
    for alias, view in views.items():
        join = explore.joins.get(alias)
        if join is None or join.fields is None:
            offered |= _all_of(alias, view)
        else:
            for name in expand(join.fields, views, alias):
                offered[name] = find_any_field(views, name)[1]
    if explore.fields is None:
        return offered
    kept = dict.fromkeys(expand([_of_base(name, explore.alias, views) for name in explore.fields], views))
    return {name: field for name, field in offered.items() if name in kept}


def expand(names: Iterable[str], views: Mapping[str, View], alias: str | None = None) -> tuple[str, ...]:
    """The `alias.field` names that a list of fields, sets (`set*`, `ALL_FIELDS*`), dimension groups and
    exclusions (`-field`) means. A name without a view is of `alias`; a view's name with a star is all of its
    fields. Names that mean nothing are left out; a list of nothing but exclusions begins with all fields.
    """
    return tuple(_expanded(tuple(names), views, alias, frozenset()))


def drill_fields(views: Mapping[str, View], alias: str, field: ViewField) -> tuple[str, ...]:
    """Where a value of that field leads: its own drill fields, or its view's."""
    view = views[alias]
    return expand(field.drill_fields or view.drill_fields, views, alias)


def why_missing(view: View, alias: str, name: str) -> str:
    """What to say about a field a view does not have: why it was left out, or what is like it."""
    omitted = next((group for group in view.omitted if name == group or name.startswith(f"{group}_")), None)
    if omitted:
        return left_out(view.omitted[omitted])
    group = [dimension.name for dimension in view.dimensions.values() if dimension.dimension_group == name]
    if group:
        dimensions = _listed([f"{alias}.{dimension}" for dimension in group])
        return f": {name} is a dimension_group; its dimensions are {dimensions}"
    names = [*view.dimensions, *view.measures]
    if did_you_mean(name, names):
        return did_you_mean(f"{alias}.{name}", [f"{alias}.{candidate}" for candidate in names])
    return f"; view {view.name} has {_listed(names)}" if names else f"; view {view.name} has no fields"


def left_out(reason: str) -> str:
    """How a field that was left out is told of where it is missed: what would be valid is said where the
    mistake is."""
    return f": it was left out, {_VALID.sub('', reason)}"


def _split(views: Mapping[str, View], name: str) -> tuple[str, View, str]:
    alias, dot, field_name = name.partition(".")
    if not dot:
        raise UnknownField(f"{name} names no view; write view.field{_in_any(views, name)}")
    view = views.get(alias)
    if view is None:
        hint = did_you_mean(alias, views)
        raise UnknownField(f"unknown view {alias} in {name}{hint}; this explore has {', '.join(views)}")
    return alias, view, field_name


def _expanded(
    names: tuple[str, ...], views: Mapping[str, View], alias: str | None, seen: frozenset[str]
) -> dict[str, None]:
    found: dict[str, None] = {}
    if names and all(name.startswith("-") for name in names):
        found |= _meant(f"{_ALL}*", views, alias, seen)
    for name in names:
        if name.startswith("-"):
            for excluded in _meant(name[1:].strip(), views, alias, seen):
                found.pop(excluded, None)
        else:
            found |= _meant(name.strip(), views, alias, seen)
    return found


def _meant(name: str, views: Mapping[str, View], alias: str | None, seen: frozenset[str]) -> dict[str, None]:
    owner, _, local = name.rpartition(".")
    owner = owner or alias or ""
    if local == f"{_ALL}*":
        wanted = {owner: views[owner]} if owner in views else views if not owner else {}
        return dict.fromkeys(full for one, view in wanted.items() for full in _all_of(one, view))
    if _is_view_with_star(name, views) and not _has_set(views, owner, name[:-1]):
        return _meant(f"{name[:-1]}.{_ALL}*", views, alias, seen)
    view = views.get(owner)
    if view is None:
        return {}
    if local.endswith("*"):
        key = f"{owner}.{local}"
        members = () if key in seen else view.sets.get(local[:-1], ())
        return _expanded(members, views, owner, seen | {key})
    if view.any_field(local):
        return {f"{owner}.{local}": None}
    return dict.fromkeys(
        f"{owner}.{one.name}" for one in view.dimensions.values() if one.dimension_group == local
    )


def _of_base(name: str, alias: str, views: Mapping[str, View]) -> str:
    """In an explore's list a name without a view is the base view's; `ALL_FIELDS*` is everybody's."""
    bare = name.removeprefix("-").strip()
    if "." in bare or bare == f"{_ALL}*" or (bare.endswith("*") and bare[:-1] in views):
        return name
    return f"-{alias}.{bare}" if name.startswith("-") else f"{alias}.{bare}"


def _is_view_with_star(name: str, views: Mapping[str, View]) -> bool:
    return name.endswith("*") and name[:-1] in views


def _has_set(views: Mapping[str, View], alias: str, name: str) -> bool:
    return alias in views and name in views[alias].sets


def _all_of(alias: str, view: View) -> dict[str, ViewField]:
    return {f"{alias}.{field.name}": field for field in (*view.fields, *view.inputs)}


def _in_any(views: Mapping[str, View], name: str) -> str:
    found = [f"{alias}.{name}" for alias, view in views.items() if view.any_field(name)]
    return f" (did you mean {found[0]}?)" if found else ""


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
