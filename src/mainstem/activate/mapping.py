"""A row of the source as it is wanted in the destination. Pure: `suits` says once whether an activation suits
an object, `wanted` maps each row.

A blank value goes with its reason, never as 0. A row that cannot be mapped is a fault of its own and stops no
other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from mainstem.activate.contract import Op, Parent
from mainstem.activate.shapes import Field, Kind, Shape, Unfitting, Value, fitted
from mainstem.manifest import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.activate.contract import Powers
    from mainstem.activate.definition import Activation, Companion, Mapped

_MOMENT = Field(name="", kind=Kind.MOMENT)
_NUMBERS = (Kind.INTEGER, Kind.NUMBER)


class Group(msgspec.Struct, frozen=True):
    """A value with the day it is of and, where it is blank, why; written or left together."""

    value: Value
    as_of: str = ""
    """A moment; a day counts until it has ended. Empty where the value has none (a constant)."""
    companions: Mapping[str, Value] = {}
    """The fields beside it that hold its day and its reason, and what they are to hold."""
    day_field: str = ""
    """Which of them holds the day."""


class Wanted(msgspec.Struct, frozen=True):
    """What a row wants its record to be."""

    key: str
    groups: Mapping[str, Group]
    parents: Mapping[str, Parent] = {}

    @property
    def digest(self) -> bytes:
        """The same as long as values, reasons and parents are the same, however their day moves on."""
        held = {
            field: [group.value, {k: v for k, v in group.companions.items() if k != group.day_field}]
            for field, group in self.groups.items()
        }
        return sha256(msgspec.json.encode([held, self.parents], order="sorted")).digest()

    @property
    def as_of(self) -> str:
        """The oldest moment of its values: what is written is at least as new."""
        return min((group.as_of for group in self.groups.values() if group.as_of), default="")


class Fault(msgspec.Struct, frozen=True):
    """A row that cannot be sent, and why."""

    key: str
    column: str
    why: str


def suits(activation: Activation, shape: Shape, powers: Powers) -> Iterator[Problem]:
    """What of the activation the object, or who we are, does not allow."""
    if activation.match.to:
        yield from _match_suits(activation, shape)
    elif powers.has_key:
        yield Problem(("match", "to"), "is missing", f"a field of {shape.name}")
    for number, mapped in enumerate(activation.fields):
        path = ("fields", number)
        yield from _writable(mapped.to, shape, activation, (*path, "to"))
        yield from _companions_suit(mapped, shape, activation, path)
    for number, relation in enumerate(activation.relations):
        yield from _writable(relation.to, shape, activation, ("relations", number, "to"))
        field = shape.fields.get(relation.to)
        if field and field.kind is not Kind.REFERENCE:
            yield Problem(("relations", number, "to"), f"{relation.to} refers to no record")
        elif field and not relation.object and len(field.refers_to) != 1:
            valid = " or ".join(field.refers_to)
            yield Problem(("relations", number, "object"), "is needed: it may refer to several", valid)
    flag = activation.guards.hands_off
    if flag and (flag not in shape.fields or shape.fields[flag].kind is not Kind.BOOLEAN):
        yield Problem(("guards", "hands_off"), f"{flag} is no field of {shape.name} that is true or false")
    yield from _mode_suits(activation, shape, powers)


def wanted(row: Mapping[str, object], activation: Activation, shape: Shape) -> Wanted | Fault:
    """`row` by column. The shape suits the activation."""
    key, column = "", activation.match.column
    try:
        found = fitted(row[column], key_field(activation, shape))
        if found in (None, ""):
            return Fault("", column, "is blank, and the record is found by it")
        key = str(found)
        groups: dict[str, Group] = {}
        for mapped in activation.fields:
            column = mapped.column
            made = _group(row, mapped, activation, shape)
            if isinstance(made, str):
                return Fault(key, column, made)
            groups[mapped.to] = made
        parents: dict[str, Parent] = {}
        for relation in activation.relations:
            column = relation.column
            if row[column] not in (None, ""):
                object_ = relation.object or shape.fields[relation.to].refers_to[0]
                parents[relation.to] = Parent(object_, relation.by, str(fitted(row[column], Field(name=""))))
        return Wanted(key, _shared(groups), parents)
    except Unfitting as e:
        return Fault(key, column, str(e))


def _shared(groups: Mapping[str, Group]) -> Mapping[str, Group]:
    """Of a day that several values share, the oldest; of a reason, all of them, each once."""
    days: dict[str, str] = {}
    reasons: dict[str, list[str]] = {}
    for group in groups.values():
        for field, value in group.companions.items():
            if field == group.day_field:
                if value is not None:
                    days[field] = min(days.get(field, str(value)), str(value))
            else:
                said = reasons.setdefault(field, [])
                said += [str(value)] if value is not None and str(value) not in said else []
    merged: dict[str, Value] = {**days, **{field: "; ".join(said) or None for field, said in reasons.items()}}
    return {
        field: msgspec.structs.replace(
            group, companions={name: merged.get(name) for name in group.companions}
        )
        for field, group in groups.items()
    }


def key_field(activation: Activation, shape: Shape) -> Field:
    """The field that records are matched by; of messages one that nobody sees."""
    return shape.fields[activation.match.to] if activation.match.to else Field(name="")


def missing_columns(activation: Activation, columns: Mapping[str, object]) -> Iterator[str]:
    """A line for each column that the source does not have."""
    for column in activation.columns():
        if column not in columns:
            near = get_close_matches(column, list(columns), 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(columns)}"
            yield f"{activation.source.named} has no column {column!r}{hint}"


def _group(row: Mapping[str, object], mapped: Mapped, activation: Activation, shape: Shape) -> Group | str:
    if not mapped.column:
        return Group(fitted(mapped.value, shape.fields[mapped.to]))
    given = row[mapped.column]
    value = None if given == "" else fitted(given, shape.fields[mapped.to])
    if value is None and mapped.required:
        return "is blank, and the activation requires it"
    day, blank = activation.as_of_of(mapped), activation.blank_of(mapped)
    companions: dict[str, Value] = {}
    as_of = ""
    if day is not None:
        told = row[day.column]
        if told is None and value is not None:
            return f"has a value, and {day.column}, the day it is of, is blank"
        as_of = "" if told is None else _ends(told)
        if day.to:
            companions[day.to] = fitted(told, shape.fields[day.to])
    if blank is not None:
        reason = row[blank.column] if value is None else None
        if value is None and reason in (None, ""):
            return f"is blank, and {blank.column} does not say why"
        if blank.to:
            companions[blank.to] = fitted(reason, shape.fields[blank.to])
    elif value is None and shape.fields[mapped.to].kind in _NUMBERS:
        return "is blank, and no column says why: blank: { column: …, to: … }"
    return Group(value, as_of, companions, day.to if day else "")


def _ends(told: object) -> str:
    """The moment until which a value counts: of a day its end, so that who edits on that day comes before."""
    if isinstance(told, str) and len(told) == len("2026-11-23"):
        told = date.fromisoformat(told)
    if isinstance(told, date) and not isinstance(told, datetime):
        told = datetime.combine(told + timedelta(days=1), time())
    return str(fitted(told, _MOMENT))


def _match_suits(activation: Activation, shape: Shape) -> Iterator[Problem]:
    match = activation.match
    field = shape.fields.get(match.to)
    if field is None:
        yield _unknown(match.to, shape, ("match", "to"))
    elif activation.match_policy == "create" and not field.is_key:
        keys = ", ".join(name for name, one in shape.fields.items() if one.is_key) or "none has been made"
        yield Problem(
            ("match", "to"),
            f"records made by {match.to}, which may stand twice, could be made twice",
            f"a unique external id of {shape.name}: {keys}",
        )


def _companions_suit(
    mapped: Mapped, shape: Shape, activation: Activation, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    own: tuple[tuple[str, Companion | None], ...] = (("as_of", mapped.as_of), ("blank", mapped.blank))
    whole: tuple[tuple[str, Companion | None], ...] = (
        ("as_of", activation.as_of),
        ("blank", activation.blank),
    )
    for (name, one), (_, other) in zip(own, whole, strict=True):
        companion, where = (one, (*path, name, "to")) if one else (other, (name, "to"))
        if companion and companion.to:
            yield from _writable(companion.to, shape, activation, where)
    day = activation.as_of_of(mapped)
    if mapped.column and day and not day.to:
        yield Problem(
            (*path, "as_of"), f"{mapped.to} is written without a field that says when it was true", "to: …"
        )


def _writable(
    name: str, shape: Shape, activation: Activation, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    field = shape.fields.get(name)
    if field is None:
        yield _unknown(name, shape, path)
    elif activation.mode != "insert" and not field.can_update:
        yield Problem(path, f"who we are may not change {name} of {shape.name}", "a field that may be edited")
    elif activation.match_policy == "create" and not field.can_create:
        yield Problem(
            path, f"who we are may not fill {name} of {shape.name} in", "a field that may be edited"
        )


def _mode_suits(activation: Activation, shape: Shape, powers: Powers) -> Iterator[Problem]:
    creates = activation.match_policy == "create"
    if activation.mode != "insert" and powers.has_key and not shape.can_update:
        yield Problem(("mode",), f"who we are may not change records of {shape.name}")
    if creates and not (shape.can_create and Op.CREATE in powers.ops):
        yield Problem(("match_policy",), f"who we are may not make records of {shape.name}", "update_only")
    if activation.mode == "mirror" and not (shape.can_delete and Op.DELETE in powers.ops):
        yield Problem(("mode",), f"who we are may not delete records of {shape.name}", "upsert")
    if creates and activation.match.to:
        given = {*activation.targets(), activation.match.to}
        for name, field in shape.fields.items():
            if field.is_needed and name not in given:
                yield Problem(("fields",), f"a new {shape.name} needs {name}, which nothing fills in")


def _unknown(name: str, shape: Shape, path: tuple[str | int, ...]) -> Problem:
    near = get_close_matches(name, list(shape.fields), 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Problem(path, f"{shape.name} has no field {name!r}, or it may not be seen{hint}")
