"""What to tell of connectors: streams that are not as fresh as they are to be, runs that were not whole, and
readings that brought more or fewer rows than they should.

Promise: each is told once; a stream that is stuck again later, or another that fails, is told anew. A
connector that settings no longer have is told of nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from mainstem.orchestrate.alerts.wording import age
from mainstem.store.runs import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.orchestrate.alerts.sight import Pointers, Sight
    from mainstem.store.connectors import Brought

OLDER = " is older than "
"""What stands between a stream and its hours in a title."""
USUAL_FROM = 8
"""Readings before which nothing is usual."""
UNUSUAL_FROM = 100
"""Rows more or fewer that are worth telling: three times one row is chance."""


@dataclass(frozen=True)
class ExpectedSync:
    """What settings say of a connector."""

    name: str
    dag_id: str
    fresh_within: timedelta | None = None
    streams: tuple[str, ...] = ()
    """Those that are read; empty for all."""
    without: tuple[str, ...] = ()
    least_rows: Mapping[str, int] = field(default_factory=dict)
    most_rows: Mapping[str, int] = field(default_factory=dict)
    unusual_rows: float = 0.0
    """How many times more or fewer rows than usual are told of; 0 for never."""

    def reads(self, stream: str) -> bool:
        return stream not in self.without and (not self.streams or stream in self.streams)


def stale(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Streams of which nothing is known for longer than may be, and connectors that were never synced."""
    for one in sight.connectors:
        found = [fresh for fresh in sight.fresh if fresh.connector == one.name and one.reads(fresh.stream)]
        waited = {fresh.stream: fresh.complete_through or fresh.first_began for fresh in found}
        complete = {fresh.stream for fresh in found if fresh.complete_through is not None}
        if not waited:
            waited = {"": sight.watching_since}
        for stream, since in waited.items():
            if one.fresh_within is None or sight.now - since <= one.fresh_within:
                continue
            what = f"{one.name}.{stream}" if stream else one.name
            how = "complete through" if stream in complete else "never complete, waited for since"
            yield Alert(
                key=f"freshness:{one.name}:{stream}:{since.isoformat()}",
                at=sight.now,
                kind="freshness",
                dag_id=one.dag_id,
                title=f"{what}{OLDER}{one.fresh_within.total_seconds() / 3600:g} h",
                body=f"{how} {since.isoformat()}, {age(sight.now, since)} ago\n"
                f"{pointers.connector(one.name)}",
            )


def partial(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Runs of which some streams failed: once for the same streams, until a run is whole again."""
    known = {one.name: one for one in sight.connectors}
    for (connector, since, _), streams in groupby(
        sight.partial, key=lambda one: (one.connector, one.since, one.run_id)
    ):
        if connector not in known:
            continue
        failed = list(streams)
        names = [one.stream for one in failed]
        lines = "\n".join(f"{one.stream}: {one.problem}" for one in failed)
        yield Alert(
            key=f"partial:{connector}:{since}:{_digest(names)}",
            at=sight.now,
            kind="partial",
            dag_id=known[connector].dag_id,
            title=f"{connector} was synced in part: {', '.join(names)} failed",
            body=f"{lines}\n{pointers.connector(connector)}",
        )


def row_counts(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Incremental readings that brought more or fewer rows than settings, or those before, let expect."""
    known = {one.name: one for one in sight.connectors}
    for brought in sight.brought:
        expected = known.get(brought.connector)
        why = None if expected is None else _unexpected(brought, expected)
        if expected is None or why is None:
            continue
        yield Alert(
            key=f"rows:{brought.run_id}:{brought.stream}",
            at=sight.now,
            kind="rows",
            dag_id=expected.dag_id,
            title=f"{brought.connector}.{brought.stream} brought {brought.rows:,} rows, {why}",
            body=f"the run that ended {brought.ended_at.isoformat()}\n"
            f"{pointers.connector(brought.connector)}",
        )


def _unexpected(brought: Brought, expected: ExpectedSync) -> str | None:
    least = expected.least_rows.get(brought.stream)
    if least is not None and brought.rows < least:
        return f"fewer than {least:,}"
    most = expected.most_rows.get(brought.stream)
    if most is not None and brought.earlier and brought.rows > most:
        return f"more than {most:,}"
    return _unusual(brought, expected.unusual_rows)


def _unusual(brought: Brought, factor: float) -> str | None:
    usual = brought.usual
    if (
        not factor
        or usual is None
        or brought.earlier < USUAL_FROM
        or abs(brought.rows - usual) < UNUSUAL_FROM
    ):
        return None
    if brought.rows > usual * factor or brought.rows * factor < usual:
        return f"where {usual:,.0f} are usual"
    return None


def _digest(names: list[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
