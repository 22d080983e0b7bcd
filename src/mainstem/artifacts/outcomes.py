"""dbt's `run_results.json` → what came of each node of one run, tests among them, as kept values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

GOOD = frozenset({"success", "pass", "no-op", "reused"})
WARNED = "warn"
_NOT_RUN = frozenset({"skipped"})


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: str
    """dbt's word: success, error, skipped, pass, warn, fail, …"""
    at: datetime | None = None
    seconds: float = 0.0
    message: str = ""
    failures: int | None = None
    """Rows that a test found."""
    sql: str = ""
    """Compiled; empty for tests and seeds."""
    full: bool = False
    """Whether `sql` makes the whole table, and not only what is new of it."""
    build: int = 0
    """The build it is of, once builds are put together."""

    @property
    def failed(self) -> bool:
        return self.status not in GOOD and self.status not in (WARNED, *_NOT_RUN)

    @property
    def warned(self) -> bool:
        return self.status == WARNED


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    nodes: dict[str, Outcome] = {}
    """By dbt's unique id."""

    def encode(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")

    @staticmethod
    def decode(content: bytes) -> Outcomes:
        """Raises msgspec.DecodeError."""
        return msgspec.json.decode(content, type=Outcomes)


def newest_words(builds: Iterable[tuple[int, Outcomes]]) -> Outcomes:
    """Of several builds, the oldest first: what the newest that went through a node says of it. A node that
    was skipped keeps the word it had."""
    found: dict[str, Outcome] = {}
    for number, outcomes in builds:
        for uid, outcome in outcomes.nodes.items():
            if outcome.status not in _NOT_RUN or uid not in found:
                found[uid] = msgspec.structs.replace(outcome, build=number)
    return Outcomes(nodes=found)


class _Timing(msgspec.Struct):
    name: str
    started_at: datetime | None = None


class _Result(msgspec.Struct):
    unique_id: str
    status: str
    execution_time: float = 0.0
    message: str | None = None
    failures: int | None = None
    compiled_code: str | None = None
    timing: tuple[_Timing, ...] = ()


class _Args(msgspec.Struct):
    full_refresh: bool | None = None


class _Metadata(msgspec.Struct):
    generated_at: datetime


class _RunResults(msgspec.Struct):
    metadata: _Metadata
    results: tuple[_Result, ...]
    args: _Args = msgspec.field(default_factory=_Args)


def read_outcomes(content: bytes, since: datetime) -> Outcomes:
    """Nothing of a run that ended before `since`. Raises msgspec.DecodeError."""
    found = msgspec.json.decode(content, type=_RunResults)
    if found.metadata.generated_at < since:
        return Outcomes()
    full = bool(found.args.full_refresh)
    return Outcomes(nodes={one.unique_id: _outcome(one, full) for one in found.results})


def _outcome(result: _Result, full: bool) -> Outcome:
    is_model = result.unique_id.startswith("model.")
    return Outcome(
        status=result.status,
        at=next((t.started_at for t in result.timing if t.name == "execute"), None),
        seconds=round(result.execution_time, 3),
        message=" ".join((result.message or "").split())[:600],
        failures=result.failures,
        sql=(result.compiled_code or "") if is_model else "",
        full=full and is_model,
    )
