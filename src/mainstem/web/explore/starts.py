"""Where to begin with an explore: the questions its model offers, and some that suit its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.query.request import Request
from mainstem.web.explore.address import address_of
from mainstem.web.explore.question import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.semantics.model import Explore
    from mainstem.web.explore_fields import ExploreField

_BY_VALUE = 2
_OF_ONE = re.compile(r"(^|_)(id|key|uuid|name|domain|e_?mail|url|link|title|address|description)$")
_PERIODS = ("_month", "_week", "_date")
"""What a time runs by, the first that there is."""


@dataclass(frozen=True)
class Start:
    title: str
    href: str
    description: str = ""


def ready_made(model: str, explore: Explore) -> tuple[Start, ...]:
    """`query:` entries of the explore."""
    found = []
    for one in explore.queries.values():
        request = Request(
            model=model,
            explore=explore.name,
            fields=(*one.dimensions, *one.measures),
            filters={_qualified(each.field, explore): each.expression for each in one.filters},
            pivots=one.pivots,
            sorts=one.sorts,
            limit=one.limit,
            timezone=one.timezone,
        )
        found.append(Start(one.label, address_of(Question(request=request)), one.description or ""))
    return tuple(found)


def _qualified(name: str, explore: Explore) -> str:
    return name if "." in name else f"{explore.alias}.{name}"


def suggested(model: str, explore: Explore, offered: Sequence[ExploreField]) -> tuple[Start, ...]:
    """The first measure of the explore's own view alone, over time, and by values; as far as it has them."""
    own = [field for field in offered if field.name.startswith(f"{explore.alias}.")]
    measure = next((f for f in own if f.kind == "measure"), None) or next(
        (f for f in offered if f.kind == "measure"), None
    )
    if measure is None:
        return ()
    dates = [field for field in own if field.kind == "dimension" and field.is_time]
    texts = [
        f
        for f in own
        if f.kind == "dimension" and f.type == "string" and not f.is_time and not f.is_key and not _is_id(f)
    ]

    def start(title: str, *fields: str) -> Start:
        request = Request(model=model, explore=explore.name, fields=(*fields, measure.name))
        return Start(title, address_of(Question(request=request)))

    found = [start(measure.label)]
    when = next((f for period in _PERIODS for f in dates if f.name.endswith(period)), None)
    if when:
        found.append(start(f"{measure.label} by {when.label}", when.name))
    found += [start(f"{measure.label} by {one.label}", one.name) for one in texts[:_BY_VALUE]]
    return tuple(found)


def _is_id(field: ExploreField) -> bool:
    """Whether nearly every row has a value of its own: nothing to tell groups apart by."""
    alias, _, name = field.name.partition(".")
    return name in (alias, alias.removesuffix("s")) or _OF_ONE.search(name) is not None
