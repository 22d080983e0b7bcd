"""A destination in memory: connections to a `MemoryCrm`, which keeps what was written when they die.

    crm = memory_crm()
    crm.trip(Mishap.LOST_AFTER, after=1)
    destination = MemoryDestination(crm, between=lambda what: ...)

`between` is called before each read (`read`) and write (`write`), and when a write was done (`written`):
there others edit records meanwhile. A destination of `MESSAGES` cannot read back what it sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate import (
    Destination,
    Field,
    Kind,
    Op,
    Powers,
    Refusal,
    Result,
    Shape,
    Target,
    Trouble,
)
from mainstem.errors import ApiUnavailable, CredentialsRefused, OutcomeUnknown, QuotaSpent, UsageError
from mainstem.saas import Finding, Usage
from mainstem.testing.connectors import StillClock
from mainstem.testing.memory_crm import MemoryCrm, Mishap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from mainstem.activate import Batch, Write
    from mainstem.saas import Clock, Quota

_USUAL = Powers()
MESSAGES = Powers(reads=False, ops=frozenset({Op.CREATE}), has_key=False)
"""Of a destination that only sends."""
_DEATHS = (Mishap.DIES_UNNOTED, Mishap.DIES_BEFORE, Mishap.DIES_HALFWAY, Mishap.DIES_AFTER)
_HALVES = (Mishap.LOST_HALFWAY, Mishap.DIES_HALFWAY)
_UNDONE = (Mishap.LOST_BEFORE, Mishap.DIES_BEFORE)


class Died(BaseException):
    """The process ended here: nothing may catch it but the test that planned it."""


class MemoryDestination(Destination):
    def __init__(
        self,
        crm: MemoryCrm,
        powers: Powers = _USUAL,
        *,
        most: int = 200,
        tells: bool = True,
        between: Callable[[str], None] = lambda what: None,
    ) -> None:
        """`most` writes in a batch; `tells` whether it knows what came of a batch that was sent before."""
        self._crm = crm
        self._powers = powers
        self._most = most
        self._tells = tells
        self._between = between
        self._usage = Usage()
        self.reads: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
        """Object, match field, keys and fields of each reading."""
        self.is_closed = False

    @property
    def powers(self) -> Powers:
        return self._powers

    def check(self) -> Sequence[Finding]:
        self._usage.calls += 1
        return [Finding("credentials", True, "none are needed")]

    def shape(self, name: str) -> Shape:
        return self._crm.shape(name)

    def read(
        self, shape: Shape, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        if not self._powers.reads:
            raise UsageError("what was sent here cannot be read back")
        self._between("read")
        self._usage.calls += 1
        self.reads.append((shape.name, match, tuple(keys), tuple(fields)))
        found = [
            Target(one.id, key, {name: one.values.get(name) for name in fields}, one.modified_at)
            for key, records in self._crm.find_all(shape.name, match, keys).items()
            for one in records
        ]
        yield from found

    def largest(self, op: Op, rows: int) -> int:
        return self._most

    def write(self, batch: Batch, note: Callable[[str], None]) -> Sequence[Result]:
        if len(batch.writes) > self._most:
            raise UsageError(f"a batch has at most {self._most} writes, and this one {len(batch.writes)}")
        self._between("write")
        trips = self._crm.meet(batch)
        mishap = next((one.mishap for one in trips if one.mishap is not Mishap.REFUSED), None)
        if mishap is Mishap.DIES_UNNOTED:
            raise Died
        note(batch.name)
        self._usage.calls += 1
        self._crm.batches.append(batch)
        _turn_away(mishap)
        if not (self._powers.repeats_safely and batch.name in self._crm.answers):
            rows = list(enumerate(batch.writes))
            rows = [] if mishap in _UNDONE else rows[: len(rows) // 2] if mishap in _HALVES else rows
            self._crm.write(batch, rows, trips)
        self._between("written")
        if mishap in _DEATHS:
            raise Died
        if mishap is not None:
            raise OutcomeUnknown(f"POST {batch.object}: no answer came")
        return self._results(batch)

    def resume(self, batch: Batch, ticket: str) -> Sequence[Result] | None:
        if not self._tells:
            return None
        self._usage.calls += 1
        return self._results(batch)

    @property
    def usage(self) -> Usage:
        return self._usage

    def quota(self) -> Quota | None:
        return None

    def close(self) -> None:
        self.is_closed = True

    def _results(self, batch: Batch) -> Sequence[Result]:
        answers = {write.number: answer for write, answer in self._crm.answers.get(batch.name, [])}
        undone = Refusal(Trouble.AGAIN, "NOT_DONE", "it never arrived")
        return [_result(write, answers.get(write.number, undone)) for write in batch.writes]


def memory_crm(clock: Clock | None = None) -> MemoryCrm:
    """Accounts with contacts that hang on them, and messages that nothing hangs on; empty."""
    return MemoryCrm({shape.name: shape for shape in (ACCOUNT, CONTACT, MESSAGE)}, clock or StillClock())


def _turn_away(mishap: Mishap | None) -> None:
    match mishap:
        case Mishap.QUOTA:
            raise QuotaSpent("the day's calls are spent", 3600.0)
        case Mishap.UNAVAILABLE:
            raise ApiUnavailable("503 Service Unavailable; gave up after 6 tries")
        case Mishap.SHUT_OUT:
            raise CredentialsRefused("401 the session ended")


def _result(write: Write, answer: str | Refusal) -> Result:
    if isinstance(answer, Refusal):
        return Result(write.number, write.id, answer)
    return Result(write.number, answer)


def _shape(name: str, *fields: Field) -> Shape:
    own = Field(name="Id", kind=Kind.REFERENCE, can_create=False, can_update=False)
    return Shape(name=name, fields={field.name: field for field in (own, *fields)})


_KEY = Field(name="ExternalId", is_key=True, ignores_case=True, tidies=True, length=80, can_update=False)
ACCOUNT = _shape(
    "Account",
    _KEY,
    Field(name="Name", is_needed=True, length=255, tidies=True),
    Field(name="Website", tidies=True),
    Field(name="ActiveUsers", kind=Kind.INTEGER),
    Field(name="Coverage", kind=Kind.NUMBER, digits=2),
    Field(name="IsHealthy", kind=Kind.BOOLEAN),
    Field(name="LastActiveOn", kind=Kind.DAY),
    Field(name="AsOf", kind=Kind.MOMENT, digits=0),
    Field(name="Health", kind=Kind.CHOICE, choices=("green", "yellow", "red")),
    Field(name="Uses", kind=Kind.CHOICES, choices=("alerts", "boards", "exports")),
    Field(name="ParentId", kind=Kind.REFERENCE, refers_to=("Account",)),
    Field(name="Score", kind=Kind.NUMBER, can_create=False, can_update=False),
)
"""`Score` is a formula: nobody writes it. Records are matched by `ExternalId`, or by `Website`, which is
unique for nobody."""
CONTACT = _shape(
    "Contact",
    _KEY,
    Field(name="Email", tidies=True, ignores_case=True),
    Field(name="LastName", is_needed=True, length=80, tidies=True),
    Field(name="AccountId", kind=Kind.REFERENCE, refers_to=("Account",)),
)
MESSAGE = _shape("Message", Field(name="Text", is_needed=True), Field(name="Channel"))
