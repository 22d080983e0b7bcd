"""A question ↔ the address of its page, in the parameters of a shared explore of Looker: `fields`,
`f[view.field]`, `pivots`, `sorts`, `limit`, `total`, `dynamic_fields`, `vis` …, so that links kept from there
go on working with another host in front.

What cannot be read is told and left out; the rest of the address still counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from mainstem.query.request import CustomDimension, CustomMeasure, DynamicField, Request, TableCalculation
from mainstem.semantics.dynamic import shortcut_expression
from mainstem.web.explore.question import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.web.explore.custom import Draft

_FILTER = re.compile(r"f\[(?P<field>[^\]]+)\]")
_ON = frozenset(("on", "true", "yes", "1", "right"))
_LISTS = ("fields", "pivots", "sorts", "subtotals", "fill_fields", "hidden_fields")
_IGNORED = frozenset(
    ("filter_config", "origin", "origin_space", "qid", "toggle", "share", "show", "run", "dynamic_fields_ui")
)
"""What Looker's own pages keep beside the question."""
_NAMED = {"table_calculation": TableCalculation, "measure": CustomMeasure, "dimension": CustomDimension}


def explore_path(model: str, explore: str) -> str:
    """Where an explore is asked."""
    return f"/explore/{quote(model, safe='')}/{quote(explore, safe='')}"


def address_of(question: Question) -> str:
    """Path and query; the same for the same question, without what is as by default."""
    asked = question.request
    pairs: list[tuple[str, str]] = []
    lists = {
        "fields": asked.fields,
        "pivots": asked.pivots,
        "sorts": asked.sorts,
        "subtotals": asked.subtotals,
        "fill_fields": asked.fill_fields,
        "hidden_fields": question.hidden_fields,
    }
    pairs += ((name, ",".join(values)) for name, values in lists.items() if values)
    pairs += ((f"f[{field}]", expression) for field, expression in asked.filters.items())
    if asked.filter_expression:
        pairs.append(("filter_expression", asked.filter_expression))
    pairs += (
        (name, str(number))
        for name, number in (("limit", asked.limit), ("column_limit", asked.column_limit))
        if number is not None
    )
    if asked.totals:
        pairs.append(("total", "on"))
    if asked.row_totals:
        pairs.append(("row_total", "right"))
    if asked.dynamic_fields:
        pairs.append(("dynamic_fields", _json([written_field(one) for one in asked.dynamic_fields])))
    if asked.timezone:
        pairs.append(("query_timezone", asked.timezone))
    vis = {**({"type": question.visualization} if question.visualization else {}), **question.vis}
    if vis:
        pairs.append(("vis", _json(vis)))
    path = explore_path(asked.model, asked.explore)
    return f"{path}?{urlencode(pairs, quote_via=quote, safe='[],.:/')}" if pairs else path


def address_with(question: Question, draft: Draft | None) -> str:
    """The same, with a field that is being written beside the question."""
    address = address_of(question)
    if draft is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(draft.parameters(), quote_via=quote)}"


def read_question(
    model: str, explore: str, query: Iterable[tuple[str, str]]
) -> tuple[Question, tuple[str, ...]]:
    """The question of an address, and what of it could not be read, a sentence each."""
    reading = _Reading()
    for name, value in query:
        reading.take(name, value)
    vis = reading.vis
    return (
        Question(
            request=Request(
                model=model,
                explore=explore,
                fields=reading.lists.get("fields", ()),
                filters=reading.filters,
                filter_expression=reading.texts.get("filter_expression") or None,
                pivots=reading.lists.get("pivots", ()),
                sorts=reading.lists.get("sorts", ()),
                limit=reading.numbers.get("limit"),
                column_limit=reading.numbers.get("column_limit"),
                totals="total" in reading.switches,
                row_totals="row_total" in reading.switches,
                subtotals=reading.lists.get("subtotals", ()),
                fill_fields=reading.lists.get("fill_fields", ()),
                dynamic_fields=tuple(reading.dynamic),
                timezone=reading.texts.get("query_timezone") or None,
            ),
            visualization=str(vis.pop("type", "")),
            vis=vis,
            hidden_fields=reading.lists.get("hidden_fields", ()),
        ),
        tuple(reading.problems),
    )


class _Reading:
    def __init__(self) -> None:
        self.lists: dict[str, tuple[str, ...]] = {}
        self.filters: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.numbers: dict[str, int] = {}
        self.switches: set[str] = set()
        self.dynamic: list[DynamicField] = []
        self.vis: dict[str, Any] = {}
        self.problems: list[str] = []

    def take(self, name: str, value: str) -> None:
        if name in _LISTS:
            self.lists[name] = tuple(dict.fromkeys(one.strip() for one in value.split(",") if one.strip()))
        elif found := _FILTER.fullmatch(name):
            self.filters[found["field"]] = value
        elif name in ("filter_expression", "query_timezone"):
            self.texts[name] = value.strip()
        elif name in ("limit", "column_limit"):
            self._number(name, value)
        elif name in ("total", "row_total"):
            if value.lower() in _ON:
                self.switches.add(name)
        elif name == "dynamic_fields":
            self._dynamic(value)
        elif name == "vis":
            self._vis(value)
        elif name not in _IGNORED:
            self.problems.append(f"“{name}” in the address is no part of a question and was left out.")

    def _number(self, name: str, value: str) -> None:
        if not value.strip():  # a field of the form that nobody filled in
            return
        try:
            number = int(value)
        except ValueError:
            self.problems.append(f"{name}={value} in the address is no whole number and was left out.")
            return
        if number < -1 or number == 0:
            self.problems.append(f"{name}={value} in the address must be 1 or more, or -1 for all.")
            return
        self.numbers[name] = number

    def _dynamic(self, value: str) -> None:
        try:
            given = msgspec.json.decode(value or "[]", type=list[dict[str, Any]])
        except msgspec.DecodeError as e:
            self.problems.append(f"dynamic_fields in the address could not be read: {e}.")
            return
        for one in given:
            try:
                self.dynamic.append(_dynamic_field(one))
            except (msgspec.ValidationError, ValueError) as e:
                self.problems.append(f"A field of dynamic_fields in the address was left out: {e}.")

    def _vis(self, value: str) -> None:
        try:
            self.vis = msgspec.json.decode(value or "{}", type=dict[str, Any])
        except msgspec.DecodeError as e:
            self.problems.append(f"vis in the address could not be read: {e}.")


def _dynamic_field(given: dict[str, Any]) -> DynamicField:
    """As Looker writes it: the key that names the kind holds the name."""
    kind = next((one for one in _NAMED if isinstance(given.get(one), str)), None)
    if kind is None:
        raise ValueError(f"it has none of {', '.join(_NAMED)}")
    struct = _NAMED[kind]
    if not given.get("expression") and isinstance(given.get("calculation_type"), str):
        meant = shortcut_expression(given["calculation_type"], given.get("args") or ())
        if meant is None and kind != "measure":
            raise ValueError(f"its calculation_type {given['calculation_type']} is not known here")
        given = {**given, "expression": meant}
    known = {"name": given[kind]} | {
        field: given[field]
        for field in struct.__struct_fields__
        if field != "name" and given.get(field) is not None
    }
    read: DynamicField = msgspec.convert(known | {"category": kind}, DynamicField)
    return read


def written_field(field: DynamicField) -> dict[str, Any]:
    """Looker's way to write what `_dynamic_field` reads."""
    plain: dict[str, Any] = msgspec.to_builtins(field)
    return {plain["category"]: plain.pop("name"), **plain}


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
