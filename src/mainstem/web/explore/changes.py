"""What a click changes: a question and a command make another question.

A command is `verb:argument`, the value of the button that was pressed; the form around it holds the question
as it stood. Pure, so that every control works without a script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.request import CustomMeasure, TableCalculation
from mainstem.web.explore.custom import with_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.web.explore.question import Question


def changed(question: Question, command: str) -> Question:
    """Raises ValueError, with the valid verbs, for a command there is not."""
    verb, _, argument = command.partition(":")
    change = _CHANGES.get(verb)
    if change is None:
        raise ValueError(f"“{verb}” changes nothing here; what does: {', '.join(_CHANGES)}")
    return change(question, argument)


def _field(question: Question, name: str) -> Question:
    """Ask for it, or no longer; what hangs on it goes with it."""
    asked = question.request
    if name not in asked.fields:
        return question.with_request(fields=(*asked.fields, name))
    return _without(question, name)


def _without(question: Question, name: str) -> Question:
    asked = question.request
    return question.with_request(
        fields=_less(asked.fields, name),
        pivots=_less(asked.pivots, name),
        subtotals=_less(asked.subtotals, name),
        fill_fields=_less(asked.fill_fields, name),
        sorts=tuple(sort for sort in asked.sorts if sort.split()[0] != name),
    ).with_look(hidden_fields=_less(question.hidden_fields, name))


def _pivot(question: Question, name: str) -> Question:
    asked = question.request
    if name in asked.pivots:
        return question.with_request(pivots=_less(asked.pivots, name))
    fields = asked.fields if name in asked.fields else (*asked.fields, name)
    return question.with_request(fields=fields, pivots=(*asked.pivots, name))


def _filter(question: Question, name: str) -> Question:
    filters = dict(question.request.filters)
    if name in filters:
        del filters[name]
    else:
        filters[name] = ""
    return question.with_request(filters=filters)


def _sort(question: Question, name: str) -> Question:
    """Downwards, upwards, then not at all."""
    sorts = {sort.split()[0]: sort for sort in question.request.sorts}
    if name not in sorts:
        return question.with_request(sorts=(f"{name} desc",))
    if sorts[name].split()[1:2] == ["desc"]:
        return question.with_request(sorts=(name,))
    return question.with_request(sorts=())


def _then(question: Question, name: str) -> Question:
    """The same, after whatever else the answer is sorted by."""
    sorts = question.request.sorts
    mine = next((sort for sort in sorts if sort.split()[0] == name), None)
    if mine is None:
        return question.with_request(sorts=(*sorts, f"{name} desc"))
    if mine.split()[1:2] == ["desc"]:
        return question.with_request(sorts=tuple(name if sort == mine else sort for sort in sorts))
    return question.with_request(sorts=tuple(sort for sort in sorts if sort != mine))


def _order(question: Question, sorts: str) -> Question:
    """By just these, as the address writes them."""
    return question.with_request(sorts=tuple(one.strip() for one in sorts.split(",") if one.strip()))


def _move(by: int) -> Callable[[Question, str], Question]:
    def move(question: Question, name: str) -> Question:
        fields = list(question.request.fields)
        if name not in fields:
            return _moved_calculation(question, name, by)
        place = fields.index(name)
        other = min(max(place + by, 0), len(fields) - 1)
        fields.insert(other, fields.pop(place))
        return question.with_request(fields=tuple(fields))

    return move


def _moved_calculation(question: Question, name: str, by: int) -> Question:
    """Calculations stand after all that is asked of the warehouse, in an order of their own."""
    every = list(question.request.dynamic_fields)
    places = [n for n, one in enumerate(every) if isinstance(one, TableCalculation)]
    place = next((n for n in places if every[n].name == name), None)
    if place is None:
        return question
    at = places.index(place)
    other = places[min(max(at + by, 0), len(places) - 1)]
    every[place], every[other] = every[other], every[place]
    return question.with_request(dynamic_fields=tuple(every))


def _toggled(attribute: str) -> Callable[[Question, str], Question]:
    def toggle(question: Question, name: str) -> Question:
        values: tuple[str, ...] = getattr(question.request, attribute)
        kept = _less(values, name) if name in values else (*values, name)
        return question.with_request(**{attribute: kept})

    return toggle


def _hide(question: Question, name: str) -> Question:
    hidden = question.hidden_fields
    return question.with_look(hidden_fields=_less(hidden, name) if name in hidden else (*hidden, name))


def _drop(question: Question, name: str) -> Question:
    """A custom field, and all that hangs on it: measures made of it too."""
    asked = question.request
    made_of_it = [
        one.name
        for one in asked.dynamic_fields
        if isinstance(one, CustomMeasure) and one.based_on == name and one.name != name
    ]
    for other in made_of_it:
        question = _drop(question, other)
    asked = question.request
    kept = tuple(one for one in asked.dynamic_fields if one.name != name)
    filters = {field: wanted for field, wanted in asked.filters.items() if field != name}
    return _without(question.with_request(dynamic_fields=kept, filters=filters), name)


def _cleared_of(question: Question, names: str) -> Question:
    """Without fields and filters of these names, with commas between."""
    for name in names.split(","):
        filters = {field: wanted for field, wanted in question.request.filters.items() if field != name}
        question = _without(question, name).with_request(filters=filters)
    return question


def _limit(question: Question, number: str) -> Question:
    """Raises ValueError for what is no number of rows."""
    if not number.isdecimal() or int(number) < 1:
        raise ValueError(f"“{number}” is no number of rows: 1 or more")
    return question.with_request(limit=int(number))


def _show(question: Question, kind: str) -> Question:
    """Another visualisation. Settings of the one before stay: most mean the same in the next."""
    return question.with_look(visualization="" if kind == "default" else kind)


def _plain(question: Question, _: str) -> Question:
    """Drawn as it comes, as the same type."""
    return question.with_look(vis={})


def _clear(question: Question, what: str) -> Question:
    if what == "filters":
        return question.with_request(filters={}, filter_expression=None)
    return question.with_request(
        fields=(), pivots=(), sorts=(), subtotals=(), fill_fields=(), dynamic_fields=()
    ).with_look(hidden_fields=())


def _run(question: Question, _: str) -> Question:
    return question


def _less(values: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(value for value in values if value != name)


_CHANGES: Mapping[str, Callable[[Question, str], Question]] = {
    "run": _run,
    "field": _field,
    "pivot": _pivot,
    "filter": _filter,
    "sort": _sort,
    "left": _move(-1),
    "right": _move(1),
    "subtotal": _toggled("subtotals"),
    "fill": _toggled("fill_fields"),
    "hide": _hide,
    "drop": _drop,
    "copy": with_copy,
    "then": _then,
    "order": _order,
    "limit": _limit,
    "without": _cleared_of,
    "show": _show,
    "plain": _plain,
    "clear": _clear,
}
