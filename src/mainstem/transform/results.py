"""What dbt wrote of its last run, `run_results.json`: for what was built, its SQL, its time, what came of it.

Tests are left out: there are many of them, each over in milliseconds, and dbt's own log tells of them.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger("mainstem.transform")

_GOOD = frozenset({"success", "pass", "warn"})
_NOT_RUN = frozenset({"skipped", "no-op", "reused"})
_BUILT = frozenset({"model", "seed", "snapshot"})


class NodeResult(msgspec.Struct, frozen=True):
    """One model, seed or snapshot that was built, or could not be."""

    node: str
    """dbt's name without kind and package: `orders`."""
    sql: str
    """Compiled; empty for a seed."""
    seconds: float
    at: datetime | None
    rows: int | None
    """That it changed, where the adapter says so."""
    error: str | None


class _Timing(msgspec.Struct, frozen=True):
    name: str
    started_at: datetime | None = None


class _Response(msgspec.Struct, frozen=True):
    rows_affected: int | None = None


class _Result(msgspec.Struct, frozen=True):
    unique_id: str
    status: str
    execution_time: float
    message: str | None = None
    compiled_code: str | None = None
    timing: tuple[_Timing, ...] = ()
    adapter_response: _Response = _Response()


class _Metadata(msgspec.Struct, frozen=True):
    generated_at: datetime


class _RunResults(msgspec.Struct, frozen=True):
    metadata: _Metadata
    results: tuple[_Result, ...]


def read_results(file: Path, since: datetime) -> tuple[NodeResult, ...]:
    """Nothing where dbt wrote none since then. A file that does not read is told and left alone."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_RunResults)
    except OSError:
        return ()
    except msgspec.MsgspecError as e:
        logger.warning("dbt's results cannot be read: %s: %s", file, e)
        return ()
    if found.metadata.generated_at < since:
        return ()
    return tuple(_node(result) for result in found.results if _was_built(result))


def _was_built(result: _Result) -> bool:
    return result.unique_id.partition(".")[0] in _BUILT and result.status not in _NOT_RUN


def _node(result: _Result) -> NodeResult:
    kind, _, rest = result.unique_id.partition(".")
    name = rest.partition(".")[2] or rest or kind
    rows = result.adapter_response.rows_affected
    return NodeResult(
        name,
        result.compiled_code or "",
        result.execution_time,
        next((timing.started_at for timing in result.timing if timing.name == "execute"), None),
        rows if rows is not None and rows >= 0 else None,
        None if result.status in _GOOD else (result.message or result.status),
    )
