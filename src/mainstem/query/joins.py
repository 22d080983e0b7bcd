"""Pass 3, views → joins: which joins are needed, in which order, and whose rows they repeat.

A join is made only when something reads its view, or a view it is joined through. Following a join from
one side to a side with many repeats the rows one came from: a sum over those would count twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.plan import Expanded, Expression, Joined, JoinStep
from mainstem.semantics.model import JoinType, Relationship

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.model import Explore, Join

_MANY_JOINED = frozenset({Relationship.ONE_TO_MANY, Relationship.MANY_TO_MANY})
_MANY_BEFORE = frozenset({Relationship.MANY_TO_ONE, Relationship.MANY_TO_MANY})


def join(explore: Explore, expanded: Expanded) -> Joined:
    needed = _needed(explore, expanded)
    joins = _in_order([explore.joins[alias] for alias in explore.joins if alias in needed], explore, expanded)
    aliases = [explore.alias, *(j.name for j in joins)]
    links = [(other, j) for j in joins for other in _linked(explore, j.name, expanded)]
    return Joined(
        base=explore.alias,
        base_table=expanded.tables[explore.alias],
        steps=tuple(_step(join, expanded) for join in joins if join.sql != ""),
        fanned_out={alias: join for alias in aliases if (join := _repeating(alias, links)) is not None},
        ones={alias: _ones(alias, links) for alias in aliases},
        optional=_optional(explore, joins),
        unnumbered=frozenset(j.name for j in joins if j.sql is not None),
        where=tuple(expanded.join_where[one.name].sql for one in joins if one.name in expanded.join_where),
    )


def _needed(explore: Explore, expanded: Expanded) -> set[str]:
    """Aliases read by anything, with those their joins go through."""
    waiting = {alias for one in _read(expanded) for alias in one} | set(explore.always_join)
    needed: set[str] = set()
    while waiting:
        alias = waiting.pop()
        if alias not in needed:
            needed.add(alias)
            waiting |= set(_linked(explore, alias, expanded))
            if alias in explore.joins:
                waiting |= set(explore.joins[alias].required_joins)
            if alias in expanded.join_where:
                waiting |= set(expanded.join_where[alias].aliases)
    return needed


def _read(expanded: Expanded) -> Iterator[tuple[str, ...]]:
    yield from (one.aliases for one in expanded.dimensions.values())
    yield from (one.aliases for one in expanded.measures.values())
    yield from (one.aliases for one in expanded.inputs)
    if expanded.always_where is not None:
        yield expanded.always_where.aliases


def _linked(explore: Explore, alias: str, expanded: Expanded) -> tuple[str, ...]:
    """The views a join's condition ties it to; the base when it names none."""
    if alias == explore.alias:
        return ()
    on = _clause(alias, expanded)
    others = tuple(other for other in on.aliases if other != alias) if on else ()
    return others or (explore.alias,)


def _clause(alias: str, expanded: Expanded) -> Expression | None:
    return expanded.on.get(alias) or expanded.raw_joins.get(alias)


def _in_order(joins: list[Join], explore: Explore, expanded: Expanded) -> list[Join]:
    """As written, but never before a view that the condition reads or that must be there first."""
    placed: dict[str, Join | None] = {explore.alias: None}
    left = list(joins)
    while left:
        ready = next((j for j in left if _before(j, explore, expanded) <= placed.keys()), left[0])
        placed[ready.name] = ready
        left.remove(ready)
    return [j for j in placed.values() if j is not None]


def _before(join: Join, explore: Explore, expanded: Expanded) -> set[str]:
    return {*_linked(explore, join.name, expanded), *join.required_joins}


def _step(join: Join, expanded: Expanded) -> JoinStep:
    raw = expanded.raw_joins.get(join.name)
    on = expanded.on.get(join.name)
    return JoinStep(
        alias=join.name,
        table=expanded.tables.get(join.name, join.view),
        type=join.type,
        on=on.sql if on else None,
        raw=raw.sql if raw else None,
    )


def _repeating(start: str, links: list[tuple[str, Join]]) -> Join | None:
    """The first join, walking outwards from a view, that has many rows for one of that view."""
    for _, join, many in _walk(start, links):
        if many:
            return join
    return None


def _ones(start: str, links: list[tuple[str, Join]]) -> frozenset[str]:
    """The views of which a row of this one has one row at most."""
    return frozenset(alias for alias, _, many in _walk(start, links) if not many)


def _walk(start: str, links: list[tuple[str, Join]]) -> Iterator[tuple[str, Join, bool]]:
    """Outwards from a view: the next one, the join to it, and whether that has many of its rows for one.
    Nothing lies beyond a join that has."""
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop(0)
        for other, join in links:
            there = join.name if other == here else other if join.name == here else None
            if there is None or there in reached:
                continue
            many = join.relationship in (_MANY_JOINED if there == join.name else _MANY_BEFORE)
            yield there, join, many
            if not many:
                reached.add(there)
                waiting.append(there)


def _optional(explore: Explore, joins: list[Join]) -> frozenset[str]:
    """Joined views may have no row for a row of the explore; a full join turns that around as well. What is
    joined through such a view may be missing with it, and of a raw clause nothing is known."""
    optional = {j.name for j in joins if j.type in (JoinType.LEFT_OUTER, JoinType.FULL_OUTER) or j.sql}
    if any(j.type is JoinType.FULL_OUTER or j.sql for j in joins):
        optional |= {explore.alias, *(j.name for j in joins)}
    return frozenset(optional)
