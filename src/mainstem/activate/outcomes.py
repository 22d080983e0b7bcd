"""What came of rows of a plan, as it is written down. Pure."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.activate.contract import Op, Parent, Result, Trouble, Write
from mainstem.activate.deciding import Change
from mainstem.config import redact
from mainstem.store.activations import KeptRow, Settled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mainstem.errors import MainstemError
    from mainstem.store.activations import KeptBatch, KeptPlanRow

UNKNOWN = "UNKNOWN"
"""Code of a row of which nobody can know whether it was sent: it counts as sent unless it is sent again."""


def outcome_of(
    row: KeptPlanRow, change: Change, result: Result, held: KeptRow | None, at: datetime
) -> Settled:
    """`held` is what is acknowledged of the row now."""
    refusal = result.refusal
    is_unknown = refusal is not None and refusal.code == UNKNOWN
    is_done = refusal is None or is_unknown
    is_gone = change.op is Op.DELETE or change.has_left
    return Settled(
        number=row.number,
        key=row.key,
        op=row.op,
        target_id=result.id or row.target_id,
        payload=payload_of(change),
        state="written" if refusal is None else "unknown" if is_unknown else "refused",
        trouble=refusal.trouble.value if refusal else "",
        code=refusal.code if refusal else "",
        message=redact(refusal.message) if refusal else "",
        tries=row.tries + 1,
        keeps=_kept(row, change, result.id, held, at) if is_done and not is_gone else None,
        forgets=is_done and is_gone,
    )


def _kept(row: KeptPlanRow, change: Change, target_id: str, held: KeptRow | None, at: datetime) -> KeptRow:
    parents = msgspec.to_builtins(change.parents) if change.parents else held.parents if held else {}
    return KeptRow(
        row.key,
        target_id or row.target_id,
        dict(change.written),
        parents,
        change.digest,
        change.op is Op.CREATE,
        at,
    )


def body_of(change: Change) -> dict[str, Any]:
    """What a plan's row holds of a change beside its own columns: `change_of` reads it."""
    return {
        "values": dict(change.values),
        "before": dict(change.before),
        "written": dict(change.written),
        "parents": msgspec.to_builtins(change.parents),
        "left_alone": dict(change.left_alone),
        "has_left": change.has_left,
    }


def change_of(row: KeptPlanRow) -> Change:
    body = row.body
    return Change(
        op=Op(row.op),
        key=row.key,
        id=row.target_id,
        values=body["values"],
        before=body["before"],
        written=body["written"],
        parents={field: msgspec.convert(one, Parent) for field, one in body["parents"].items()},
        left_alone=body["left_alone"],
        has_left=body["has_left"],
        modified_at=row.modified_at,
        digest=row.digest,
    )


def write_of(row: KeptPlanRow, change: Change) -> Write:
    return Write(
        number=row.number,
        op=change.op,
        key=row.key,
        id=row.target_id,
        values=change.values,
        parents=change.parents,
    )


def payload_of(change: Change) -> bytes:
    return sha256(msgspec.json.encode([change.values, change.parents], order="sorted")).digest()


def still_due(row: KeptPlanRow, error: MainstemError, changes: Mapping[int, Change]) -> Settled:
    """A row of a batch of which nothing was done."""
    return replace(refused(row, Trouble.AGAIN, error, changes), state="due")


def refused(
    row: KeptPlanRow, trouble: Trouble, error: MainstemError, changes: Mapping[int, Change]
) -> Settled:
    return Settled(
        row.number,
        row.key,
        row.op,
        row.target_id,
        payload_of(changes[row.number]),
        "refused",
        trouble.value,
        type(error).__name__,
        redact(str(error)),
        row.tries + 1,
    )


def elsewhere(row: KeptPlanRow, sent: KeptBatch) -> Settled:
    """A row of a batch that nobody can ask about any more: the activation writes elsewhere now."""
    return Settled(
        row.number,
        row.key,
        row.op,
        row.target_id,
        payload_of(change_of(row)),
        "unknown",
        Trouble.AGAIN.value,
        "ELSEWHERE",
        f"it was sent to {sent.destination}, {sent.object}, and no answer came before the activation was "
        "changed to write elsewhere",
        row.tries,
    )
