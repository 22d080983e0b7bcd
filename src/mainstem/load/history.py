"""In what order events were loaded: the loader's own record of its commits, read back.

What a table holds can depend on that order: which of two equal events came first, which value made a column.
So whoever loads again does it in this order. Loading the same records in other batches changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mainstem.load.bookkeeping import OFFSETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    import pyarrow as pa

    from mainstem.warehouse import Capabilities

    Query = Callable[..., pa.Table]


class Commit(NamedTuple):
    """How far one partition was loaded by one transaction."""

    partition: str
    next_offset: int
    committed_at: datetime


class Stretch(NamedTuple):
    """What one transaction loaded of one partition."""

    partition: str
    begin: int
    end: int
    loaded_at: datetime


def read_commits(query: Query, capabilities: Capabilities, stream: str) -> list[Commit]:
    """Every commit of the loader, in order. `query` is a warehouse's, or a transaction's."""
    table = capabilities.qualified(OFFSETS.namespace, OFFSETS.table)
    found = query(
        f'SELECT "partition", next_offset, committed_at FROM {table}'  # noqa: S608 # a name of our own, quoted
        ' WHERE stream = ? ORDER BY committed_at, "partition", next_offset',
        (stream,),
    )
    return [Commit(row["partition"], row["next_offset"], row["committed_at"]) for row in found.to_pylist()]


def stretches(
    commits: Iterable[Commit], reached: dict[str, int], start: Callable[[str], int]
) -> Iterator[Stretch]:
    """What each commit added to `reached`, which moves along; from `start` on, where the log begins later.

    A commit whose clock had gone back adds to one that is sorted after it, or nothing.
    """
    for commit in commits:
        begin = reached.get(commit.partition)
        if begin is None:
            begin = start(commit.partition)
        if commit.next_offset > begin:
            yield Stretch(commit.partition, begin, commit.next_offset, commit.committed_at)
            begin = commit.next_offset
        reached[commit.partition] = begin
