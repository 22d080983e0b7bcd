"""Cross-filters: what was picked in one tile, asked of the others too.

In the address each is `cross[view.field]=expression`, once for every value that was picked, and
`cross_by[view.field]=tile`, the tile it was picked in. That tile is not filtered by it: it shows what else
could be picked. Only dimensions that this tile shows can be picked, whatever an address says: a dashboard
lets nobody look at fields that are not on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import FilterError, QueryError
from mainstem.filters import Grammar, describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.query.explorer import Explorer
    from mainstem.query.request import Request
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import ViewField

_NAMED = re.compile(r"cross(?P<by>_by)?\[(?P<field>[^\]]+)\]")
_TIMEFRAMES = ("raw", "time", "date", "week", "month", "quarter", "year", "hour")
_MOST_VALUES = 50
"""Values of one field; more of an address are left out."""


@dataclass(frozen=True)
class Cross:
    field: str
    """`view.field`"""
    values: tuple[str, ...]
    """Filter expressions, of which one must hold."""
    tile: str
    """The element's name."""

    @property
    def expression(self) -> str:
        return ",".join(self.values)


def read_crosses(query: Iterable[tuple[str, str]]) -> tuple[Cross, ...]:
    """In the order of the address; what names no tile is left out."""
    values: dict[str, list[str]] = {}
    tiles: dict[str, str] = {}
    for name, value in query:
        found = _NAMED.fullmatch(name)
        if found is None or not value.strip():
            continue
        if found["by"]:
            tiles[found["field"]] = value
        else:
            values.setdefault(found["field"], []).append(value)
    return tuple(
        Cross(field, tuple(dict.fromkeys(given))[:_MOST_VALUES], tiles[field])
        for field, given in values.items()
        if field in tiles
    )


def cross_pairs(crosses: Iterable[Cross]) -> list[tuple[str, str]]:
    """As they stand in an address."""
    return [
        pair
        for one in crosses
        for pair in (
            *((f"cross[{one.field}]", value) for value in one.values),
            (f"cross_by[{one.field}]", one.tile),
        )
    ]


def without_crosses(query: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What of an address is about other things."""
    return [(name, value) for name, value in query if not _NAMED.fullmatch(name)]


class Crossing:
    """The cross-filters of one look at a dashboard, and what they mean to each tile."""

    def __init__(self, explorer: Explorer, dashboard: Dashboard, crosses: Iterable[Cross]) -> None:
        self._explorer = explorer
        self._dashboard = dashboard
        self._fields: dict[tuple[str, str], Mapping[str, ViewField]] = {}
        self._elements = {element.name: element for element in dashboard.elements if element.asks}
        given = tuple(crosses)
        self.crosses = tuple(one for one in given if self._is_shown(one))
        self.left_out = tuple(one for one in given if one not in self.crosses)
        """Those that are of no tile, or of no dimension it shows."""

    def by(self, element: Element) -> dict[str, tuple[str, ...]]:
        """What was picked in this tile: `view.field` → expressions."""
        return {one.field: one.values for one in self.crosses if one.tile == element.name}

    def on(self, element: Element) -> dict[str, str]:
        """What it is filtered by: its own `view.field` → expression."""
        found: dict[str, str] = {}
        for one in self.crosses:
            field = self._target(one, element)
            if field:
                found[field] = one.expression
        return found

    def on_merged(self, element: Element) -> tuple[dict[str, str], ...]:
        """The same of each query that is merged to its own."""
        followed = [one for one in self.crosses if self._target(one, element)]
        return tuple(
            {self._target(one, query.element): one.expression for one in followed} for query in element.merged
        )

    def passed_by(self, element: Element) -> tuple[Cross, ...]:
        """Those that it cannot follow: its explore has no such field."""
        others = (one for one in self.crosses if one.tile != element.name)
        return tuple(one for one in others if not self._target(one, element))

    def concerning(self, element: Element) -> tuple[Cross, ...]:
        """Those that its answer, or how it is shown, depends on."""
        return tuple(one for one in self.crosses if one.tile == element.name or self._target(one, element))

    def spoken(self, one: Cross) -> tuple[str, str]:
        """The field's label, and what is picked of it in words."""
        element = self._elements[one.tile]
        field = self._of(element).get(one.field)
        label = one.field.rpartition(".")[2].replace("_", " ").capitalize()
        grammar = Grammar.STRING
        try:
            facts = self._explorer.describe_field(element.model, element.explore, one.field)
            label = facts.label
            grammar = _grammar(facts.type)
        except QueryError:
            grammar = _grammar(str(getattr(field, "type", "")))
        try:
            said = describe(grammar, one.expression)
        except FilterError:
            said = f"is {one.expression}"
        return label, said

    def _is_shown(self, one: Cross) -> bool:
        element = self._elements.get(one.tile)
        return element is not None and one.field in element.fields

    def _target(self, one: Cross, element: Element) -> str:
        """The field of `element` that the cross-filter is about; empty where there is none. The same field,
        else the one that hears the same filter of the dashboard. A tile of merged queries follows where each
        of them can: else its numbers would be of different rows."""
        if not element.asks or one.tile == element.name:
            return ""
        if not all(self._target(one, query.element) for query in element.merged):
            return ""
        source = self._elements[one.tile]
        if source.model == element.model and one.field in self._of(element):
            return one.field
        for name, heard in source.listen.items():
            if _group(heard) == _group(one.field) and name in element.listen:
                return element.listen[name]
        return ""

    def _of(self, element: Element) -> Mapping[str, ViewField]:
        key = element.model, element.explore
        if key not in self._fields:
            try:
                self._fields[key] = self._explorer.fields(*key)
            except (QueryError, KeyError):
                self._fields[key] = {}  # the tile itself says what is wrong with its explore
        return self._fields[key]


def crossed(request: Request, on: Mapping[str, str]) -> Request:
    """The same question of what `on` lets through, beside its own filters."""
    filters, both = dict(request.filters), []
    for field, expression in on.items():
        if not filters.get(field):
            filters[field] = expression
        elif filters[field] != expression:
            both.append(f'matches_filter(${{{field}}}, "{_quoted(expression)}")')
    if both and request.filter_expression:
        both.insert(0, f"({request.filter_expression})")
    return msgspec.structs.replace(
        request, filters=filters, filter_expression=" AND ".join(both) or request.filter_expression
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _group(field: str) -> str:
    """Without the timeframe at its end, if there is one: a week is picked for those that hear of days."""
    head, _, last = field.rpartition("_")
    return head if head and last in _TIMEFRAMES else field


def _grammar(kind: str) -> Grammar:
    if kind.startswith("date") or kind == "time":
        return Grammar.DATE
    return {"number": Grammar.NUMBER, "yesno": Grammar.YESNO}.get(kind, Grammar.STRING)
