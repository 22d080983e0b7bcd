"""An activation as people write it: which rows of which model become which fields of which records, and what
may be done to them. `files` reads it; `sound` says what is wrong with it before any service is asked.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mainstem.manifest import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Mode: TypeAlias = Literal["update", "insert", "upsert", "mirror"]
MatchPolicy: TypeAlias = Literal["update_only", "create"]
WritePolicy: TypeAlias = Literal["overwrite", "fill_empty"]
NullPolicy: TypeAlias = Literal["keep", "write"]
EditPolicy: TypeAlias = Literal["newer_wins", "ours"]
LeavePolicy: TypeAlias = Literal["keep", "clear"]
Approval: TypeAlias = Literal["none", "person"]
LookAt: TypeAlias = Literal["changed", "all"]
Unknown: TypeAlias = Literal["hold", "send_again"]

_Share = Annotated[float, Meta(ge=0, le=1, description="a share from 0 to 1")]
_Count = Annotated[int, Meta(ge=0, description="a number, 0 or more")]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where rows come from: one of the three."""

    model: str = ""
    """A dbt model, as it is published: `account_360`, or `schema.account_360`."""
    sql: str = ""
    """A SELECT over what is published."""
    cohort: str = ""
    """A cohort by its short name: the columns `id`, `cohort`, `since`, `as_of`."""

    @property
    def named(self) -> str:
        return self.model or (f"cohort {self.cohort}" if self.cohort else "its SQL")


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what a row finds its record."""

    column: str
    to: str = ""
    """The field of the object. Records are created only by one that is unique there. Left out only where
    records have no key: messages, that are sent when a row is new or has changed."""


class Companion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column that goes along with values, and the field it goes to."""

    column: str
    to: str = ""
    """Left out, it is looked at and not written."""


class Mapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value."""

    to: str
    """The field it goes to."""
    column: str = ""
    value: str | int | float | bool | None = None
    """The same for every row, in place of a column."""
    as_of: Companion | None = None
    """When it was true; left out, the activation's."""
    blank: Companion | None = None
    """Why it is blank, where it is; left out, the activation's."""
    required: bool = False
    """A row without it is not sent."""


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reference to another record, by that record's own key."""

    to: str
    """The field that refers: `AccountId`."""
    column: str
    by: str
    """Field of the other object that the column's value is looked up in."""
    object: str = ""
    """The other object; may be left out where the field refers to one only."""


class Guards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan may do without a person who says so by name."""

    least_rows: _Count = 1
    """Rows the source has at least: an empty one is a fault, not a wish to clear everything."""
    most_creates: _Count = 1000
    """Records that are made."""
    most_deletes: _Count = 0
    """Records that are deleted, or cleared because their row has left the source."""
    most_changed: _Share = 0.5
    """Share of the records written before that one plan changes."""
    most_refused: _Share = 0.2
    """Share of the source's rows that cannot be sent."""
    hands_off: str = ""
    """A field of the record, true or false: where it is true nothing is written, whoever set it."""


class Activation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file `activations/NAME.yml`."""

    name: str
    """Of the file."""
    source: Source
    destination: str
    """A `[destinations.NAME]` of the project."""
    object: str
    match: Match
    fields: tuple[Mapped, ...]
    relations: tuple[Relation, ...] = ()
    title: str = ""
    description: str = ""
    owner: str = ""
    mode: Mode = "update"
    """`update` writes to records there are; `insert` makes those there are not; `upsert` both; `mirror` both,
    and deletes records that it made itself when their rows leave the source."""
    match_policy: MatchPolicy = "update_only"
    """`create` says that records may be made; every mode but `update` asks for it."""
    write_policy: WritePolicy = "overwrite"
    """`fill_empty` leaves what somebody else has filled in."""
    null_policy: NullPolicy = "keep"
    """`write` clears a field whose value is blank now; `keep` leaves what it has, with the day it was of."""
    edit_policy: EditPolicy = "newer_wins"
    """A value that is not as we wrote it is left while its record was changed after ours was true. `ours`
    writes over it."""
    leave_policy: LeavePolicy = "keep"
    """Of records whose row has left the source: `clear` empties what we wrote."""
    as_of: Companion | None = None
    blank: Companion | None = None
    look_at: LookAt = "changed"
    """Which records a plan reads: those whose rows have `changed`, or `all`, which also finds values that
    somebody edited while ours stayed the same."""
    refresh_as_of: Annotated[float, Meta(ge=0)] = 604_800.0
    """Seconds after which the day beside a value that stays the same is written anew."""
    guards: Guards = Guards()
    approval: Approval = "none"
    """`person`: what is planned waits until somebody applies it."""
    plan_lifetime: Annotated[float, Meta(gt=0)] = 86_400.0
    """Seconds after which a plan is stale."""
    review_within: Annotated[float, Meta(gt=0)] | None = None
    """Seconds that what is planned may wait for a person before people are told; left out, as `[alerts]`
    says."""
    schedule: str = ""
    """Cron's five fields; left out, whenever the source has been published anew."""
    after: tuple[str, ...] = ()
    """Activations that have to be applied before: parents."""
    on_unknown: Unknown = "hold"
    """Of a message of which nobody knows whether it was sent."""
    sample: Annotated[int, Meta(ge=0, le=1000)] = 20
    """Records that are read back after they were written."""

    def as_of_of(self, mapped: Mapped) -> Companion | None:
        return mapped.as_of or self.as_of

    def blank_of(self, mapped: Mapped) -> Companion | None:
        return mapped.blank or self.blank

    def columns(self) -> tuple[str, ...]:
        """Of the source, each once."""
        return tuple(dict.fromkeys(self._columns()))

    def _columns(self) -> Iterator[str]:
        yield self.match.column
        for mapped in self.fields:
            if mapped.column:
                yield mapped.column
            for companion in (self.as_of_of(mapped), self.blank_of(mapped)):
                if companion:
                    yield companion.column
        yield from (relation.column for relation in self.relations)

    def targets(self) -> tuple[str, ...]:
        """Fields that are written or looked at, each once, without the one matched by."""
        found: list[str] = []
        for mapped in self.fields:
            companions = (self.as_of_of(mapped), self.blank_of(mapped))
            found += [mapped.to, *(one.to for one in companions if one and one.to)]
        found += [relation.to for relation in self.relations]
        found += [self.guards.hands_off] if self.guards.hands_off else []
        return tuple(dict.fromkeys(found))


def digest_of(activation: Activation, place: bytes = b"") -> bytes:
    """The same as long as nothing that decides what is written has changed; `place` stands for where."""
    silent: dict[str, Any] = {"title": "", "description": "", "owner": "", "schedule": "", "after": ()}
    silent["review_within"] = None
    text = msgspec.json.encode(msgspec.structs.replace(activation, **silent), order="sorted")
    return sha256(text + place).digest()


def address_of(activation: Activation, where: bytes = b"") -> bytes:
    """The same as long as the same records are meant by the same keys; `where` stands for the destination."""
    text = msgspec.json.encode([activation.destination, activation.object, activation.match.to])
    return sha256(text + where).digest()


def sound(activation: Activation) -> Iterator[Problem]:
    """What contradicts itself in it."""
    yield from _source(activation)
    yield from _fields(activation)
    if activation.match_policy == "update_only" and activation.mode != "update":
        yield Problem(
            ("mode",),
            f"{activation.mode} makes records, which match_policy: update_only forbids",
            "match_policy: create, or mode: update",
        )
    if activation.mode == "update" and activation.match_policy == "create":
        yield Problem(("match_policy",), "mode: update makes no records", "mode: upsert")
    if activation.mode == "mirror" and not activation.guards.most_deletes:
        yield Problem(
            ("guards", "most_deletes"), "a mirror deletes, and this guard allows no deletion", "a number"
        )


def _source(activation: Activation) -> Iterator[Problem]:
    given = [name for name in ("model", "sql", "cohort") if getattr(activation.source, name)]
    if len(given) != 1:
        said = " and ".join(given) or "none"
        yield Problem(("source",), f"names {said} of model, sql and cohort", "one of them")


def _fields(activation: Activation) -> Iterator[Problem]:
    if not activation.fields:
        yield Problem(("fields",), "is empty", "a list of { column: …, to: … }")
    seen: set[str] = set()
    for number, mapped in enumerate(activation.fields):
        path = ("fields", number)
        if bool(mapped.column) == (mapped.value is not None):
            yield Problem(path, f"{mapped.to}: needs a column or a value, one of them")
        if mapped.column and activation.as_of_of(mapped) is None:
            yield Problem(
                path,
                f"{mapped.to}: nobody would know when it was true",
                "as_of: { column: …, to: … }, here or for the whole activation",
            )
        if mapped.to in seen:
            yield Problem((*path, "to"), f"{mapped.to} is written twice")
        seen.add(mapped.to)
    for number, relation in enumerate(activation.relations):
        if relation.to in seen:
            yield Problem(("relations", number, "to"), f"{relation.to} is written twice")
        seen.add(relation.to)
    companions = {
        one.to
        for mapped in activation.fields
        for one in (activation.as_of_of(mapped), activation.blank_of(mapped))
        if one and one.to
    }
    for name in sorted(companions & seen):
        yield Problem(("fields",), f"{name} is written as a value and as a day or reason of another")
