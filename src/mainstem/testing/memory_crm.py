"""A CRM in memory that outlives every connection to it: objects, records, who wrote what, what goes wrong.

A record that breaks its shape is refused as a service does: needed fields, keys that are taken, parents that
are not there, values that do not fit. Every write that was done is kept in `done`, whoever did it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from mainstem.activate import Op, Refusal, Shape, Trouble, Unfitting, comparable, fitted
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.activate import Batch, Field, Value, Write
    from mainstem.saas import Clock

US = "mainstem"
OTHERS = "somebody"


class Mishap(Enum):
    REFUSED = "refused"
    """Rows are refused, with the trouble that the trip names."""
    LOST_BEFORE = "lost before"
    """Nothing is done, and no answer comes."""
    LOST_AFTER = "lost after"
    """All is done, and no answer comes."""
    LOST_HALFWAY = "lost halfway"
    """The first half is done, and no answer comes."""
    DIES_UNNOTED = "dies unnoted"
    """We die before the batch is noted."""
    DIES_BEFORE = "dies before"
    """We die when it was noted, and nothing is done."""
    DIES_AFTER = "dies after"
    """We die when all is done, and never see the answer."""
    DIES_HALFWAY = "dies halfway"
    QUOTA = "quota"
    """The service allows no call any more; nothing is done."""
    UNAVAILABLE = "unavailable"
    """The service is in trouble, and has done nothing."""
    SHUT_OUT = "shut out"
    """Our credentials are refused."""


@dataclass(frozen=True)
class Trip:
    """What goes wrong with some batches."""

    mishap: Mishap
    trouble: Trouble = Trouble.DATA
    """Of rows that are refused."""
    rows: int | None = None
    """How many rows of the batch are refused, the first; None for all."""
    keys: frozenset[str] = frozenset()
    """Rows that are refused, by key, in place of the first; other batches are none of this trip's."""
    after: int = 0
    """Batches it is about that go well before."""
    times: int = 1
    """Batches it happens to; 0 for all that follow."""

    def strikes(self, write: Write, place: int) -> bool:
        if self.keys:
            return write.key in self.keys
        return self.rows is None or place < self.rows


@dataclass
class Record:
    id: str
    values: dict[str, Value]
    modified_at: datetime
    modified_by: str


@dataclass(frozen=True)
class Done:
    """A write that was done."""

    object: str
    op: Op
    id: str
    values: Mapping[str, Value]
    """What was written; of a record that was deleted, what it had."""
    by: str
    at: datetime
    batch: str = ""
    """Name of our batch; empty of others' writes."""
    key: str = ""


@dataclass
class _Set:
    trip: Trip
    met: int = 0


@dataclass
class MemoryCrm:
    """`shapes` are its objects; each has an `Id` that it gives itself."""

    shapes: Mapping[str, Shape]
    clock: Clock
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    """By object and id."""
    done: list[Done] = field(default_factory=list)
    """In the order in which it was done."""
    batches: list[Batch] = field(default_factory=list)
    """That arrived here, also those of which nothing was done."""
    answers: dict[str, list[tuple[Write, str | Refusal]]] = field(default_factory=dict)
    """What came of each write of a batch, by the batch's name: an id, or why not."""
    _set: list[_Set] = field(default_factory=list)
    _last: datetime | None = None
    _given: int = 0

    def trip(self, mishap: Mishap, trouble: Trouble = Trouble.DATA, **fields: object) -> None:
        """Plan a mishap; fields are those of `Trip`."""
        self._set.append(_Set(Trip(mishap, trouble, **fields)))  # type: ignore[arg-type] # as Trip has them

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._set.clear()

    def meet(self, batch: Batch) -> list[Trip]:
        """What happens to a batch; it counts."""
        found = []
        for one in self._set:
            if one.trip.keys and not any(write.key in one.trip.keys for write in batch.writes):
                continue
            one.met += 1
            turn = one.met - one.trip.after
            if turn > 0 and (not one.trip.times or turn <= one.trip.times):
                found.append(one.trip)
        return found

    def shape(self, name: str) -> Shape:
        if name not in self.shapes:
            raise UsageError(f"there is no object {name!r}; there are {', '.join(sorted(self.shapes))}")
        return self.shapes[name]

    def find(self, name: str, field: str, key: str) -> list[Record]:
        """Records that have this key, as the field compares it."""
        return self.find_all(name, field, [key])[key]

    def find_all(self, name: str, field: str, keys: Iterable[str]) -> dict[str, list[Record]]:
        """Of each key, its records."""
        of = self.shape(name).fields[field]
        held: dict[str, list[Record]] = {}
        for one in self.records.get(name, {}).values():
            if (value := one.values.get(field)) is not None:
                held.setdefault(comparable(str(value), of), []).append(one)
        return {key: held.get(comparable(key, of), []) for key in keys}

    def one(self, name: str, field: str, key: str) -> Record:
        """The one record with this key."""
        (found,) = self.find(name, field, key)
        return found

    def add(self, name: str, values: Mapping[str, Value], *, by: str = OTHERS) -> str:
        """A new record, whatever rules say; its id."""
        self._given += 1
        number = f"{name.lower()}-{self._given:06d}"
        fields = self.shape(name).fields
        held = {one: fitted(value, fields[one]) for one, value in values.items()}
        record = Record(number, {**held, "Id": number}, self._now(), by)
        self.records.setdefault(name, {})[number] = record
        self.done.append(Done(name, Op.CREATE, number, held, by, record.modified_at))
        return number

    def edit(self, name: str, number: str, values: Mapping[str, Value], *, by: str = OTHERS) -> None:
        """As somebody does in a form, whatever rules say."""
        record = self.records[name][number]
        fields = self.shape(name).fields
        held = {one: fitted(value, fields[one]) for one, value in values.items()}
        record.values |= held
        record.modified_at, record.modified_by = self._now(), by
        self.done.append(Done(name, Op.UPDATE, number, held, by, record.modified_at))

    def remove(self, name: str, number: str, *, by: str = OTHERS) -> None:
        record = self.records[name].pop(number)
        self.done.append(Done(name, Op.DELETE, number, dict(record.values), by, self._now()))

    def ours(self, op: Op | None = None) -> list[Done]:
        """Writes of ours that were done."""
        return [one for one in self.done if one.by == US and op in (None, one.op)]

    def write(self, batch: Batch, writes: Iterable[tuple[int, Write]], trips: Iterable[Trip]) -> None:
        """Do these writes of a batch, each by itself, and keep what came of it."""
        answers = self.answers.setdefault(batch.name, [])
        refused = [one for one in trips if one.mishap is Mishap.REFUSED]
        for place, write in writes:
            trip = next((one for one in refused if one.strikes(write, place)), None)
            if trip is not None:
                answers.append(
                    (write, Refusal(trip.trouble, f"PLANNED_{trip.trouble.name}", "it was planned"))
                )
                continue
            answers.append((write, self._written(batch, write)))

    def _written(self, batch: Batch, write: Write) -> str | Refusal:
        shape = self.shape(batch.object)
        if refusal := self._denied(shape, write) or self._unfit(shape, write):
            return refusal
        values = dict(write.values)
        for name, parent in write.parents.items():
            found = self.find(parent.object, parent.by, parent.value)
            if len(found) != 1:
                told = f"{len(found)} records of {parent.object} have {parent.value!r}"
                return Refusal(Trouble.PARENT, "PARENT_NOT_FOUND", told, (name,))
            values[name] = found[0].id
        if refusal := self._taken(shape, batch.match, write):
            return refusal
        if write.op is Op.CREATE:
            if batch.match:
                values.setdefault(batch.match, write.key)
            number = self.add(batch.object, values, by=US)
        elif write.id not in self.records.get(batch.object, {}):
            return Refusal(Trouble.GONE, "NOT_FOUND", "there is no such record")
        elif write.op is Op.DELETE:
            number = write.id
            self.remove(batch.object, number, by=US)
        else:
            number = write.id
            self.edit(batch.object, number, values, by=US)
        self.done[-1] = replace(self.done[-1], batch=batch.name, key=write.key)
        return number

    def _denied(self, shape: Shape, write: Write) -> Refusal | None:
        allowed = {Op.CREATE: shape.can_create, Op.UPDATE: shape.can_update, Op.DELETE: shape.can_delete}
        if not allowed[write.op]:
            return Refusal(Trouble.RIGHTS, "NOT_ALLOWED", f"you may not {write.op.value} {shape.name}")
        for name in (*write.values, *write.parents):
            of = shape.fields.get(name)
            if of is None:
                return Refusal(Trouble.DATA, "NO_FIELD", f"there is no field {name}", (name,))
            if not (of.can_create if write.op is Op.CREATE else of.can_update):
                return Refusal(Trouble.RIGHTS, "READ_ONLY", f"you may not write {name}", (name,))
        return None

    def _unfit(self, shape: Shape, write: Write) -> Refusal | None:
        for name, value in write.values.items():
            try:
                fits = fitted(value, shape.fields[name]) == value
            except Unfitting as e:
                return Refusal(Trouble.DATA, "UNFITTING", str(e), (name,))
            if not fits:
                return Refusal(Trouble.DATA, "UNFITTING", f"{name} is not in the form of plans", (name,))
        missing = [one.name for one in _needed(shape) if _lacks(write, one)]
        if missing:
            return Refusal(Trouble.DATA, "MISSING", f"needed: {', '.join(missing)}", tuple(missing))
        return None

    def _taken(self, shape: Shape, match: str, write: Write) -> Refusal | None:
        """A value that another record has in a field that is a key."""
        given = dict(write.values)
        if write.op is Op.CREATE and match:
            given = {match: write.key, **given}
        for name, value in given.items():
            if not shape.fields[name].is_key or value is None:
                continue
            others = [one.id for one in self.find(shape.name, name, str(value)) if one.id != write.id]
            if others:
                trouble = Trouble.TAKEN if write.op is Op.CREATE else Trouble.DATA
                return Refusal(trouble, "DUPLICATE", f"{others[0]} has this {name}", (name,))
        return None

    def _now(self) -> datetime:
        """A moment of its own for each change, by this service's clock."""
        now = self.clock.now()
        if self._last is not None and now <= self._last:
            now = self._last + timedelta(milliseconds=1)
        self._last = now
        return now


def _needed(shape: Shape) -> Iterable[Field]:
    return (one for one in shape.fields.values() if one.is_needed)


def _lacks(write: Write, needed: Field) -> bool:
    if needed.name in write.parents:
        return False
    if write.op is Op.CREATE:
        return write.values.get(needed.name) is None
    return needed.name in write.values and write.values[needed.name] is None
