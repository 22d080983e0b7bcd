"""How connectors and their streams stand: what is wrong first, and why.

What is late is as wrong as what failed: a stream that nothing was read of for longer than it may be says
nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from mainstem.web.connectors.desk import SeenConnector, StreamReading, SyncRun

Standing = Literal["failed", "partial", "late", "never", "running", "ok"]
STANDINGS: dict[Standing, str] = {
    "failed": "Failed",
    "partial": "Partial",
    "late": "Late",
    "never": "Never synced",
    "running": "Running",
    "ok": "OK",
}
"""In the order of the list."""
_BARS = 30
_TALLEST, _SHORTEST = 24, 3


@dataclass(frozen=True)
class Bar:
    """One run in a drawing of its kind's last runs."""

    x: int
    y: int
    height: int
    state: str
    words: str


@dataclass(frozen=True)
class StreamRow:
    name: str
    standing: Standing
    reading: StreamReading | None
    through: datetime | None
    problem: str = ""
    """Why it stands among what is wrong."""
    bars: tuple[Bar, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class ConnectorRow:
    seen: SeenConnector
    standing: Standing
    streams: tuple[StreamRow, ...]
    problem: str = ""
    bars: tuple[Bar, ...] = field(default=(), repr=False)

    @property
    def last(self) -> SyncRun | None:
        return self.seen.runs[0] if self.seen.runs else None

    @property
    def is_running(self) -> bool:
        return self.last is not None and self.last.state == "running"

    @property
    def quota(self) -> int | None:
        """Calls that the service said were left, the last time it said so."""
        said = [one for one in self.seen.last if one.quota_remaining is not None]
        return (
            max(said, key=lambda one: (one.run_id, one.ended_at or one.began_at)).quota_remaining
            if said
            else None
        )

    @property
    def through(self) -> datetime | None:
        """Up to when every stream is complete; None where one never was."""
        found = [stream.through for stream in self.streams]
        known = [at for at in found if at is not None]
        return min(known) if known and len(known) == len(found) else None

    def of_run(self, run: SyncRun) -> tuple[StreamReading, ...]:
        return tuple(one for one in self.seen.readings if one.run_id == run.id)


def connector_rows(found: tuple[SeenConnector, ...], now: datetime) -> list[ConnectorRow]:
    """A row for each, what is wrong first, then by name."""
    order = list(STANDINGS)
    rows = [connector_row(seen, now) for seen in found]
    return sorted(rows, key=lambda row: (order.index(row.standing), row.seen.name))


def connector_row(seen: SeenConnector, now: datetime) -> ConnectorRow:
    streams = _streams(seen, now)
    ended = next((run for run in seen.runs if run.state != "running"), None)
    late = [stream for stream in streams if stream.standing == "late"]
    bars = _bars([(run.state, _run_rows(seen, run), _run_words(seen, run)) for run in seen.runs])
    if ended is not None and ended.state in ("failed", "broken_off"):
        return ConnectorRow(seen, "failed", streams, _why(ended, streams), bars)
    if ended is not None and ended.state == "partial":
        return ConnectorRow(seen, "partial", streams, _why(ended, streams), bars)
    if late:
        names = ", ".join(stream.name for stream in late)
        return ConnectorRow(seen, "late", streams, f"Late: {names}", bars)
    if not seen.runs:
        return ConnectorRow(seen, "never", streams, "", bars)
    return ConnectorRow(seen, "ok" if seen.runs[0].state != "running" else "running", streams, "", bars)


def _why(run: SyncRun, streams: tuple[StreamRow, ...]) -> str:
    if run.state == "broken_off":
        return "Its process died; the next run goes on behind the last commit."
    failed = [
        stream
        for stream in streams
        if stream.reading is not None and stream.reading.run_id == run.id and stream.reading.state == "failed"
    ]
    if not failed:
        return run.problem or "The last run failed."
    more = f"; so did {len(failed) - 1} more" if len(failed) > 1 else ""
    problem = failed[0].reading.problem if failed[0].reading else ""
    return f"{failed[0].name} failed: {problem}{more}"


def _streams(seen: SeenConnector, now: datetime) -> tuple[StreamRow, ...]:
    last = {reading.stream: reading for reading in seen.last if _is_wanted(seen, reading.stream)}
    names = sorted({*last, *seen.streams} - set(seen.without))
    order = list(STANDINGS)
    rows = [_stream(seen, name, last.get(name), now) for name in names]
    return tuple(sorted(rows, key=lambda row: (order.index(row.standing), row.name)))


def _is_wanted(seen: SeenConnector, stream: str) -> bool:
    """Whether settings still have it read."""
    return stream not in seen.without and (not seen.streams or stream in seen.streams)


def _stream(seen: SeenConnector, name: str, reading: StreamReading | None, now: datetime) -> StreamRow:
    through = seen.through.get(name)
    bars = _bars([(one.state, one.rows, _words(one)) for one in seen.readings if one.stream == name])
    if reading is None:
        return StreamRow(name, "never", None, through, "", bars)
    if reading.state in ("failed", "broken_off"):
        problem = reading.problem or "its process died"
        return StreamRow(name, "failed", reading, through, problem, bars)
    late = late_by(seen, name, now)
    if late is not None:
        return StreamRow(name, "late", reading, through, "", bars)
    return StreamRow(name, "running" if reading.state == "running" else "ok", reading, through, "", bars)


def late_by(seen: SeenConnector, stream: str, now: datetime) -> timedelta | None:
    """How much older than it may be what is known of a stream is; None where it is not.

    One that was never complete is waited for from its first reading on.
    """
    since = seen.through.get(stream) or seen.first_began.get(stream)
    if seen.fresh_within is None or since is None or now - since <= seen.fresh_within:
        return None
    return now - since - seen.fresh_within


def _run_rows(seen: SeenConnector, run: SyncRun) -> int:
    return sum(one.rows for one in seen.readings if one.run_id == run.id)


def _run_words(seen: SeenConnector, run: SyncRun) -> str:
    return f"{run.began_at:%Y-%m-%d %H:%M} UTC: {_state_words(run.state)}, {_run_rows(seen, run):,} rows"


def _words(reading: StreamReading) -> str:
    return f"{reading.began_at:%Y-%m-%d %H:%M} UTC: {_state_words(reading.state)}, {reading.rows:,} rows"


def _state_words(state: str) -> str:
    return state.replace("_", " ")


def _bars(newest_first: list[tuple[str, int, str]]) -> tuple[Bar, ...]:
    """As tall as they have rows, by the root: a first load would flatten all that follow."""
    shown = list(reversed(newest_first[:_BARS]))
    most = max((rows for _, rows, _ in shown), default=0)
    bars = []
    for at, (state, rows, words) in enumerate(shown):
        share = (rows / most) ** 0.5 if most else 0.0
        height = round(_SHORTEST + share * (_TALLEST - _SHORTEST))
        bars.append(Bar(at * 6, _TALLEST - height, height, state, words))
    return tuple(bars)
