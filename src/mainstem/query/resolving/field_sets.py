"""`fields:` of an explore and its joins → which fields they leave.

A list names fields, groups of timeframes and sets (`set*`, `view.set*`, `ALL_FIELDS*`), and takes away what
has a `-` before it; a list that only takes away begins with everything. A field must be left by its join's
list and by the explore's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from mainstem.semantics.model import Explore, View

Names: TypeAlias = "set[tuple[str, str]]"
"""(alias, field)"""


def offered_fields(explore: Explore, views: dict[str, View]) -> Names | None:
    """None means all."""
    joined = {alias: join.fields for alias, join in explore.joins.items() if join.fields is not None}
    if explore.fields is None and not joined:
        return None
    left: Names = set()
    for alias, view in views.items():
        own = joined.get(alias)
        left |= _all(alias, view) if own is None else _chosen(own, alias, views) & _all(alias, view)
    return left if explore.fields is None else left & _chosen(explore.fields, explore.alias, views)


def _chosen(
    entries: tuple[str, ...], alias: str, views: dict[str, View], within: tuple[str, ...] = ()
) -> Names:
    """`alias` is whose fields and sets stand without a view's name."""
    kept: Names = set()
    if all(entry.lstrip().startswith("-") for entry in entries) and entries:
        kept = {name for each, view in views.items() for name in _all(each, view)}
    for entry in entries:
        text = entry.strip()
        named = _named(text.removeprefix("-").strip(), alias, views, within)
        kept = kept - named if text.startswith("-") else kept | named
    return kept


def _named(text: str, alias: str, views: dict[str, View], within: tuple[str, ...]) -> Names:
    qualifier, _, name = text.rpartition(".")
    owner = _alias(qualifier, alias, views)
    if text == "ALL_FIELDS*" and not within:
        return {found for each, view in views.items() for found in _all(each, view)}
    view = views.get(owner)
    if view is None:
        return set()
    if not name.endswith("*"):
        return _field(owner, view, name)
    if name == "ALL_FIELDS*":
        return _all(owner, view)
    key = f"{owner}.{name}"
    if key in within:
        return set()
    return _chosen(view.sets.get(name.removesuffix("*"), ()), owner, views, (*within, key))


def _alias(qualifier: str, alias: str, views: dict[str, View]) -> str:
    """A view's own name means the alias it stands under."""
    if not qualifier or (qualifier not in views and alias in views and views[alias].name == qualifier):
        return alias
    return qualifier


def _field(alias: str, view: View, name: str) -> Names:
    if view.any_field(name) is not None:
        return {(alias, name)}
    return {(alias, one.name) for one in view.dimensions.values() if one.dimension_group == name}


def _all(alias: str, view: View) -> Names:
    return {(alias, one.name) for one in (*view.fields, *view.inputs)}
