"""Pass 4, measures → aggregates that are right under these joins.

Where a join repeats a view's rows, a count counts keys; count_distinct, min and max do not mind; what adds
up must take each row once. When all of that is about one view, and the rest can be added up in two steps,
the rows are made one a key in a query inside the query, which is fastest; else each such measure picks
its values out by key within one SELECT. A view without a primary key has its rows numbered.

What people aggregate in SQL of their own is out of reach: it stays as written, and a warning says so where
rows are repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.aggregation import Keys, in_one_select, in_two_steps
from mainstem.query.plan import Aggregate, Aggregated, Expanded, Joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.query.dialects import Dialect


def aggregate(expanded: Expanded, joined: Joined, dialect: Dialect) -> Aggregated:
    """Raises QueryError for what the dialect cannot express."""
    keys = Keys(joined, dialect)
    measures, once = in_two_steps(expanded, keys, dialect) or (in_one_select(expanded, keys, dialect), None)
    return Aggregated(
        measures=measures,
        once=once,
        numbered=frozenset(keys.numbered),
        warnings=tuple(dict.fromkeys(_warnings(expanded, joined))),
    )


def _warnings(expanded: Expanded, joined: Joined) -> Iterator[str]:
    for name, measure in expanded.measures.items():
        for alias in measure.unguarded:
            join = joined.fanned_out.get(alias)
            if join is not None:
                yield (
                    f"{name} aggregates in SQL of its own, and join {join.name} ({join.relationship}) "
                    f"repeats the rows of {alias}: it may count them more than once ({join.origin})"
                )
        for part in measure.parts:
            if not isinstance(part, Aggregate) or part.primary_key is not None:
                continue
            if part.alias in joined.fanned_out and part.alias in joined.unnumbered:
                join = joined.fanned_out[part.alias]
                yield (
                    f"{part.alias} has no primary key and is joined by SQL of its own, while join "
                    f"{join.name} repeats its rows: {name} may count them more than once ({join.origin})"
                )
            elif part.alias in joined.fanned_out:
                yield (
                    f"{part.alias} has no primary key, so its rows are numbered to count each once; a "
                    "dimension with primary_key: yes makes that faster"
                )
