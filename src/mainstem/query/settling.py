"""References in filter expressions → values, before any grammar reads them: `{{ _user_attributes['x'] }}` is
what that attribute is for who asks, `{% date_start view.field %}` a bound of another filter.

An attribute that is all of an expression is read as in an access filter, as a filter expression; within
other text it stands for exactly itself. What an access filter holds is settled already: it is a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import FilterError, QueryError
from mainstem.filters import AttributeValue, Grammar, TimeRange, references, settle
from mainstem.query.clock import clock_of
from mainstem.query.predicates import condition_of
from mainstem.query.templates import has_liquid
from mainstem.semantics.filtering import filters_by_date, grammar_of
from mainstem.semantics.model import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.filters.advanced import Bounds
    from mainstem.query.clock import Clock
    from mainstem.query.context import Context
    from mainstem.query.plan import Resolved
    from mainstem.semantics.model import ViewField


def settled(resolved: Resolved, context: Context) -> Resolved:
    """Raises QueryError for a reference without a value. For who sees everything, a filter by an attribute
    they lack is no filter."""
    texts = [*(item.expression for item in resolved.filters), *(use.value for use in resolved.inputs)]
    if not any(map(has_liquid, texts)):
        return resolved
    dates = _dates(resolved, clock_of(resolved, context))

    def one(name: str, field: ViewField, expression: str) -> str:
        if not has_liquid(expression) or isinstance(field, Parameter):
            return expression
        return _settled(name, field, expression, context, dates)

    replace = msgspec.structs.replace
    return replace(
        resolved,
        filters=tuple(
            replace(item, expression=one(item.use.name, item.use.field, item.expression))
            for item in resolved.filters
        ),
        inputs=tuple(replace(use, value=one(use.name, use.field, use.value)) for use in resolved.inputs),
    )


def _settled(
    name: str, field: ViewField, expression: str, context: Context, dates: Mapping[str, Bounds]
) -> str:
    given = context.liquid_attributes
    needed = references(expression)
    if context.sees_everything and any(attribute not in given for attribute in needed):
        return ""
    alone = len(needed) == 1 and _is_one_reference(expression)
    plain = context.plain_attributes
    values = {
        attribute: AttributeValue((given[attribute],), advanced=alone and attribute not in plain)
        for attribute in needed
        if attribute in given
    }
    try:
        return settle(Grammar(grammar_of(field)), expression, values, dates)
    except FilterError as e:
        raise QueryError(f"{name}: {e}") from e


def _is_one_reference(expression: str) -> bool:
    text = expression.strip()
    return text.startswith("{{") and text.find("}}") == len(text) - 2


def _dates(resolved: Resolved, clock: Clock) -> dict[str, Bounds]:
    """Of every filter on time that needs no other."""
    asked: list[tuple[str, ViewField, str]] = [
        (item.use.name, item.use.field, item.expression) for item in resolved.filters
    ]
    asked += [(use.name, use.field, use.value) for use in resolved.inputs]
    found: dict[str, Bounds] = {}
    for name, field, expression in asked:
        if has_liquid(expression) or not filters_by_date(field):
            continue
        meaning = condition_of(field, name, expression, clock)
        if isinstance(meaning, TimeRange):
            found[name] = meaning.start, meaning.end
    return found
