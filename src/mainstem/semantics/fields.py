"""Finding a `view.field` in an explore, with an answer that helps when it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.semantics.model import Dimension, Explore, Measure, Model, View


class UnknownField(Exception):
    """The name means nothing in the explore; the text says what is near it."""


def views_of(model: Model, explore: Explore) -> dict[str, View]:
    """Alias → view, base first; aliases whose view is missing are left out."""
    return {alias: model.views[name] for alias, name in explore.views().items() if name in model.views}


def find_field(views: dict[str, View], name: str) -> tuple[str, Dimension | Measure]:
    """`(alias, field)` of a `view.field`. Raises UnknownField."""
    alias, dot, field_name = name.partition(".")
    if not dot:
        raise UnknownField(f"{name} names no view; write view.field{_in_any(views, name)}")
    view = views.get(alias)
    if view is None:
        hint = did_you_mean(alias, views)
        raise UnknownField(f"unknown view {alias} in {name}{hint}; this explore has {', '.join(views)}")
    field = view.field(field_name)
    if field is None:
        raise UnknownField(f"unknown field {name}{why_missing(view, alias, field_name)}")
    return alias, field


def why_missing(view: View, alias: str, name: str) -> str:
    """What to say about a field a view does not have: why it was left out, or what is like it."""
    omitted = next((group for group in view.omitted if name == group or name.startswith(f"{group}_")), None)
    if omitted:
        return f": it was left out, {view.omitted[omitted]}"
    groups = [d for d in view.dimensions.values() if d.dimension_group == name]
    if groups:
        return f": {name} is a dimension_group; its dimensions are " + ", ".join(
            f"{alias}.{dimension.name}" for dimension in groups
        )
    names = [*view.dimensions, *view.measures]
    hint = did_you_mean(name, names)
    if hint:
        return did_you_mean(f"{alias}.{name}", [f"{alias}.{candidate}" for candidate in names])
    return f"; view {view.name} has {', '.join(names)}" if names else f"; view {view.name} has no fields"


def _in_any(views: dict[str, View], name: str) -> str:
    found = [f"{alias}.{name}" for alias, view in views.items() if view.field(name)]
    return f" (did you mean {found[0]}?)" if found else ""
