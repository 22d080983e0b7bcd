"""`merged_queries:` of a tile: its first query is the tile's own, the others are joined to it.

What has no place in merged rows (totals, pivots of one of the queries) is left out with a warning; a query
that could not be joined is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.semantics.dashboard import Element, MergedQuery
from mainstem.semantics.dynamic import TableCalculation
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.vocabulary import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping

_OF_THE_QUERY = words(
    "model explore fields filters filter_expression sorts limit column_limit fill_fields dynamic_fields "
    "timezone listen"
)
_WITHOUT_EFFECT = ("pivots", "total", "row_total", "subtotals")


def listens(given: Mapping) -> list[dict[str, str]]:
    """What each query hears: `listen` of a merged tile is a list, a mapping for each."""
    if not given.is_list("listen"):
        return [given.text_by_key("listen")]
    return [{name: one.text(name) or "" for name in one.ordered_keys} for one in given.mappings("listen")]


def read_merged(given: Mapping, tile: Element, queries: Sequence[tuple[Mapping, Element]]) -> Element:
    """`tile` asks nothing yet; `queries` are its queries, in order, with what they were read from."""
    problems = given.problems
    heard = listens(given)
    elements = []
    for number, (one, element) in enumerate(queries):
        for key in _WITHOUT_EFFECT:
            if key in one.keys and one.data(key) not in (None, False, [], ""):
                message = f"{key} of {element.name} has no effect: merged rows are not those of the query"
                problems.warning(one.origin_of(key), message)
        own = element.listen or (heard[number] if number < len(heard) else {})
        lines = (
            element.lines if element.listen else {**element.lines, "listen": tile.origin_of("listen").line}
        )
        elements.append(
            msgspec.structs.replace(
                element, listen=own, lines=lines, pivots=(), subtotals=(), totals=False, row_totals=False
            )
        )
    first = elements[0]
    columns = _columns(first)
    merged = []
    for number, ((one, _), element) in enumerate(zip(queries[1:], elements[1:], strict=True), start=1):
        joins = _joins(one, element, columns)
        merged.append(MergedQuery(element=element, joins=joins))
        columns += merged_names(_columns(element), joins, columns, number)
    calculations = tuple(one for one in tile.dynamic_fields if isinstance(one, TableCalculation))
    for field in tile.dynamic_fields:
        if field not in calculations:
            message = f"element {tile.name}: {field.name} is no table calculation; merged rows take no others"
            problems.error(tile.origin_of("dynamic_fields"), message)
    known = [*columns, *(one.name for one in calculations)]
    _check_known(given, tile, "sorts", [sort.split()[0] for sort in tile.sorts if sort.split()], known)
    _check_known(given, tile, "pivots", tile.pivots, known)
    return msgspec.structs.replace(
        tile,
        **{name: getattr(first, name) for name in _OF_THE_QUERY},
        pivots=(),
        subtotals=(),
        totals=False,
        row_totals=False,
        lines={**tile.lines, **first.lines},
        merged=tuple(merged),
        merged_fields=calculations,
        merged_sorts=tile.sorts,
        merged_pivots=tile.pivots,
    )


def merged_names(
    own: Sequence[str], joins: Sequence[tuple[str, str]], before: Sequence[str], number: int
) -> list[str]:
    """What the columns that a query adds are called: one whose name is taken has `q1_` before it, after the
    number of its query counted from 0."""
    joined = {source for source, _ in joins}
    return [f"q{number}_{name}" if name in before else name for name in own if name not in joined]


def _columns(element: Element) -> list[str]:
    return list(dict.fromkeys((*element.fields, *(one.name for one in element.dynamic_fields))))


def _joins(given: Mapping, element: Element, columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    problems, found = given.problems, []
    for one in given.mappings("join_fields"):
        source, target = one.text("source_field_name"), one.text("field_name")
        if source is None or target is None:
            problems.error(one.origin, f"{element.name}: join_fields need source_field_name and field_name")
            continue
        for key, name, names in (
            ("source_field_name", source, _columns(element)),
            ("field_name", target, columns),
        ):
            if name not in names:
                hint = did_you_mean(name, names)
                message = f"{element.name}: {key} {name} is none of {', '.join(names)}{hint}"
                problems.error(one.origin_of(key), message)
        found.append((source, target))
    if not found:
        message = f"{element.name} names no join_fields: nothing says which of its rows belong to which"
        problems.error(given.origin, message)
    return tuple(found)


def _check_known(given: Mapping, tile: Element, key: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            message = f"element {tile.name}: {key} has {name}, which is no merged column{hint}"
            given.problems.error(tile.origin_of(key), message)
