"""The contract of a destination; the suite in `mainstem.testing.destination_contract` holds each to it.

A destination reads records by a key and writes batches. It decides nothing: what is written stands in a plan
that somebody could read before. It tries no write again of which it does not know whether it was done.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from mainstem.activate.shapes import Shape, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from mainstem.saas import Finding, Quota, Usage


class Op(Enum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Trouble(Enum):
    """Why a row was not written, by what is done about it."""

    LOCKED = "locked"
    """Somebody else held it or its parent: again in this run, in smaller batches sorted by parent."""
    AGAIN = "again"
    """The service's own trouble with this row: again in this run."""
    DATA = "data"
    """It refuses these values: due until they, or the record, are others."""
    RIGHTS = "rights"
    """Who we are may not write this."""
    GONE = "gone"
    """The record is not there any more."""
    TAKEN = "taken"
    """A record that was to be created is there."""
    PARENT = "parent"
    """The record it is to hang on is not there."""
    CHANGED = "changed"
    """Somebody changed the record after the plan had read it."""


class Target(msgspec.Struct, frozen=True):
    """A record as it stands in the destination."""

    id: str
    key: str
    """The one of the asked keys that it was found by, spelled as it was asked."""
    values: Mapping[str, Value]
    """Of the fields that were asked for, as `shapes.fitted` has them."""
    modified_at: datetime | None
    """When it was changed last by anybody, by the destination's clock; None where that is not known."""


class Parent(msgspec.Struct, frozen=True):
    """A record that another hangs on, named by a key of its own."""

    object: str
    by: str
    """The parent's field."""
    value: str


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """One record that is to be written."""

    number: int
    """Its place in the plan: results name it."""
    op: Op
    key: str
    """Of the match field."""
    id: str = ""
    """The record's own, but of one that is to be created."""
    values: Mapping[str, Value] = {}
    """What is written, by field: None clears it."""
    parents: Mapping[str, Parent] = {}
    """References that are told by the parent's key, by field."""


@dataclass(frozen=True)
class Batch:
    """Writes of one operation on one object."""

    name: str
    """Of its own in the whole installation and the same when it is sent again: what services that know of
    idempotency take for it."""
    object: str
    match: str
    """The field that `Write.key` is of."""
    op: Op
    writes: Sequence[Write]


@dataclass(frozen=True)
class Refusal:
    trouble: Trouble
    code: str
    """The service's own word for it."""
    message: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of one write."""

    number: int
    id: str = ""
    """The record's, also of one that was created."""
    refusal: Refusal | None = None
    """None when it was written."""


@dataclass(frozen=True)
class Powers:
    """In what destinations differ."""

    reads: bool = True
    """Records can be read back. A message cannot: it is sent for what is new to the ledger, and one of which
    nobody knows whether it was sent is not sent again unless the activation says so."""
    ops: frozenset[Op] = field(default_factory=lambda: frozenset(Op))
    has_key: bool = True
    """Records are matched by a field. A message is not."""
    repeats_safely: bool = False
    """A batch that is sent twice under one name counts once."""


class Destination(ABC):
    """One account of one service, connected. Used from one thread."""

    @property
    @abstractmethod
    def powers(self) -> Powers:
        """The same for every call."""

    @abstractmethod
    def check(self) -> Sequence[Finding]:
        """Whether we are let in, and what quota is left, by a few cheap calls.

        Raises ApiUnavailable when it cannot be found out.
        """

    @abstractmethod
    def shape(self, name: str) -> Shape:
        """The object, asked of the service once. Raises UsageError for one there is not, naming those there
        are."""

    @abstractmethod
    def read(
        self, shape: Shape, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        """Every record whose field `match` has one of `keys`, in any order, in as few calls as there can be.
        Two records that share a key both come. Keys are compared as `shapes.comparable` says; a record that
        two of them find comes for each."""

    @abstractmethod
    def largest(self, op: Op, rows: int) -> int:
        """How many writes one batch may have, when there are so many to do."""

    @abstractmethod
    def write(self, batch: Batch, note: Callable[[str], None]) -> Sequence[Result]:
        """A result for each write. `note` is called, before anything can have been done, with what `resume`
        needs to find the batch again; it is kept when it returns.

        Raises OutcomeUnknown when it was sent and nobody knows what came of it, the errors of `saas` when
        nothing was done.
        """

    def resume(self, batch: Batch, ticket: str) -> Sequence[Result] | None:
        """What came of a batch that was sent by a process that died, or whose answer was lost; waits until
        it is done. Writes that were certainly not done are refused with AGAIN. None when the service cannot
        tell: then the records are read."""
        return None

    @property
    @abstractmethod
    def usage(self) -> Usage:
        """What it cost so far."""

    def quota(self) -> Quota | None:
        """What the service said last of its quota; None when it says nothing."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Give up every connection. Safe to call twice."""
