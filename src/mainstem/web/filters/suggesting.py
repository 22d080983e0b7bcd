"""Values that a filter can take: those that LookML lists, else those of the data.

Asked through the explorer like any other question, so that nobody is offered what a tile would not show
them: access filters, grants and standing filters hold (LookML's `full_suggestions` is always on).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import QueryError
from mainstem.filters import exact_text
from mainstem.query.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.model import ViewField


class Suggestion(NamedTuple):
    label: str
    value: str
    expression: str


class Suggested(NamedTuple):
    found: tuple[Suggestion, ...]
    more: bool
    """Whether there are further ones, that a longer search would find."""


NULL = Suggestion("(null)", "", "NULL")


def suggested(
    explorer: Explorer,
    model: str,
    explore: str,
    name: str,
    field: ViewField,
    *,
    listed: tuple[str, ...],
    words: str,
    heard: Mapping[str, str],
    limit: int,
) -> Suggested:
    """`words` narrow to values that hold them, in any case of letters; `heard` are other filters by
    `view.field`. Raises what asking raises."""
    if listed:
        return _of([value for value in listed if words.casefold() in value.casefold()], limit)
    model, explore, name = _where(model, explore, name, field)
    filters = {
        key: value for key, value in heard.items() if key != name and _knows(explorer, model, explore, key)
    }
    query = Request(model=model, explore=explore, fields=(name,), filters=filters, sorts=(name,), limit=limit)
    result = explorer.run(query)
    values = [row[0] for row in result.rows]
    if words and result.limit_reached:  # what was not fetched is searched where it is
        condition = f'contains(lower(${{{name}}}), "{_literal(words.lower())}")'
        result = explorer.run(
            Request(
                model=model,
                explore=explore,
                fields=(name,),
                filters=filters,
                filter_expression=condition,
                sorts=(name,),
                limit=limit,
            )
        )
        values = [row[0] for row in result.rows]
    texts = [str(value) for value in values if value is not None]
    kept = [value for value in texts if words.casefold() in value.casefold()]
    found = _of(kept, limit)
    nulls = (NULL,) if None in values and not words else ()
    return Suggested((*found.found, *nulls), result.limit_reached)


def _of(values: list[str], limit: int) -> Suggested:
    made = tuple(Suggestion(value or "(blank)", value, exact_text(value)) for value in values[:limit])
    return Suggested(made, len(values) > limit)


def _where(model: str, explore: str, name: str, field: ViewField) -> tuple[str, str, str]:
    """Where `suggest_explore` and `suggest_dimension` say the values are."""
    dimension = field.suggest_dimension
    if dimension is None:
        return model, explore, name
    alias = name.partition(".")[0]
    return model, field.suggest_explore or explore, dimension if "." in dimension else f"{alias}.{dimension}"


def _knows(explorer: Explorer, model: str, explore: str, name: str) -> bool:
    try:
        explorer.field(model, explore, name)
    except QueryError:
        return False
    return True


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
