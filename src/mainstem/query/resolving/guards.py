"""Filters that apply whether or not anybody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters import exact_text
from mainstem.query.plan import FieldUse, FilterUse
from mainstem.semantics.filtering import grammar_of
from mainstem.semantics.model import Dimension

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.query.context import Context
    from mainstem.query.resolving.offer import Offer
    from mainstem.semantics.model import Explore, FieldFilter, ViewField


def standing_filters(offer: Offer, asked: Mapping[str, str]) -> dict[str, tuple[str, ViewField, str]]:
    """Name → alias, field and expression of `always_filter` and `conditionally_filter`, where the request
    says nothing of that field itself."""
    explore = offer.explore
    found: dict[str, tuple[str, ViewField, str]] = {}
    if explore.always_filter:
        found |= _missing(offer, explore.always_filter.filters, asked)
    if explore.conditionally_filter and not _lifted(explore, asked):
        filled = {name: value for name, value in asked.items() if value.strip()}
        found |= _missing(offer, explore.conditionally_filter.filters, filled)
    return found


def access_filters(offer: Offer, context: Context) -> tuple[FilterUse, ...]:
    """Whoever lacks an attribute sees nothing, as does one for whom it is empty."""
    if context.sees_everything:
        return ()
    found: list[FilterUse] = []
    for guard in offer.explore.access_filters:
        alias, field = offer.of_model(guard.field, guard.origin)
        if not isinstance(field, Dimension):
            raise QueryError(f"{guard.origin}: {guard.field} is no dimension; an access filter takes one")
        value = context.user_attributes.get(guard.user_attribute, "")
        nothing = not value.strip()
        if guard.user_attribute in context.plain_attributes and grammar_of(field) == "string":
            value = exact_text(value)
        found.append(FilterUse(FieldUse(alias, field), value, nothing=nothing))
    return tuple(found)


def _missing(
    offer: Offer, filters: Iterable[FieldFilter], asked: Mapping[str, str]
) -> dict[str, tuple[str, ViewField, str]]:
    """A filter on a field that is not there takes nothing else with it; checking the project reports it."""
    found: dict[str, tuple[str, ViewField, str]] = {}
    for each in filters:
        if not offer.has(each.field):
            continue
        alias, field = offer.of_model(each.field, each.origin)
        name = f"{alias}.{field.name}"
        if name not in asked:
            found[name] = (alias, field, each.expression)
    return found


def _lifted(explore: Explore, asked: Mapping[str, str]) -> bool:
    """Whether a filter of the request takes the place of the conditional ones."""
    guard = explore.conditionally_filter
    names = guard.unless if guard else ()
    qualified = {name if "." in name else f"{explore.alias}.{name}" for name in names}
    return any(asked.get(name, "").strip() for name in qualified)
