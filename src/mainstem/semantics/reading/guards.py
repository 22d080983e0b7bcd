"""What guards an explore: `access_filter`, `always_filter` and `conditionally_filter`."""

from __future__ import annotations

from mainstem.semantics.model import AccessFilter, AlwaysFilter, ConditionalFilter
from mainstem.semantics.reading.filters import filters_of
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

_ACCESS = Vocabulary("access_filter", read=words("field user_attribute"))
_ALWAYS = Vocabulary("always_filter", read=words("filters"))
_CONDITIONAL = Vocabulary("conditionally_filter", read=words("filters unless"))


def access_filters(given: Parameters) -> tuple[AccessFilter, ...]:
    """One that cannot be read rejects the explore: without it people would see what they must not."""
    found: list[AccessFilter] = []
    for node in given.all("access_filter"):
        block = next((one for one in given.unnamed("access_filter") if one is node), None)
        inner = Parameters(block, _ACCESS, given.problems) if block else None
        field = inner.text("field") if inner else None
        attribute = inner.text("user_attribute") if inner else None
        if field is None or attribute is None:
            given.reject(
                "access_filter", f"an access_filter of {given.block.name} lacks field or user_attribute"
            )
        else:
            found.append(AccessFilter(field.strip(), attribute.strip(), node.origin))
    return tuple(found)


def always_filter(given: Parameters) -> AlwaysFilter | None:
    blocks = list(given.unnamed("always_filter"))
    if not blocks:
        return None
    Parameters(blocks[-1], _ALWAYS, given.problems)
    return AlwaysFilter(filters_of(blocks[-1], given.problems))


def conditionally_filter(given: Parameters) -> ConditionalFilter | None:
    blocks = list(given.unnamed("conditionally_filter"))
    if not blocks:
        return None
    inner = Parameters(blocks[-1], _CONDITIONAL, given.problems)
    return ConditionalFilter(filters_of(blocks[-1], given.problems), inner.names("unless"))
