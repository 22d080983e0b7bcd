"""The contract of a connector; the suite in `mainstem.testing.connector_contract` holds each to it.

A connector reads pages and says after each where it is. It writes nothing and keeps no state between runs:
the rows of a page and the position behind it are committed together by whoever called.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from mainstem.saas.finding import Finding as Finding  # noqa: TC001 # connectors name it too

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.connectors.streams import Row, Stream
    from mainstem.saas import Quota, Usage
    from mainstem.warehouse import ColumnType

Position: TypeAlias = "Mapping[str, Any]"
"""Where a reading goes on: plain values that JSON has. Only the connector knows what they mean."""


@dataclass(frozen=True)
class Asked:
    """What is to be read of a stream."""

    position: Position | None = None
    """As the last committed page had it; None for the beginning."""
    since: datetime | None = None
    """The beginning of a range, instead of all that is new; it bounds when rows changed."""
    until: datetime | None = None
    """Its end, not in it; None for now."""
    standing: Callable[[str, str, int], Sequence[str]] | None = None
    """Keys of rows of a table that stand undeleted in the warehouse, after one key in order, and how many at
    most: for a source that can be asked whether it still has them. None where there is no warehouse."""


@dataclass(frozen=True)
class SchemaChange:
    """How a table changed; `column` and `kind` are empty where it is the table that did."""

    table: str
    change: str
    """`new_table`, `new_column`, `new_variant`, `gone_column`, or `changed_type` (of the source)."""
    column: str
    kind: str


@dataclass(frozen=True)
class Page:
    """Some rows, and the position behind them."""

    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    """By table. A row that stands here twice, or was read before, is written once."""
    position: Position | None = None
    """From here the next reading goes on; None where it cannot: with the rows of a later page."""
    gone: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    """Rows the source has no more, by table: at least their key."""
    owners: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """By table with an owner: the owners of which this page has all rows, also those that have none left."""
    complete_through: datetime | None = None
    """Every change before this moment has been read; None while that is not known."""
    generations: Mapping[str, int] = field(default_factory=dict)
    """By table with such a column: rows of every other generation are gone. They are looked for once the rows
    of all pages before are committed, and before the position of this one is."""
    columns: Mapping[str, Mapping[str, ColumnType]] = field(default_factory=dict)
    """Types of columns that only reading told of, by table; others are those of their first value."""
    changes: Sequence[SchemaChange] = ()
    """What the source tells of its tables beside columns that are new."""


class Connector(ABC):
    """One account of one source, connected. Used from one thread."""

    @abstractmethod
    def check(self) -> Sequence[Finding]:
        """Whether we are let in, may read what is wanted, and have quota left, by a few cheap calls.

        Raises ApiUnavailable when it cannot be found out.
        """

    @abstractmethod
    def streams(self) -> Sequence[Stream]:
        """Every stream the source offers, found out by asking it where it can differ."""

    @abstractmethod
    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        """Pages from the position on until there is nothing more; the last has the position that the next
        run begins with. Of a stream that is listed, every reading without position lists all.

        Raises the errors of `saas`: what was committed stays, and the next run goes on behind it.
        """

    @property
    @abstractmethod
    def usage(self) -> Usage:
        """What reading cost so far."""

    def quota(self) -> Quota | None:
        """What the source said last of its quota; None when it says nothing."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Give up every connection. Safe to call twice."""
